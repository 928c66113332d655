import assert from "node:assert/strict";
import { test } from "node:test";
import { diag } from "@opentelemetry/api";
import { globalErrorHandler } from "@opentelemetry/core";
import { listenToDiag } from "../../src/telemetry/listen-to-diag.ts";
import type { LogFields } from "../../src/telemetry/logger.ts";

function rig() {
  const time = { now: 0 };
  const heard: { fields: LogFields; cause: unknown }[] = [];
  const stop = listenToDiag(
    (event, fields = {}, cause) => {
      assert.equal(event, "telemetry.diag");
      heard.push({ fields, cause });
    },
    () => time.now,
  );
  return { time, heard, stop };
}

test("warnings and errors of the SDK are heard, what is less is not, and nothing after the stop", () => {
  const { heard, stop } = rig();
  diag.error("metrics export failed");
  diag.warn("view conflict");
  diag.info("nothing");
  diag.debug("nothing");
  stop();
  diag.error("too late");
  assert.deepEqual(
    heard.map(({ fields }) => fields),
    [
      { level: "error", message: "metrics export failed" },
      { level: "warn", message: "view conflict" },
    ],
  );
});

test("the same message is told once a minute, with how often it was unheard, and others are not held back by it", () => {
  const { heard, time, stop } = rig();
  for (let i = 0; i < 100; i++) diag.error(`collection failed after ${i} ms`);
  diag.warn("another");
  time.now = 60_000;
  diag.error("collection failed after 7 ms");
  stop();
  assert.deepEqual(
    heard.map(({ fields }) => fields),
    [
      { level: "error", message: "collection failed after" },
      { level: "warn", message: "another" },
      { level: "error", message: "collection failed after", repeated: 99 },
    ],
  );
});

test("values do not get into the message, and of an error only the error is handed on", () => {
  const { heard, stop } = rig();
  const cause = new Error("row of acme");
  diag.warn('Invalid attribute value for "acme": C-4711', { customer: "acme" }, cause);
  globalErrorHandler(new Error("metrics of acme"));
  stop();
  assert.deepEqual(heard[0], { fields: { level: "warn", message: "Invalid attribute value for" }, cause });
  assert.equal(heard[1]!.fields["message"], "unhandled in the SDK");
  assert.ok(heard[1]!.cause instanceof Error);
  assert.ok(!JSON.stringify(heard.map(({ fields }) => fields)).includes("acme"));
});
