/**
 * `bun run bench jobs [--jobs N] [--rate N] [--seconds N]`: files of ten rows through the front door, `api` and `worker` as processes of their
 * own on PostgreSQL, ElasticMQ and files, and the same files through a worker in Python on the same three (bench/rivals/jobs_worker.py).
 *
 * backlog: all are waiting when the worker starts, jobs/s from the first end to the last. paced: they come at an even rate, milliseconds from
 * accepted to completed, both by the database's clock.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { elasticmqMissing } from "../test/aws/elasticmq.ts";
import { customerHeader, makeCustomers } from "./customers.ts";
import { percentile, writeResult } from "./measure.ts";
import { type Rig, type RigQueues, rigMissing, root, startQueues, startRig } from "./rig.ts";
import { rivalPython } from "./rivals.ts";

const rowsPerFile = 10;
const clients = 8;

export async function benchJobs(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { jobs: { type: "string" }, rate: { type: "string" }, seconds: { type: "string" } },
  });
  const jobs = Number(values.jobs ?? 1_000);
  const rate = Number(values.rate ?? 20);
  const paced = Math.max(1, Math.round(rate * Number(values.seconds ?? 10)));
  const missing = rigMissing ?? (await elasticmqMissing());
  if (missing !== null) throw new Error(missing);
  const files = makeFiles(Math.max(jobs, paced));
  const rig = await startRig();
  const queues = await startQueues().catch(async (error: unknown) => {
    await rig.stop();
    throw error;
  });
  try {
    const ours = await measureOurs(rig, queues, files, jobs, paced, rate);
    const python = rivalPython();
    const rival = python === null ? null : await measureRival(rig, queues, python, files, jobs, paced, rate);
    writeResult("jobs", {
      jobs,
      rows_per_file: rowsPerFile,
      paced_per_second: rate,
      machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores for everything`,
      ours,
      python: rival,
      ratio_backlog: rival === null ? null : ours.backlog_jobs_per_second / rival.backlog_jobs_per_second,
      ratio_paced_p50: rival === null ? null : rival.paced_p50_milliseconds / ours.paced_p50_milliseconds,
    });
  } finally {
    await rig.stop();
    await queues.stop();
  }
}

async function measureOurs(rig: Rig, queues: RigQueues, files: string[], jobs: number, paced: number, rate: number) {
  const cli = [process.execPath, join(root, "src/cli.ts")];
  const environment = { ...queues.environment, RETAINWISE_QUEUE: queues.ours };
  const start = (role: string, ready: RegExp) =>
    rig.start([...cli, role], ready, { ...rig.environment(role), ...environment });
  const api = await start("api", /listens on (http:\S+)/);
  const post = async (file: string): Promise<void> => {
    const headers = { "content-type": "text/csv" };
    const response = await fetch(`${api.said}/v1/uploads`, { method: "POST", headers, body: file });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  };
  const began = performance.now();
  const waiting = files.slice(0, jobs);
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) await post(file);
    }),
  );
  const accepted = jobs / ((performance.now() - began) / 1_000);
  // The relay has sent all before the worker starts.
  await until(async () => (await rig.sql`select 1 from outbox limit 1`).length === 0);
  await start("worker", /takes jobs/);
  const backlog = await ended(rig, "uploads", jobs);
  await atRate(files.slice(0, paced), rate, post);
  const all = await ended(rig, "uploads", jobs + paced);
  return { uploads_accepted_per_second: accepted, ...figures(backlog, all.slice(jobs)) };
}

async function measureRival(
  rig: Rig,
  queues: RigQueues,
  python: string,
  files: string[],
  jobs: number,
  paced: number,
  rate: number,
) {
  const folder = join(rig.folder, "rival");
  mkdirSync(folder);
  await rig.sql.unsafe(`
    create table rival_uploads (
      upload_id uuid primary key, status text not null default 'pending', created_at timestamptz not null default now(),
      started_at timestamptz, completed_at timestamptz, summary json
    );
    create table rival_predictions (
      upload_id uuid, row_number integer, customer_id text, probability float8, tier text, shap_values float8[],
      primary key (upload_id, row_number)
    )`);
  const record = async (file: string): Promise<string> => {
    const id = crypto.randomUUID();
    writeFileSync(join(folder, `${id}.csv`), file);
    await rig.sql`insert into rival_uploads (upload_id) values (${id})`;
    return id;
  };
  const ids: string[] = [];
  for (const file of files.slice(0, jobs)) ids.push(await record(file));
  await queues.sendRival(ids);
  const bundle = join(root, "models/telecom/1.1.0");
  const program = [python, join(root, "bench/rivals/jobs_worker.py"), bundle, folder];
  await rig.start([...program, queues.rival, rig.databaseUrl], /ready/, {
    ...queues.environment,
    OMP_NUM_THREADS: "1",
  });
  const backlog = await ended(rig, "rival_uploads", jobs);
  await atRate(files.slice(0, paced), rate, async (file) => queues.sendRival([await record(file)]));
  const all = await ended(rig, "rival_uploads", jobs + paced);
  return figures(backlog, all.slice(jobs));
}

interface Times {
  readonly created: number;
  readonly completed: number;
}

function figures(backlog: readonly Times[], paced: readonly Times[]) {
  const ends = backlog.map(({ completed }) => completed).sort((a, b) => a - b);
  const waits = paced.map(({ created, completed }) => completed - created);
  return {
    backlog_jobs_per_second: (ends.length - 1) / ((ends.at(-1)! - ends[0]!) / 1_000),
    paced_p50_milliseconds: percentile(waits, 0.5),
    paced_p99_milliseconds: percentile(waits, 0.99),
  };
}

/** Waits until so many are completed; their times in milliseconds by the database's clock, in the order they were created. */
async function ended(rig: Rig, table: string, count: number): Promise<Times[]> {
  const open = async () => {
    const rows = await rig.sql<{ done: number; failed: number }[]>`
      select
        count(*) filter (where status = 'completed')::int as done,
        count(*) filter (where status not in ('pending', 'processing', 'completed'))::int as failed
      from ${rig.sql(table)}`;
    if (rows[0]!.failed > 0) throw new Error(`${rows[0]!.failed} jobs failed`);
    return rows[0]!.done >= count;
  };
  await until(open);
  return [
    ...(await rig.sql<Times[]>`
      select
        extract(epoch from created_at)::float8 * 1000 as created,
        extract(epoch from completed_at)::float8 * 1000 as completed
      from ${rig.sql(table)}
      order by created_at`),
  ];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 600_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("not done within ten minutes");
    await sleep(100);
  }
}

/** Starts one piece of work every 1/rate s whether or not those before are done: what waits shows in the times. */
async function atRate(files: readonly string[], rate: number, work: (file: string) => Promise<void>): Promise<void> {
  const began = performance.now();
  const started = files.map(async (file, i) => {
    await sleep(Math.max(0, began + (i * 1_000) / rate - performance.now()));
    await work(file);
  });
  await Promise.all(started);
}

function makeFiles(count: number): string[] {
  const customers = [...makeCustomers(count * rowsPerFile, 7)].map((cells) => cells.join());
  return Array.from({ length: count }, (_, i) => {
    const rows = customers.slice(i * rowsPerFile, (i + 1) * rowsPerFile);
    return `${[customerHeader.join(), ...rows].join("\n")}\n`;
  });
}
