import assert from "node:assert/strict";
import { test } from "node:test";
import { createRateLimit } from "../../src/identity/rate-limit.ts";

test("a tenant may make a minute's requests at once and then as many as the time brings; another has its own", () => {
  let time = 0;
  const take = createRateLimit({ requestsPerMinute: 60, now: () => time });
  for (let i = 59; i >= 0; i--) {
    const { allowed, remaining, limit } = take("a");
    assert.deepEqual([allowed, remaining, limit], [true, i, 60]);
  }
  const refused = take("a");
  assert.deepEqual(
    [refused.allowed, refused.remaining, refused.retryAfterSeconds, refused.resetSeconds],
    [false, 0, 1, 60],
  );
  assert.equal(take("b").allowed, true);
  time += 999;
  assert.equal(take("a").allowed, false);
  time += 1;
  assert.equal(take("a").allowed, true);
  assert.equal(take("a").allowed, false);
  time += 3_600_000;
  assert.equal(take("a").remaining, 59, "a full bucket does not overflow");
});
