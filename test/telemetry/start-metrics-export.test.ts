import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LogFields } from "../../src/telemetry/logger.ts";
import { startMetricsExport } from "../../src/telemetry/start-metrics-export.ts";
import type { TelemetryConfig } from "../../src/telemetry/telemetry-config.ts";
import { after, test } from "../slow-test.ts";
import { metricsOf, parseRequest, valuesOf } from "./one-point.ts";
import { type Behaviour, behaviours, type OtlpServer, startOtlpServer, status } from "./otlp-server.ts";

const servers: OtlpServer[] = [];
after(async () => void (await Promise.all(servers.map((server) => server.close()))));

async function rig(telemetry: Partial<TelemetryConfig> = {}, behaviour: Behaviour = behaviours.accept) {
  const server = await startOtlpServer(behaviour);
  servers.push(server);
  const events: { event: string; fields: LogFields }[] = [];
  const told = { dropped: 0 };
  const start = (onDropped: (count: number) => void = () => undefined) =>
    startMetricsExport(
      {
        log: (event, fields = {}) => events.push({ event, fields }),
        onDropped(count) {
          told.dropped += count;
          onDropped(count);
        },
      },
      {
        role: "api",
        version: "1.2.3",
        telemetry: {
          url: server.url,
          headers: {},
          protocol: "http/json",
          compression: "none",
          temporality: "delta",
          intervalMilliseconds: 50,
          collectMilliseconds: 50,
          requestMilliseconds: 3_000,
          probeMilliseconds: 400,
          serviceName: null,
          resourceAttributes: {},
          ...telemetry,
        },
      },
    );
  return { server, events, told, start };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const quiet = { intervalMilliseconds: 60_000, collectMilliseconds: 30_000 };

interface Absence {
  readonly leave: (server: OtlpServer) => Promise<void>;
  readonly comeBack: (server: OtlpServer) => Promise<void>;
  readonly requestMilliseconds: number;
}

/** Counts up all the time while the backend is there, away, and there again. */
async function throughAnAbsence({ leave, comeBack, requestMilliseconds }: Absence) {
  const { server, events, told, start } = await rig({ requestMilliseconds });
  const metrics = start();
  const done = metrics.meter("RetainWise/Test").createCounter("Done");
  let recorded = 0;
  const counting = setInterval(() => {
    done.add(1);
    recorded++;
  }, 5);
  await pause(200);
  await leave(server);
  while (!metrics.state().isDown) await pause(20);
  await pause(200);
  await comeBack(server);
  while (metrics.state().isDown) await pause(20);
  clearInterval(counting);
  await metrics.stop(3_000);
  return { server, events, told, recorded };
}

const become = (behaviour: Behaviour) => async (server: OtlpServer) => {
  server.behaviour = behaviour;
};
const absences: Record<string, Absence> = {
  refusing: { leave: (server) => server.close(), comeBack: (server) => server.reopen(), requestMilliseconds: 3_000 },
};
for (const [name, behaviour, requestMilliseconds] of [
  ["resetting", behaviours.reset, 3_000],
  ["busy", status(503), 3_000],
  ["limiting", status(429, { "retry-after": "0" }), 3_000],
  // Waited for five times. Not shorter: an answer that a busy machine reads too late counts as lost, and its batch goes out twice.
  ["hanging", behaviours.hang, 1_000],
  ["trickling", behaviours.trickleHead, 1_000],
] as const) {
  absences[name] = { leave: become(behaviour), comeBack: become(behaviours.accept), requestMilliseconds };
}

test("totals are complete and nothing is sent twice after a backend that refused, reset, hung, trickled or was busy", async () => {
  await Promise.all(
    Object.entries(absences).map(async ([name, absence]) => {
      const { server, events, told, recorded } = await throughAnAbsence(absence);
      assert.ok(recorded > 100, name);
      const batches = server.taken.map(String);
      const twice = batches.filter((batch, i) => batches.indexOf(batch) !== i);
      assert.deepEqual(twice, [], `${name}: taken twice`);
      assert.equal(sum(valuesOf(server.taken)), recorded, name);
      assert.equal(told.dropped, 0, name);
      assert.deepEqual(
        events.map(({ event }) => event),
        ["telemetry.down", "telemetry.back"],
        name,
      );
    }),
  );
});

test("what a backend refuses for good is reported, datapoint by datapoint, and the rest is complete", async () => {
  const { server, events, told, recorded } = await (async () => {
    const r = await rig();
    const metrics = r.start();
    const done = metrics.meter("RetainWise/Test").createCounter("Done");
    let count = 0;
    for (const behaviour of [behaviours.accept, status(400), status(413), behaviours.accept]) {
      r.server.behaviour = behaviour;
      for (let i = 0; i < 20; i++, count++) {
        done.add(1);
        await pause(10);
      }
    }
    await metrics.stop(2_000);
    return { ...r, recorded: count };
  })();
  const refused = server.requests.map(({ body }) => body).filter((body) => !server.taken.includes(body));
  assert.ok(refused.length >= 2);
  assert.equal(sum(valuesOf(server.taken)) + sum(valuesOf(refused)), recorded);
  assert.equal(told.dropped, refused.length);
  const statuses = events.map(({ event, fields }) => `${event} ${fields["status"]}`);
  assert.deepEqual(statuses, ["telemetry.refused 400", "telemetry.refused 413"]);
});

test("the last second arrives at the end, and five starts with one increment each are five ones", async () => {
  const { server, start } = await rig(quiet);
  for (let i = 0; i < 5; i++) {
    const metrics = start();
    metrics.meter("RetainWise/Test").createCounter("Done").add(1);
    await metrics.stop(2_000);
  }
  assert.deepEqual(valuesOf(server.taken), [1, 1, 1, 1, 1]);
});

test("a loss that can only be told at the end still reaches the backend, in the counter of its owner", async () => {
  const { server, start } = await rig(quiet, status(400));
  const metrics = start((count) => dropped.add(count));
  const meter = metrics.meter("RetainWise/Test");
  const [done, dropped] = [meter.createCounter("Done"), meter.createCounter("TelemetryDropped")];
  done.add(1);
  await metrics.flush(2_000);
  server.behaviour = behaviours.accept;
  done.add(1);
  await metrics.stop(2_000);
  assert.deepEqual(valuesOf(server.taken), [1]);
  assert.deepEqual(valuesOf(server.taken, "TelemetryDropped"), [1]);
});

test("an end has its deadline, whatever the backend does, and says what was lost", async () => {
  for (const behaviour of [behaviours.hang, behaviours.trickleHead, behaviours.reset, status(503)]) {
    const { start, told, events } = await rig({ ...quiet, requestMilliseconds: 10_000 }, behaviour);
    const metrics = start();
    metrics.meter("RetainWise/Test").createCounter("Done").add(1);
    const before = performance.now();
    await metrics.stop(500);
    assert.ok(performance.now() - before < 1_500);
    assert.equal(told.dropped, 1);
    assert.deepEqual(events.at(-1), { event: "telemetry.lost", fields: { batches: 1, dropped_datapoints: 1 } });
  }
});

test("temporality is as chosen: delta by default, cumulative where the backend wants totals", async () => {
  for (const [temporality, expected, code] of [
    ["delta", [1, 1], 1],
    ["cumulative", [1, 2], 2],
    ["lowmemory", [1, 1], 1],
  ] as const) {
    const { server, start } = await rig({ ...quiet, temporality });
    const metrics = start();
    const done = metrics.meter("RetainWise/Test").createCounter("Done");
    for (let i = 0; i < 2; i++) {
      done.add(1);
      await metrics.flush(2_000);
    }
    assert.deepEqual(valuesOf(server.taken), expected, temporality);
    assert.equal(metricsOf(server.taken[0]!)[0]!.sum!.aggregationTemporality, code);
    await metrics.stop(1_000);
  }
});

test("every histogram is exponential with at most 100 buckets, however far its values lie apart", async () => {
  const { server, start } = await rig(quiet);
  const metrics = start();
  const duration = metrics.meter("RetainWise/Test").createHistogram("Duration", { unit: "s" });
  for (let i = -35; i < 35; i++) for (let j = 0; j < 5; j++) duration.record(2 ** i * (1 + j / 5));
  await metrics.stop(2_000);
  const [{ count, positive }] = metricsOf(server.taken[0]!)[0]!.exponentialHistogram!.dataPoints as [never];
  assert.equal(count, 350);
  const { bucketCounts } = positive as { bucketCounts: number[] };
  assert.ok(bucketCounts.length > 50 && bucketCounts.length <= 100, `${bucketCounts.length} buckets`);
});

test("the resource says which service, version and instance it is, and takes what the environment adds", async () => {
  const { server, start } = await rig({ ...quiet, resourceAttributes: { "deployment.environment.name": "test" } });
  const [first, second] = [start(), start()];
  for (const metrics of [first, second]) metrics.meter("RetainWise/API").createCounter("Done").add(1);
  await Promise.all([first.stop(2_000), second.stop(2_000)]);
  const resources = server.taken.map((body) => {
    const [{ resource, scopeMetrics }] = parseRequest(body).resourceMetrics as [never];
    assert.equal((scopeMetrics as { scope: { name: string } }[])[0]!.scope.name, "RetainWise/API");
    const { attributes } = resource as { attributes: { key: string; value: { stringValue: string } }[] };
    return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
  });
  assert.equal(resources[0]!["service.name"], "retainwise-api");
  assert.equal(resources[0]!["service.version"], "1.2.3");
  assert.equal(resources[0]!["deployment.environment.name"], "test");
  assert.notEqual(resources[0]!["service.instance.id"], resources[1]!["service.instance.id"]);
});

test("a process with metrics that wait for an absent backend ends when its work does", async () => {
  const server = await startOtlpServer();
  await server.close();
  const script = fileURLToPath(new URL("end-without-stop.ts", import.meta.url));
  const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const before = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [...run, script, server.url], { timeout: 20_000 });
  assert.match(stdout, /waiting 1/);
  assert.ok(performance.now() - before < 15_000, "the next attempt would come after 30 s");
});
