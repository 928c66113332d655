import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../src/config.ts";
import { limits } from "../src/limits.ts";

test("the leases are those of the limits unless the environment says otherwise, and then keep their relations", () => {
  const { heartbeatSeconds, visibilityTimeoutSeconds, attemptSeconds } = limits;
  assert.deepEqual(readConfig({}).leases, { visibilityTimeoutSeconds, heartbeatSeconds, attemptSeconds });
  for (const seconds of [3, 30, 43_200]) {
    const leases = readConfig({ RETAINWISE_VISIBILITY_SECONDS: String(seconds) }).leases;
    assert.equal(leases.visibilityTimeoutSeconds, seconds);
    assert.ok(leases.heartbeatSeconds * 2 < seconds, "two heartbeats fit into the visibility time");
    assert.ok(leases.attemptSeconds <= seconds - leases.heartbeatSeconds, "a dead attempt can be claimed in time");
  }
});

test("a visibility time that SQS does not know is refused", () => {
  for (const seconds of ["2", "0", "-5", "1.5", "43201", "60s"]) {
    assert.throws(() => readConfig({ RETAINWISE_VISIBILITY_SECONDS: seconds }), /RETAINWISE_VISIBILITY_SECONDS/);
  }
});

test("metrics are off unless an endpoint is named, and a wrong variable of theirs stops the start", () => {
  assert.equal(readConfig({}).telemetry, null);
  assert.equal(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }).telemetry, null);
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
  assert.equal(readConfig(endpoint).telemetry?.url, "http://127.0.0.1:4318/v1/metrics");
  assert.throws(() => readConfig({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }), /http\/protobuf/);
});
