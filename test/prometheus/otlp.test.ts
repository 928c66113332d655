/** The service exports to a real Prometheus by OpenTelemetry's own variables alone, as the README says; rules and dashboard find what they read. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instruments } from "../../src/telemetry/catalogue.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { startMetricsExport } from "../../src/telemetry/start-metrics-export.ts";
import { readTelemetryConfig } from "../../src/telemetry/telemetry-config.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { type SceneName, scenes } from "../pager/scenes.ts";
import { startCast } from "../pager/stage.ts";
import { repository } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { prometheusName } from "../terraform/prometheus-name.ts";
import { readRules, rulesFile } from "../terraform/prometheus-rules.ts";
import { type Prometheus, skipWithoutPrometheus, startPrometheus } from "./prometheus.ts";
import { missingIn } from "./queries.ts";

const skip = skipWithoutPrometheus() || skipReason(externalKind);
const path = "/api/v1/otlp";
const cumulative = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "cumulative" };

if (skip === false) {
  const folder = temporaryFolder();
  // The same rules once more, sixty times as fast: an hour of looking back is a minute, so that a test sees them go off again.
  const quickly = join(folder.path, "quick.yaml");
  writeFileSync(
    quickly,
    readFileSync(rulesFile, "utf8")
      .replaceAll(/\[(\d+)m\]/g, "[$1s]")
      .replaceAll(/\[(\d+)h\]/g, "[$1m]")
      .replaceAll(/for: (\d+)m/g, "for: $1s")
      .replaceAll(/alert: (\S+)/g, "alert: $1-quick"),
  );
  const prometheus = await startPrometheus({ rules: [rulesFile, quickly] });
  const cast = await startCast(prometheus.port, (port) => `http://127.0.0.1:${port}${path}`, cumulative);
  after(async () => {
    await cast.stop();
    await prometheus.stop();
    folder.remove();
  });
  let began = Date.now();
  const place = {
    ...cast,
    seen(name: string, milliseconds = 30_000): Promise<void> {
      const instrument = instruments.find((one) => one.name === name)!;
      const now = instrument.kind === "histogram" ? "histogram_count(sum(METRIC))" : "sum(METRIC)";
      const metric = prometheusName(instrument);
      return until(milliseconds, async () => {
        const before = now.replace("METRIC", `${metric} offset ${Date.now() - began}ms`);
        const query = `${now.replace("METRIC", metric)} - (${before} or vector(0)) > 0`;
        return (await prometheus.query(query)).samples.length > 0;
      });
    },
  };
  const act = async (name: SceneName): Promise<void> => {
    began = Date.now();
    await scenes[name](place);
  };
  const firing = async (): Promise<string[]> =>
    (await prometheus.query('ALERTS{alertstate="firing"}')).samples
      .map(({ labels }) => labels["alertname"]!)
      .toSorted();
  const expressions = [...readRules().map(({ expression }) => expression), ...grafanaQueries()];

  test("a dead letter, a worker that is killed and files that cannot be read each fire their rule, and it is off again afterwards", async () => {
    await act("healthy");
    const quick = (...names: string[]) => names.map((name) => `${name}-quick`);
    await until(30_000, async () => !(await firing()).some((name) => name.endsWith("-quick")));

    // The first one ever: its series begins with it.
    await act("a message is dead");
    const fires = (name: string) => until(20_000, async () => (await firing()).includes(name));
    await Promise.all([fires("job-dead-lettered"), fires("job-dead-lettered-quick")]);
    await act("jobs fail");
    await Promise.all([fires("worker-error-rate-high"), fires("worker-error-rate-high-quick")]);
    cast.rig.kill("worker");
    await fires("worker-heartbeat-missing-quick");
    await cast.rig.revive("worker");
    const over = quick("job-dead-lettered", "worker-heartbeat-missing", "worker-error-rate-high");
    await until(40_000, async () => !(await firing()).some((name) => over.includes(name)));
  });

  test("every metric and label that a rule or a panel reads is there, and one that is renamed is found out", async () => {
    const { missing, looked } = await missingIn(prometheus, expressions);
    assert.deepEqual(missing, []);
    assert.ok(looked >= 25, `${looked} metrics`);
    for (const [from, to] of [
      ["UploadSuccess_total", "UploadSuccess"],
      ["WorkerEndToEndDuration_seconds", "WorkerEndToEndDuration_seconds_bucket"],
      ["WorkerHeartbeat", "WorkerHeartbeats"],
      ["by (Feature)", "by (feature)"],
      ["by (FileSizeBucket)", "by (Size)"],
    ] as const) {
      const renamed = expressions.map((expression) => expression.replaceAll(from, to));
      assert.notDeepEqual(renamed, expressions, from);
      assert.equal((await missingIn(prometheus, renamed)).missing.length, 1, to);
    }
  });

  test("every rule is evaluated, and every panel shows something without a note that its query is wrong", async () => {
    const { groups } = (await prometheus.get("rules")) as {
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    assert.equal(rules.length, 2 * readRules().length);
    assert.deepEqual(
      rules.filter(({ health }) => health !== "ok"),
      [],
    );
    for (const expression of grafanaQueries().filter((query) => !query.includes("aws_sqs_"))) {
      const { samples, notes } = await prometheus.query(expression);
      assert.deepEqual(notes, [], expression);
      assert.ok(samples.length > 0 && samples.every(({ value }) => Number.isFinite(value)), expression);
    }
  });

  test("tasks are told apart by job and instance, and nothing was refused", async () => {
    const jobs = (await prometheus.series("UploadSuccess_total")).map(({ job }) => job);
    assert.deepEqual(new Set(jobs), new Set(["retainwise-api", "retainwise-worker"]));
    for (const { instance } of await prometheus.series("WorkerHeartbeat")) assert.match(instance!, /^[0-9a-f-]{36}$/);
    for (const name of ["api", "worker"])
      assert.doesNotMatch(cast.rig.part(name).service.output(), /telemetry\.(failed|down|dropped)/);
  });

  test("the first failure ever fires only where Prometheus takes the beginning of a series, which the README asks for", async () => {
    const without = await startPrometheus({ rules: [rulesFile], features: [] });
    const withIt = await startPrometheus({ rules: [rulesFile] });
    try {
      const names = ["explanation-not-additive", "job-dead-lettered", "model-load-failure"];
      const fired = await Promise.all(
        [without, withIt].map(async (one) => {
          await failOnce(one);
          await sleep(3_000);
          const { samples } = await one.query('ALERTS{alertstate="firing"}');
          return samples.map(({ labels }) => labels["alertname"]!).filter((name) => names.includes(name));
        }),
      );
      assert.deepEqual(
        fired.map((some) => some.toSorted()),
        [[], names],
      );
    } finally {
      await without.stop();
      await withIt.stop();
    }
  });

  test("deltas, where the variable was forgotten, are refused, and the log says so", async () => {
    const said: unknown[] = [];
    const telemetry = readTelemetryConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${prometheus.port}${path}`,
    })!;
    const exported = startMetricsExport(
      { log: (event) => void said.push(event), onDropped: () => undefined },
      { telemetry, role: "forgetful", version: "0" },
    );
    createMetrics(exported.meter).worker.count("WorkerUnexpectedError");
    await exported.stop(5_000);
    assert.equal(said[0], "telemetry.refused");
  });
} else {
  test("runs where Prometheus and Postgres are", { skip }, () => undefined);
}

/** Queries of the panels, as Grafana would send them. */
function grafanaQueries(): string[] {
  const { panels } = JSON.parse(readFileSync(join(repository, "grafana/dashboard.json"), "utf8")) as {
    panels: { targets: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m")));
}

/** A task in which one of each happens some exports after its start. */
async function failOnce(prometheus: Prometheus): Promise<void> {
  const telemetry = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${prometheus.port}${path}`,
    ...cumulative,
  })!;
  const ignore = () => undefined;
  const exported = startMetricsExport({ log: ignore, onDropped: ignore }, { telemetry, role: "worker", version: "0" });
  const { worker, pipeline } = createMetrics(exported.meter);
  await exported.flush(5_000);
  worker.count("JobDeadLettered", { Reason: "internal" });
  pipeline.count("ModelLoadFailure", { Reason: "graph" });
  pipeline.record("ExplanationResidual", 0.5);
  // A series of one moment has no increase.
  for (let exports = 0; exports < 3; exports++) {
    await sleep(200);
    await exported.flush(5_000);
  }
  await exported.stop(5_000);
}

async function until(milliseconds: number, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !(await holds()); await sleep(200))
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${holds}`);
}
