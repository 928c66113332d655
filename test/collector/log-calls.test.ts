/** What the production configuration sends to CloudWatch Logs, counted at a server in its place. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type AttributeValues, catalogue, type Instrument, instruments } from "../../src/telemetry/catalogue.ts";
import { test } from "../slow-test.ts";
import { type CollectorOptions, skipWithoutCollector, startCollector } from "./collector.ts";
import { readConfiguration } from "./configuration.ts";
import { metricsOf } from "./emf.ts";
import { startSdk } from "./sdk.ts";

const skip = skipWithoutCollector();
const pipelines = Object.keys(catalogue);

interface Call {
  readonly action: string;
  readonly group: string;
  readonly stream: string;
  readonly lines: readonly string[];
}

/**
 * Answers as CloudWatch Logs does where the streams exist, after `failures` answers with 500.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
async function startLogs(failures = 0): Promise<{ url: string; calls: Call[]; stop(): Promise<void> }> {
  const calls: Call[] = [];
  let failed = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (failed++ < failures) {
      response.writeHead(500, { "content-type": "application/x-amz-json-1.1" }).end(`{"__type":"InternalFailure"}`);
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
      logGroupName: string;
      logStreamName: string;
      logEvents?: readonly { readonly message: string }[];
    };
    calls.push({
      action: String(request.headers["x-amz-target"]).split(".")[1] ?? "",
      group: body.logGroupName,
      stream: body.logStreamName,
      lines: (body.logEvents ?? []).map(({ message }) => message),
    });
    // The exporter takes an answer without this token, which AWS has long deprecated and still sends, for a failure and sends all again.
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(`{"nextSequenceToken":"1"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Production's destination, at the server in its place; the batches by a clock that a test can wait for. */
function toLogs(url: string, batchTimeout: string, setting = ""): CollectorOptions {
  const exporters = Object.keys(readConfiguration().exporters).map(
    (name) => `  ${name}: { output_destination: cloudwatch, endpoint: "${url}", ${setting} }`,
  );
  return {
    overlay: `processors: { batch: { timeout: ${batchTimeout} } }\nexporters:\n${exporters.join("\n")}`,
    // No secret: nobody checks the signature.
    environment: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  };
}

test("one call a namespace and batch, however often the service exports, and all that was counted is in them", {
  skip,
}, async () => {
  const logs = await startLogs();
  const collector = await startCollector(toLogs(logs.url, "2s"));
  const sdk = startSdk(collector.url);
  const counters = instruments
    .filter(({ kind }) => kind === "counter")
    .map(({ namespace, name }) => sdk.meter(namespace).createCounter(name));
  const exports = 30;
  const started = Date.now();
  for (let i = 0; i < exports; i++) {
    for (const counter of counters) counter.add(1);
    await sdk.flush();
    await sleep(100);
  }
  await sdk.stop();
  await collector.stop();
  await logs.stop();
  const batches = Math.ceil((Date.now() - started) / 2_000) + 1;
  assert.ok(batches < exports / 3);
  assert.ok(logs.calls.length <= pipelines.length * batches, `${logs.calls.length} calls in ${batches} batches`);
  assert.ok(logs.calls.length >= pipelines.length);
  for (const call of logs.calls)
    assert.deepEqual([call.action, call.group, call.stream], ["PutLogEvents", "/retainwise/test/metrics", "test"]);
  const data = metricsOf(logs.calls.flatMap(({ lines }) => lines));
  for (const { namespace, name } of instruments.filter(({ kind }) => kind === "counter")) {
    const values = data.filter((datum) => datum.namespace === namespace && datum.name === name);
    assert.equal(
      values.reduce((sum, { value }) => sum + Number(value), 0),
      exports,
      name,
    );
  }
});

/** The values of UploadSuccess that reach CloudWatch Logs after it failed once. */
async function afterOneFailure(setting = ""): Promise<unknown[]> {
  const logs = await startLogs(1);
  const collector = await startCollector(toLogs(logs.url, "100ms", setting));
  const sdk = startSdk(collector.url);
  sdk.meter("RetainWise/API").createCounter("UploadSuccess").add(1);
  await sdk.stop();
  const deadline = Date.now() + 6_000;
  while (logs.calls.length === 0 && !collector.log().includes("\terror\t") && Date.now() < deadline) {
    await sleep(50);
  }
  await collector.stop();
  await logs.stop();
  return metricsOf(logs.calls.flatMap(({ lines }) => lines)).map(({ value }) => value);
}

test("a failure of CloudWatch Logs loses nothing, and nothing counts twice", { skip }, async () => {
  assert.deepEqual(await afterOneFailure(), [1]);
});

test("twin: without another try it is lost", { skip }, async () => {
  assert.deepEqual(await afterOneFailure("max_retries: 1"), []);
});

/** Every value of the dimension, the first of every other attribute: what a minute in which everything happens makes of an instrument. */
function seriesOf({ attributes, dimension }: Instrument): Record<string, string | number>[] {
  const spread = dimension ?? Object.keys(attributes)[0];
  const fixed = Object.entries(attributes).map(
    ([key, values]) => [key, "most" in values ? "known" : values[0]!] as const,
  );
  const valuesOf = (values: AttributeValues) =>
    "most" in values ? Array.from({ length: values.most }, (_, i) => `value-${i}`) : values;
  if (spread === undefined) return [{}];
  return valuesOf(attributes[spread]!).map((value) => ({ ...Object.fromEntries(fixed), [spread]: value }));
}

test("a batch with every series of the catalogue, every histogram full, is still one call a namespace", {
  skip,
}, async () => {
  const logs = await startLogs();
  const collector = await startCollector(toLogs(logs.url, "30s"));
  const sdk = startSdk(collector.url);
  for (const instrument of instruments) {
    const meter = sdk.meter(instrument.namespace);
    for (const attributes of seriesOf(instrument)) {
      if (instrument.kind === "counter") meter.createCounter(instrument.name).add(1, attributes);
      if (instrument.kind !== "histogram") continue;
      const histogram = meter.createHistogram(instrument.name);
      for (let value = 0.01; value < 50; value *= 1.08) histogram.record(value, attributes);
    }
  }
  await sdk.stop();
  await collector.stop();
  await logs.stop();
  const lines = logs.calls.flatMap((call) => call.lines);
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  assert.ok(lines.length > 400, `${lines.length} records`);
  assert.ok(bytes < 450_000, `${bytes} bytes, of which collector/README.md says what they cost`);
  assert.equal(logs.calls.length, pipelines.length, "one call a namespace: no batch is too large for it");
});

test("by production's batch that is fewer than 10 calls a minute per task", () => {
  const { processors, exporters } = readConfiguration();
  const seconds = Number(/^(\d+)s$/.exec(processors.batch.timeout)?.[1]);
  assert.ok(seconds > 0);
  const calls = Object.keys(exporters).length * Math.ceil(60 / seconds);
  assert.ok(calls > 0 && calls < 10, `${calls} calls`);
});
