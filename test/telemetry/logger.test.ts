import assert from "node:assert/strict";
import { test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { fromWire, toWire } from "../../src/inference/wire-error.ts";
import { createLogger } from "../../src/telemetry/logger.ts";

/** The one line that an event makes. */
function lineOf(...event: Parameters<ReturnType<typeof createLogger>>): string {
  const lines: string[] = [];
  createLogger(
    (line) => lines.push(line),
    () => new Date(0),
  )(...event);
  assert.equal(lines.length, 1);
  return lines[0]!;
}

test("an event is one line of JSON, whatever is in its values", () => {
  const line = lineOf("upload.accepted", { upload_id: "a\nb\u001b[31m", bytes: 3, replayed: false });
  assert.ok(!line.includes("\n") && !line.includes("\u001b"));
  assert.deepEqual(JSON.parse(line), {
    time: "1970-01-01T00:00:00.000Z",
    event: "upload.accepted",
    upload_id: "a\nb\u001b[31m",
    bytes: 3,
    replayed: false,
  });
});

test("of what was thrown a line shows names, codes and places, never messages: they may quote a customer", () => {
  const cause = Object.assign(new TypeError("value C-4711 of acme"), { code: "23505" });
  const line = lineOf("job.failed", {}, new RetainWiseError("internal", "detail of acme", { cause }));
  assert.match(line, /RetainWiseError \[internal\] .*logger\.test\.ts.* < TypeError \[23505\] .*logger\.test\.ts/);
  assert.ok(!/4711|acme|detail/.test(line));
  assert.equal(JSON.parse(lineOf("x", {}, "acme")).cause, "string");
  assert.equal(JSON.parse(lineOf("x", {}, new Error("a", { cause: null }))).cause.includes("<"), false);
});

test("what failed in the inference thread is shown with its place there, and as little of its message", () => {
  const line = lineOf("job.failed", {}, fromWire(toWire(new TypeError("value of acme"))));
  assert.match(line, /< TypeError .*logger\.test\.ts/);
  assert.ok(!line.includes("acme"));
});
