/** The collector dies or refuses in the middle of exports: nothing is lost that it had not taken, and nothing counts twice. About 12 s. */
import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { startMetricsExport } from "../../src/telemetry/start-metrics-export.ts";
import { readTelemetryConfig } from "../../src/telemetry/telemetry-config.ts";
import { test } from "../slow-test.ts";
import { freePort } from "../store/servers.ts";
import { type Collector, skipWithoutCollector, startCollector } from "./collector.ts";
import { metricsOf } from "./emf.ts";

const skip = skipWithoutCollector();

/** The exporter of the service with a counter, an export each 200 ms. */
function startCounting(port: number) {
  let dropped = 0;
  const telemetry = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: "200",
    OTEL_METRIC_EXPORT_TIMEOUT: "199",
    RETAINWISE_TELEMETRY_PROBE_SECONDS: "1",
  })!;
  const exported = startMetricsExport(
    {
      log: () => undefined,
      onDropped: (points) => {
        dropped += points;
      },
    },
    { telemetry, role: "worker", version: "0" },
  );
  const { worker } = createMetrics(exported.meter);
  return {
    exported,
    dropped: () => dropped,
    /** Fifty, over half a second. */
    async count(): Promise<void> {
      for (let i = 0; i < 50; i++) {
        worker.count("WorkerUnexpectedError");
        await sleep(10);
      }
    },
  };
}

const total = (...collectors: Collector[]): number =>
  metricsOf(collectors.flatMap((collector) => collector.lines()))
    .filter(({ name }) => name === "WorkerUnexpectedError")
    .reduce((sum, { value }) => sum + Number(value), 0);

test("killed in the middle of an export and started again, it has every count once", { skip }, async () => {
  const port = await freePort();
  const first = await startCollector({ port });
  const counting = startCounting(port);
  await counting.count();
  await first.waitFor(() => total(first) === 50);
  // Stopped, it takes connections and answers nothing: the next exports are under way when it dies.
  process.kill(first.pid, "SIGSTOP");
  await counting.count();
  process.kill(first.pid, "SIGKILL");
  await counting.count();
  const second = await startCollector({ port });
  await second.waitFor(() => total(first, second) >= 150, 30_000);
  await counting.count();
  await counting.exported.stop(5_000);
  await second.waitFor(() => total(first, second) >= 200);
  await second.stop();
  assert.equal(total(first, second), 200);
  assert.equal(counting.dropped(), 0);
});

test("what it had taken and not yet written when it is killed is gone, and nobody can tell", { skip }, async () => {
  const collector = await startCollector({ overlay: "processors::batch::timeout: 30s" });
  const counting = startCounting(Number(new URL(collector.url).port));
  await counting.count();
  await counting.exported.stop(5_000);
  process.kill(collector.pid, "SIGKILL");
  await sleep(200);
  assert.equal(total(collector), 0);
  assert.equal(counting.dropped(), 0);
});

test("while its memory limiter refuses, the service keeps what it has, and afterwards all of it arrives once", {
  skip,
}, async () => {
  const port = await freePort();
  // Less than it needs for itself: it refuses from its first look on.
  const overlay =
    "{processors: {memory_limiter: {check_interval: 100ms, limit_mib: 2, spike_limit_mib: 1}}, receivers: {}}";
  const full = await startCollector({ port, overlay });
  await sleep(500);
  const counting = startCounting(port);
  for (let i = 0; i < 4; i++) await counting.count();
  assert.equal(total(full), 0);
  assert.ok(counting.exported.state().batches > 0);
  const metric = { name: "X", gauge: { dataPoints: [{ asInt: "1", timeUnixNano: "1" }] } };
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
  const headers = { "content-type": "application/json" };
  assert.equal((await fetch(`${full.url}/v1/metrics`, { method: "POST", headers, body })).status, 503);
  await full.stop();
  const roomy = await startCollector({ port });
  await roomy.waitFor(() => total(roomy) >= 200, 60_000);
  await counting.exported.stop(5_000);
  await roomy.stop();
  assert.equal(total(full, roomy), 200);
  assert.equal(counting.dropped(), 0);
});
