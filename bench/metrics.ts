/**
 * `bun run bench metrics [--requests N] [--rows N] [--runs N]`: what measuring costs. Nanoseconds of one record; and three services by turns, one that
 * sends its metrics to a backend each second (sixty times as often as in production), one whose backend takes connections and never answers, and
 * one that has none: requests and rows per second, p99 of requests, and resident memory at the end.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createMetrics, type Metrics, noMetrics } from "../src/telemetry/metrics.ts";
import { startMetricsExport } from "../src/telemetry/start-metrics-export.ts";
import { readTelemetryConfig } from "../src/telemetry/telemetry-config.ts";
import { type RunningService, startService } from "../test/front-door/service.ts";
import { customerHeader, makeCustomers } from "./customers.ts";
import { median, residentOf, writeResult } from "./measure.ts";
import { load } from "./run-load.ts";

export async function benchMetrics(options: readonly string[]): Promise<void> {
  const given = { type: "string" } as const;
  const { values } = parseArgs({ args: [...options], options: { requests: given, rows: given, runs: given } });
  const requests = Number(values.requests ?? 5_000);
  const rows = Number(values.rows ?? 100_000);
  const runs = Number(values.runs ?? 5);
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  const backend = await startBackend();
  const telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_METRIC_EXPORT_INTERVAL: "1000" };
  const measured = await startService(join(folder, "on"), { ...telemetry, OTEL_METRIC_EXPORT_TIMEOUT: "900" });
  const away = await startService(join(folder, "away"), {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: `${backend.url}/away`, OTEL_METRIC_EXPORT_INTERVAL: "1000" },
    OTEL_METRIC_EXPORT_TIMEOUT: "900",
  });
  const plain = await startService(join(folder, "off"));
  const all = { on: measured, away, off: plain };
  try {
    const file = fileOf(rows);
    const reads: Record<keyof typeof all, number[]> = { on: [], away: [], off: [] };
    const tails: typeof reads = { on: [], away: [], off: [] };
    const scores: typeof reads = { on: [], away: [], off: [] };
    const uploads = {
      on: await score(measured.url, fileOf(100)),
      away: await score(away.url, fileOf(100)),
      off: await score(plain.url, fileOf(100)),
    };
    for (let run = 0; run < runs; run++) {
      // By turns, and each first as often as the other.
      for (const which of run % 2 === 0 ? (["on", "away", "off"] as const) : (["off", "away", "on"] as const)) {
        const read = await load([`${all[which].url}/v1/uploads/${uploads[which].id}`], requests);
        reads[which].push(read.requests_per_second);
        tails[which].push(read.p99_milliseconds);
        scores[which].push(rows / (await score(all[which].url, file)).seconds);
      }
    }
    const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores for everything`;
    writeResult("metrics", {
      machine,
      ...{ requests, rows, runs },
      nanoseconds: nanoseconds(backend.url),
      requests_per_second: compare(reads),
      rows_per_second: compare(scores),
      p99_milliseconds: { ...compare(tails), away_to_on: median(tails.away) / median(tails.on) },
      resident_megabytes: { on: memoryOf(measured), away: memoryOf(away), off: memoryOf(plain) },
    });
  } finally {
    for (const service of Object.values(all)) await service.stop();
    backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const memoryOf = ({ process: { pid } }: RunningService) => residentOf(pid);

type Runs = Readonly<Record<"on" | "away" | "off", readonly number[]>>;
const compare = ({ on, away, off }: Runs) => ({
  ...{ on: median(on), away: median(away), off: median(off) },
  ratio: median(on) / median(off),
});

/** One call each: a counter with an attribute, a histogram with one, and both where nothing is exported. */
function nanoseconds(url: string) {
  const log = () => undefined;
  const telemetry = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url })!;
  const exported = startMetricsExport({ log, onDropped: log }, { telemetry, role: "bench", version: "0" });
  const metrics = createMetrics(exported.meter);
  const count = ({ worker }: Metrics) => worker.count("RowRejected", { Reason: "out_of_range" });
  const record = ({ pipeline }: Metrics, i: number) =>
    pipeline.record("PredictionConfidence", 0.5 + (i % 500) / 1_000, { ModelVersion: "1.0.0" });
  const result = {
    counter: time(() => count(metrics)),
    histogram: time((i) => record(metrics, i)),
    counter_off: time(() => count(noMetrics)),
    histogram_off: time((i) => record(noMetrics, i)),
  };
  void exported.stop(100);
  return result;

  function time(work: (i: number) => void): number {
    const calls = 500_000;
    const run = (): number => {
      const began = performance.now();
      for (let i = 0; i < calls; i++) work(i);
      return ((performance.now() - began) * 1e6) / calls;
    };
    return median(Array.from({ length: 5 }, run));
  }
}

function fileOf(rows: number): string {
  return `${[customerHeader.join(), ...[...makeCustomers(rows, 7)].map((cells) => cells.join())].join("\n")}\n`;
}

/** Through the front door; the job's own time, by the database's clock. */
async function score(url: string, file: string): Promise<{ id: string; seconds: number }> {
  const headers = { "content-type": "text/csv" };
  const response = await fetch(`${url}/v1/uploads`, { method: "POST", headers, body: file });
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  const { upload_id: id } = (await response.json()) as { upload_id: string };
  for (;;) {
    const upload = (await (await fetch(`${url}/v1/uploads/${id}`)).json()) as Record<string, string>;
    if (upload["status"] === "completed") {
      const seconds = (Date.parse(upload["completed_at"]!) - Date.parse(upload["started_at"]!)) / 1_000;
      return { id, seconds };
    }
    if (upload["status"] === "failed" || upload["status"] === "needs_mapping") throw new Error(JSON.stringify(upload));
    await sleep(50);
  }
}

/** Takes everything at once and keeps nothing; below `/away` it never answers. */
async function startBackend(): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.url?.startsWith("/away") !== true) response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => void server.close().closeAllConnections(),
  };
}
