import assert from "node:assert/strict";
import { test } from "node:test";
import { rateHeaders } from "../../src/api/rate-headers.ts";
import { createRateLimit } from "../../src/identity/rate-limit.ts";
import { limits } from "../../src/limits.ts";

function start(requestsPerMinute: number) {
  let at = 0;
  const take = createRateLimit({ requestsPerMinute, now: () => at });
  return { take, pass: (seconds: number) => (at += seconds * 1_000) };
}

test("a minute's requests at once, then none, then one for each share of a minute", () => {
  const { take, pass } = start(6);
  for (let left = 5; left >= 0; left--) {
    const decision = take("a");
    assert.deepEqual([decision.allowed, decision.limit, decision.remaining], [true, 6, left]);
  }
  assert.deepEqual(take("a"), { allowed: false, limit: 6, remaining: 0, resetSeconds: 60, retryAfterSeconds: 10 });
  pass(9.9);
  assert.equal(take("a").allowed, false);
  pass(0.1);
  assert.equal(take("a").allowed, true);
  assert.equal(take("a").allowed, false);
  pass(600);
  assert.equal(take("a").remaining, 5);
});

test("a refused request costs nothing, and a tenant nothing to another", () => {
  const { take, pass } = start(1);
  assert.equal(take("a").allowed, true);
  for (let i = 0; i < 1_000; i++) assert.equal(take("a").allowed, false);
  assert.equal(take("b").allowed, true);
  pass(60);
  assert.equal(take("a").allowed, true);
});

test("who waits for the seconds of Retry-After gets through, at any rate", () => {
  for (let rate = 1; rate <= 2_000; rate++) {
    const { take, pass } = start(rate);
    for (let i = 0; i < rate; i++) assert.equal(take("a").allowed, true);
    for (let round = 0; round < 5; round++) {
      let decision = take("a");
      while (decision.allowed) decision = take("a");
      assert.ok(decision.retryAfterSeconds >= 1 && decision.retryAfterSeconds <= 60);
      pass(decision.retryAfterSeconds);
      assert.equal(take("a").allowed, true, `${rate} a minute`);
    }
  }
});

test("remembers no more tenants than its limit, the longest unused forgotten first", () => {
  const { take } = start(2);
  take("first");
  take("second");
  take("second");
  for (let i = 0; i < limits.rateTenants - 2; i++) take(`tenant ${i}`);
  assert.equal(take("second").allowed, false);
  take("one more");
  take("second");
  // Forgotten: full again.
  assert.equal(take("first").remaining, 1);
  assert.equal(take("second").allowed, false);
});

test("the headers say what is left, and when to come back once nothing is", () => {
  assert.deepEqual(rateHeaders(null), {});
  const { take } = start(1);
  assert.deepEqual(rateHeaders(take("a")), {
    "ratelimit-policy": '"requests";q=1;w=60',
    ratelimit: '"requests";r=0;t=60',
  });
  assert.equal(rateHeaders(take("a"))["retry-after"], "60");
});
