/**
 * `bun run bench api [--uploads N] [--rows N] [--requests N] [--runs N]`: two reads at a concurrency of 16, of one upload and of a page of 50
 * predictions by risk, from a database that the service itself has filled; and the same reads of the same tables by hand-written Fastify
 * and node-postgres on Node, each in a transaction under row-level security (bench/rivals/reads).
 */
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { customerHeader, makeCustomers } from "./customers.ts";
import { writeResult } from "./measure.ts";
import { type Rig, rigMissing, root, startRig } from "./rig.ts";
import { rivalReads } from "./rivals.ts";
import { concurrency, type Load, load, middle } from "./run-load.ts";

export async function benchApi(options: readonly string[]): Promise<void> {
  const given = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...options],
    options: { uploads: given, rows: given, requests: given, runs: given },
  });
  const uploads = Number(values.uploads ?? 200);
  const rows = Number(values.rows ?? 1_000);
  const requests = Number(values.requests ?? 5_000);
  const runs = Number(values.runs ?? 3);
  if (rigMissing !== null) throw new Error(rigMissing);
  const rig = await startRig();
  try {
    const service = [process.execPath, join(root, "src/cli.ts"), "serve"];
    const ours = await rig.start(service, /listens on (http:\S+)/, rig.environment("serve"));
    const ids = await fill(ours.said, uploads, rows);
    await rig.sql`analyze`;
    const rival = await startRival(rig);
    const reads = {
      upload: (url: string) => ids.map((id) => `${url}/v1/uploads/${id}`),
      predictions: (url: string) => ids.map((id) => `${url}/v1/uploads/${id}/predictions?order=risk&limit=50`),
    };
    const result: Record<string, unknown> = {};
    for (const [name, urlsOf] of Object.entries(reads)) {
      const [own, other]: [Load[], Load[]] = [[], []];
      // By turns, so that a busy moment hits both.
      for (let run = 0; run < runs; run++) {
        own.push(await load(urlsOf(ours.said), requests));
        if (rival !== null) other.push(await load(urlsOf(rival), requests));
      }
      result[name] = {
        ours: middle(own),
        fastify_pg: rival === null ? null : middle(other),
        ratio: rival === null ? null : middle(own).requests_per_second / middle(other).requests_per_second,
      };
    }
    const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores for everything`;
    writeResult("api", { uploads, rows, concurrency, requests, runs, machine, ...result });
  } finally {
    await rig.stop();
  }
}

/** Through the front door, so that what is read is what the service writes. */
async function fill(url: string, uploads: number, rows: number): Promise<string[]> {
  const customers = [...makeCustomers(rows, 11)].map((cells) => cells.join());
  const file = `${[customerHeader.join(), ...customers].join("\n")}\n`;
  const ids: string[] = [];
  for (let i = 0; i < uploads; i++) {
    const headers = { "content-type": "text/csv" };
    const response = await fetch(`${url}/v1/uploads`, { method: "POST", headers, body: file });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    ids.push(((await response.json()) as { upload_id: string }).upload_id);
  }
  for (const id of ids) {
    for (;;) {
      const { status } = (await (await fetch(`${url}/v1/uploads/${id}`)).json()) as { status: string };
      if (status === "completed") break;
      if (status !== "pending" && status !== "processing") throw new Error(`an upload ended as ${status}`);
      await sleep(100);
    }
  }
  return ids;
}

/** A role that owns nothing and sees what its policy shows; null where the rival is not installed. */
async function startRival(rig: Rig): Promise<string | null> {
  const command = rivalReads();
  if (command === null) return null;
  await rig.sql.unsafe(`
    create role rival_reader login;
    grant select on uploads, predictions to rival_reader;
    alter table uploads enable row level security;
    alter table predictions enable row level security;
    create policy rival on uploads for select to rival_reader
      using (tenant_id = nullif(current_setting('rival.tenant', true), '')::uuid);
    create policy rival on predictions for select to rival_reader
      using (tenant_id = nullif(current_setting('rival.tenant', true), '')::uuid)`);
  const [first] = await rig.sql<{ tenant_id: string }[]>`select tenant_id from uploads limit 1`;
  const address = new URL(rig.databaseUrl);
  address.username = "rival_reader";
  const schema = join(root, "models/telecom/1.1.0/schema.json");
  const running = await rig.start([...command, address.href, schema, first!.tenant_id], /listens on (http:\S+)/);
  return running.said;
}
