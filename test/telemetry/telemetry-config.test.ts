import assert from "node:assert/strict";
import { test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { readTelemetryConfig } from "../../src/telemetry/telemetry-config.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };
const read = (environment: Record<string, string>) => readTelemetryConfig({ ...endpoint, ...environment })!;

test("metrics are off without an endpoint, and where they are switched off, whatever else is set", () => {
  const wrong = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_METRIC_EXPORT_INTERVAL: "soon" };
  assert.equal(readTelemetryConfig(wrong), null);
  assert.equal(readTelemetryConfig({ ...endpoint, ...wrong, OTEL_SDK_DISABLED: "TRUE" }), null);
  assert.equal(readTelemetryConfig({ ...endpoint, ...wrong, OTEL_METRICS_EXPORTER: "none" }), null);
  assert.notEqual(
    readTelemetryConfig({ ...endpoint, OTEL_SDK_DISABLED: "false", OTEL_METRICS_EXPORTER: "otlp" }),
    null,
  );
});

test("an endpoint is all that is needed", () => {
  assert.deepEqual(read({}), {
    url: "http://collector:4318/v1/metrics",
    headers: {},
    protocol: "http/protobuf",
    compression: "none",
    temporality: "delta",
    intervalMilliseconds: 60_000,
    collectMilliseconds: 30_000,
    requestMilliseconds: 10_000,
    probeMilliseconds: 300_000,
    serviceName: null,
    resourceAttributes: {},
  });
});

test("the general endpoint is a base, the one for metrics is the whole address", () => {
  const url = (base: string) => read({ OTEL_EXPORTER_OTLP_ENDPOINT: base }).url;
  assert.equal(url("https://otlp.example.org/otlp/"), "https://otlp.example.org/otlp/v1/metrics");
  assert.equal(url("https://otlp.example.org/otlp?team=a"), "https://otlp.example.org/otlp/v1/metrics?team=a");
  const own = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://prometheus:9090/api/v1/otlp/v1/metrics" };
  assert.equal(read(own).url, own.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT);
});

test("what is set for metrics goes before what is set for all", () => {
  const set = read({
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%2Cb%3D, x-team=one,",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x-team=two",
    OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "2000",
    OTEL_EXPORTER_OTLP_COMPRESSION: "none",
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "gzip",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "Cumulative",
    OTEL_METRIC_EXPORT_INTERVAL: "15000",
    OTEL_SERVICE_NAME: "churn",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=production,team=caf%C3%A9",
    RETAINWISE_TELEMETRY_PROBE_SECONDS: "2",
  });
  assert.deepEqual(set.headers, { "api-key": "a,b=", "x-team": "two" });
  assert.deepEqual(set.resourceAttributes, { "deployment.environment.name": "production", team: "café" });
  assert.deepEqual([set.requestMilliseconds, set.compression, set.protocol], [2_000, "gzip", "http/json"]);
  assert.deepEqual([set.temporality, set.serviceName, set.probeMilliseconds], ["cumulative", "churn", 2_000]);
  assert.deepEqual([set.intervalMilliseconds, set.collectMilliseconds], [15_000, 15_000]);
});

test("what is wrong is named with what to do, and a secret is not shown", () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /^OTEL_EXPORTER_OTLP_PROTOCOL: .*http\/protobuf.*4318/],
    [
      { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http" },
      /^OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: must be http\/protobuf or/,
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /^OTEL_EXPORTER_OTLP_ENDPOINT: .*http:\/\/localhost:4318/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:s3cret@host" }, /^OTEL_EXPORTER_OTLP_ENDPOINT: .*HEADERS/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "s3cret" }, /^OTEL_EXPORTER_OTLP_HEADERS: must be name=value/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=%s3cret" }, /^OTEL_EXPORTER_OTLP_HEADERS: must be name=value/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a b=s3cret" }, /^OTEL_EXPORTER_OTLP_HEADERS: must be names/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=s3cret%0Ax" }, /^OTEL_EXPORTER_OTLP_HEADERS: must be names/],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: "0" }, /^OTEL_EXPORTER_OTLP_TIMEOUT: must be a whole number/],
    [{ OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" }, /^OTEL_EXPORTER_OTLP_COMPRESSION: must be gzip or none/],
    [
      { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "x" },
      /TEMPORALITY_PREFERENCE: must be delta, cumulative or/,
    ],
    [{ OTEL_METRIC_EXPORT_INTERVAL: "-1" }, /^OTEL_METRIC_EXPORT_INTERVAL: must be a whole number/],
    [{ OTEL_METRIC_EXPORT_TIMEOUT: "60001" }, /^OTEL_METRIC_EXPORT_TIMEOUT: must not be longer/],
    [{ OTEL_METRICS_EXPORTER: "console" }, /^OTEL_METRICS_EXPORTER: must be otlp, or none/],
    [{ OTEL_RESOURCE_ATTRIBUTES: "=x" }, /^OTEL_RESOURCE_ATTRIBUTES: must be name=value/],
    [{ RETAINWISE_TELEMETRY_PROBE_SECONDS: "0" }, /^RETAINWISE_TELEMETRY_PROBE_SECONDS: must be a whole number/],
  ];
  for (const [environment, message] of wrong) {
    assert.throws(
      () => read(environment),
      (error) =>
        error instanceof RetainWiseError &&
        error.code === "config_invalid" &&
        message.test(error.detail) &&
        !error.detail.includes("s3cret"),
      JSON.stringify(environment),
    );
  }
});
