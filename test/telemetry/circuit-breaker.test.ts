import assert from "node:assert/strict";
import { test } from "node:test";
import { createCircuitBreaker } from "../../src/telemetry/circuit-breaker.ts";

test("it opens at the fifth failure in a row, lets one through after the pause, and opens as long again when that fails", () => {
  const breaker = createCircuitBreaker({ failures: 5, openMilliseconds: 300 });
  for (let i = 0; i < 4; i++) assert.equal(breaker.failed(i), false);
  assert.equal(breaker.waitMilliseconds(4), 0);
  assert.equal(breaker.failed(10), true);
  assert.equal(breaker.isOpen, true);
  assert.equal(breaker.waitMilliseconds(10), 300);
  assert.equal(breaker.waitMilliseconds(309), 1);
  assert.equal(breaker.waitMilliseconds(310), 0);
  assert.equal(breaker.failed(320), false, "no change of state");
  assert.equal(breaker.waitMilliseconds(320), 300);
  assert.equal(breaker.succeeded(), true);
  assert.equal(breaker.isOpen, false);
  assert.equal(breaker.succeeded(), false, "no change of state");
});

test("failures that are not in a row do not open it", () => {
  const breaker = createCircuitBreaker({ failures: 2, openMilliseconds: 300 });
  for (let i = 0; i < 10; i++) {
    assert.equal(breaker.failed(i), false);
    breaker.succeeded();
  }
});
