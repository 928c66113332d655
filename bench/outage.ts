/**
 * `bun run bench outage [--minutes N]`: a backend for metrics that is away for ten real minutes, with every setting as it is by default. Six services
 * at once, each with a backend of its own: two stay well, the others refuse, hang, answer 503, or answer after five seconds. Meanwhile files
 * are scored and uploads are read in all six by turns. Up to nineteen minutes: a breaker that has opened looks again after five.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { limits } from "../src/limits.ts";
import { type RunningService, startService } from "../test/front-door/service.ts";
import { customerHeader, makeCustomers } from "./customers.ts";
import { median, percentile, residentOf, writeResult } from "./measure.ts";
import { type Counted, type OtlpBackend, startOtlpBackend } from "./otlp-backend.ts";

/** `twin` is a second one that stays well: how far two are apart of which nothing differs. */
const modes = ["well", "twin", "refuse", "hang", "503", "slow"] as const;
type Mode = (typeof modes)[number];

interface Candidate {
  readonly mode: Mode;
  readonly service: RunningService;
  readonly backend: OtlpBackend;
  uploadId: string;
  readonly sent: { uploads: number; rows: number };
  latencies: number[];
  memory: number[];
}

const rows = 100;
const file = `${[customerHeader.join(), ...[...makeCustomers(rows, 7)].map((cells) => cells.join())].join("\n")}\n`;

export async function benchOutage(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { minutes: { type: "string" } } });
  const minutes = Number(values.minutes ?? 10);
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  const candidates: Candidate[] = [];
  try {
    for (const mode of modes) {
      const backend = await startOtlpBackend();
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
      const service = await startService(join(folder, mode), environment);
      const fresh = { latencies: [], memory: [], sent: { uploads: 0, rows: 0 } };
      candidates.push({ mode, service, backend, uploadId: "", ...fresh });
    }
    say("six services are up; two minutes while all is well");
    await work(candidates, 120);
    const before = new Map(candidates.map((one) => [one.mode, takeFigures(one)]));

    say(`${minutes} minutes of outage`);
    for (const { mode, backend } of candidates) if (mode !== "well" && mode !== "twin") await backend.set(mode);
    await work(candidates, minutes * 60);
    const during = new Map(
      candidates.map((one) => [one.mode, { ...takeFigures(one), counted: one.backend.counted() }]),
    );

    say("the backends are back");
    for (const { backend } of candidates) await backend.set("well");
    const back = performance.now();
    const whole = new Map<Mode, number | null>();
    while (whole.size < modes.length) {
      const seconds = (performance.now() - back) / 1_000;
      for (const one of candidates) if (!whole.has(one.mode) && isWhole(one)) whole.set(one.mode, seconds);
      if (seconds > limits.telemetryProbeSeconds + 90) {
        for (const { mode } of candidates) if (!whole.has(mode)) whole.set(mode, null);
      }
      await sleep(500);
    }
    const well = { before: before.get("well")!, during: during.get("well")! };
    writeResult("outage", {
      machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores for everything`,
      minutes,
      ...Object.fromEntries(
        candidates.map(({ mode, sent, backend }) => {
          const [first, then] = [before.get(mode)!, during.get(mode)!];
          return [
            mode,
            {
              sent,
              counted_at_its_end: then.counted,
              counted_afterwards: backend.counted(),
              seconds_until_whole: whole.get(mode),
              p99_milliseconds: then.p99,
              p99_to_well: then.p99 / well.during.p99,
              megabytes: { before: first.megabytes, during: then.megabytes },
              megabytes_more_than_well:
                then.megabytes - first.megabytes - (well.during.megabytes - well.before.megabytes),
            },
          ];
        }),
      ),
    });
  } finally {
    for (const { service, backend } of candidates) {
      await service.stop();
      await backend.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Twenty reads a second and a file each five seconds in each service, by turns. */
async function work(candidates: readonly Candidate[], seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  for (let turn = 0; performance.now() < until; turn++) {
    const next = performance.now() + 50;
    // Nobody is always the first.
    const order = candidates.map((_, i) => candidates[(i + turn) % candidates.length]!);
    if (turn % 100 === 0) for (const one of order) await send(one);
    for (const one of order) {
      const began = performance.now();
      const response = await fetch(`${one.service.url}/v1/uploads/${one.uploadId}`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${one.mode}: ${response.status}`);
      one.latencies.push(performance.now() - began);
    }
    if (turn % 20 === 0) for (const one of order) one.memory.push(residentOf(one.service.process.pid) ?? Number.NaN);
    await sleep(Math.max(0, next - performance.now()));
  }
}

/** Accepted at once and scored beside the reads; what was accepted is what has to be counted. */
async function send(one: Candidate): Promise<void> {
  const headers = { "content-type": "text/csv" };
  const response = await fetch(`${one.service.url}/v1/uploads`, { method: "POST", headers, body: file });
  if (response.status !== 202) throw new Error(`${one.mode}: ${response.status} ${await response.text()}`);
  one.uploadId = ((await response.json()) as { upload_id: string }).upload_id;
  one.sent.uploads += 1;
  one.sent.rows += rows;
}

/** p99 of the reads, and the median memory of the last minute; begins anew. */
function takeFigures(one: Candidate): { p99: number; megabytes: number } {
  const figures = { p99: percentile(one.latencies, 0.99), megabytes: median(one.memory.slice(-60)) };
  one.latencies = [];
  one.memory = [];
  return figures;
}

function isWhole({ backend, sent }: Candidate): boolean {
  const { uploads, rows: counted }: Counted = backend.counted();
  return uploads >= sent.uploads && counted >= sent.rows;
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
