/** What MONITORING's facts rest on, on the real exporter: what is counted arrives, once, where it belongs, in a shape that percentiles can be had of. */
import assert from "node:assert/strict";
import { catalogue, type Instrument, instruments } from "../../src/telemetry/catalogue.ts";
import type { EmfMetric } from "../alarms/emf.ts";
import { after, test } from "../slow-test.ts";
import { type Collector, type CollectorOptions, skipWithoutCollector, startCollector } from "./collector.ts";
import { isDistribution, metricsOf } from "./emf.ts";
import { type SdkOptions, startSdk } from "./sdk.ts";

const skip = skipWithoutCollector();
const shared = skip === false ? await startCollector() : null;
after(async () => shared?.stop());

const named = (lines: readonly string[], name: string): EmfMetric[] =>
  metricsOf(lines).filter((datum) => datum.name === name);

/** Records into the shared collector and gives what arrived of one metric, once something did. */
async function arrived(
  name: string,
  record: (sdk: ReturnType<typeof startSdk>) => void,
  options: SdkOptions = {},
): Promise<EmfMetric[]> {
  const collector = shared!;
  const before = named(collector.lines(), name).length;
  const sdk = startSdk(collector.url, options);
  record(sdk);
  await sdk.stop();
  await collector.waitFor((lines) => named(lines, name).length > before);
  return named(collector.lines(), name).slice(before);
}

/** A collector of its own, which ends with the test. */
async function withCollector(options: CollectorOptions, use: (collector: Collector) => Promise<void>): Promise<void> {
  const collector = await startCollector(options);
  try {
    await use(collector);
  } finally {
    await collector.stop();
  }
}

test("is healthy while it runs, and only then", { skip }, async () => {
  const collector = await startCollector();
  assert.equal(await collector.health(), true);
  await collector.stop();
  assert.equal(await collector.health(), false);
});

test("a counter added to once arrives as 1, the first value included", { skip }, async () => {
  const [datum, ...more] = await arrived("UploadSuccess", (sdk) =>
    sdk.meter("RetainWise/API").createCounter("UploadSuccess").add(1),
  );
  assert.deepEqual(
    [datum!.value, datum!.namespace, datum!.unit, datum!.dimensionSets],
    [1, "RetainWise/API", "Count", [[]]],
  );
  assert.equal(more.length, 0);
});

test("five processes that each count once arrive as five ones", { skip }, async () => {
  const values = await fiveRestarts("S3UploadAttempt", { temporality: "delta" });
  assert.deepEqual(values, [1, 1, 1, 1, 1]);
});

test("twin: counted cumulatively, four of the five are lost, so delta is needed", { skip }, async () => {
  const values = await fiveRestarts("S3UploadFailure", { temporality: "cumulative" });
  assert.deepEqual(values, [1, 0, 0, 0, 0]);
});

async function fiveRestarts(name: string, options: SdkOptions): Promise<EmfMetric["value"][]> {
  const values: EmfMetric["value"][] = [];
  for (let restart = 0; restart < 5; restart++) {
    const data = await arrived(name, (sdk) => sdk.meter("RetainWise/API").createCounter(name).add(1), options);
    values.push(...data.map(({ value }) => value));
  }
  return values;
}

test("a cumulative counter's first value is kept, because the exporter is told to", { skip }, async () => {
  const count = (sdk: ReturnType<typeof startSdk>) =>
    sdk.meter("RetainWise/API").createCounter("UploadReadError").add(7);
  const [datum] = await arrived("UploadReadError", count, { temporality: "cumulative" });
  assert.equal(datum!.value, 7);
  await withCollector(
    { overlay: "exporters::awsemf/api::retain_initial_value_of_delta_metric: false" },
    async (twin) => {
      const sdk = startSdk(twin.url, { temporality: "cumulative" });
      count(sdk);
      sdk.meter("RetainWise/API").createHistogram("UploadFileSizeMB").record(1);
      await sdk.stop();
      await twin.waitFor((lines) => named(lines, "UploadFileSizeMB").length === 1);
      assert.equal(named(twin.lines(), "UploadReadError").length, 0, "twin: without it the first value is lost");
    },
  );
});

test("every instrument arrives in its namespace, with its unit, the empty dimension set and at most its own", {
  skip,
}, async () => {
  await withCollector({}, async (collector) => {
    const sdk = startSdk(collector.url, { resource: { "service.name": "canary-service", "host.name": "canary-host" } });
    for (const { namespace, name, ...instrument } of instruments) {
      const attributes = Object.fromEntries(
        Object.entries(instrument.attributes).map(([key, values]) => [key, "most" in values ? "known" : values[0]!]),
      );
      recordOne(sdk.meter(namespace), name, instrument, attributes);
    }
    await sdk.stop();
    await collector.waitFor((lines) => metricsOf(lines).length >= instruments.length);
    const seen = new Map(metricsOf(collector.lines()).map((datum) => [datum.name, datum]));
    for (const { namespace, name, dimension, cloudWatchUnit, kind } of instruments) {
      const datum = seen.get(name);
      assert.ok(datum !== undefined, name);
      assert.equal(datum.namespace, namespace, name);
      assert.equal(datum.unit, cloudWatchUnit, name);
      assert.deepEqual(datum.dimensionSets, dimension === null ? [[]] : [[], [dimension]], name);
      assert.equal(isDistribution(datum.value), kind === "histogram", name);
    }
    assert.equal(seen.size, instruments.length);
    assert.equal(metricsOf(collector.lines()).length, instruments.length, "each once, in one namespace");
    assert.equal(
      collector.lines().every((line) => JSON.parse(line)._aws !== undefined),
      true,
      "no record that makes no metric",
    );
    assert.doesNotMatch(collector.lines().join("\n"), /canary/, "nothing of the resource is in a record");
  });
});

function recordOne(
  meter: ReturnType<ReturnType<typeof startSdk>["meter"]>,
  name: string,
  { kind, unit }: Pick<Instrument, "kind" | "unit">,
  attributes: Readonly<Record<string, string | number>>,
): void {
  if (kind === "counter") meter.createCounter(name, { unit }).add(1, attributes);
  else if (kind === "histogram") meter.createHistogram(name, { unit }).record(0.5, attributes);
  else meter.createObservableGauge(name, { unit }).addCallback((result) => result.observe(1, attributes));
}

test("an attribute that is no dimension is a field and makes no series", { skip }, async () => {
  const [datum] = await arrived("http.server.request.duration", (sdk) =>
    sdk
      .meter("RetainWise/API")
      .createHistogram("http.server.request.duration")
      .record(0.1, { "http.route": "/v1/uploads", "http.request.method": "POST", "http.response.status_code": 202 }),
  );
  assert.deepEqual(datum!.dimensionSets, [[], ["http.route"]]);
  assert.equal(datum!.fields["http.request.method"], "POST");
});

test("what the catalogue does not have reaches neither a namespace nor the log", { skip }, async () => {
  await withCollector({}, async (collector) => {
    const sdk = startSdk(collector.url);
    const stray = (namespace: string, name: string) =>
      sdk.meter(namespace).createCounter(name).add(1, { leak: "leak" });
    stray("RetainWise/API", "UploadSucces");
    stray("RetainWise/API", "XUploadSuccess");
    stray("RetainWise/API", "WorkerSuccess"); // of another namespace
    stray("RetainWise/Database", "dbXclientXoperationXduration");
    stray("RetainWise/APIs", "UploadSuccess");
    stray("Elsewhere", "UploadSuccess");
    // In the same request, so that a stray one would stand beside it in the batch of its pipeline.
    for (const [namespace, entries] of Object.entries(catalogue)) {
      const name = Object.entries(entries).find(([, { kind }]) => kind === "counter")![0];
      sdk.meter(namespace).createCounter(name).add(1);
    }
    await sdk.stop();
    const namespaces = Object.keys(catalogue).length;
    await collector.waitFor((lines) => new Set(metricsOf(lines).map(({ namespace }) => namespace)).size === namespaces);
    assert.equal(collector.lines().length, namespaces);
    assert.doesNotMatch(collector.lines().join("\n"), /leak|Elsewhere|APIs/);
  });
});

test("what was taken last before SIGTERM arrives, though the batch had 30 s to go", { skip }, async () => {
  const collector = await startCollector({ overlay: "processors::batch::timeout: 30s" });
  const sdk = startSdk(collector.url);
  sdk.meter("RetainWise/MLPipeline").createCounter("TelemetryDropped").add(3);
  await sdk.stop();
  assert.equal(named(collector.lines(), "TelemetryDropped").length, 0);
  await collector.stop();
  assert.deepEqual(
    named(collector.lines(), "TelemetryDropped").map(({ value }) => value),
    [3],
  );
});
