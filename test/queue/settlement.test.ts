import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { errorKinds } from "../../src/error-kinds.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { backoffSeconds, settle, settlements } from "../../src/queue/settlement.ts";

const codes = Object.keys(errorKinds) as ErrorCode[];

describe("settlement of a message", () => {
  it("has a row for every error code and no other", () => {
    assert.deepEqual(Object.keys(settlements).sort(), [...codes].sort());
  });

  it("releases what may succeed later and deletes what cannot, except where the house itself is set up wrongly", () => {
    const ours = new Set<ErrorCode>(["home_in_use", "config_invalid"]);
    for (const code of codes) {
      const expected = errorKinds[code].retryable || ours.has(code) ? "release" : "delete";
      assert.equal(settlements[code], expected, code);
    }
  });

  it("deletes whatever the random number, and says when a release is the last", () => {
    assert.deepEqual(settle("csv_malformed", 1, 0.9), { action: "delete" });
    assert.deepEqual(settle("database_unavailable", 1, 0), { action: "release", delaySeconds: 0, last: false });
    const last = settle("database_unavailable", limits.maxReceiveCount, 0.5);
    assert.equal(last.action === "release" && last.last, true);
  });

  it("backs off from zero up to a ceiling that doubles with every receive and is capped", () => {
    const almostOne = 1 - Number.EPSILON / 2;
    const ceilings = [1, 2, 3, 4, 5, 50, 5_000].map((count) => backoffSeconds(count, almostOne));
    const base = limits.backoffBaseSeconds;
    assert.deepEqual(ceilings, [
      base,
      base * 2,
      base * 4,
      base * 8,
      base * 16,
      limits.backoffCapSeconds,
      limits.backoffCapSeconds,
    ]);
    for (const count of [0, 1, 5, 5_000]) assert.equal(backoffSeconds(count, 0), 0);
    for (let i = 0; i < 1_000; i++) {
      const seconds = backoffSeconds(3, i / 1_000);
      assert.ok(Number.isInteger(seconds) && seconds >= 0 && seconds <= base * 4);
    }
  });

  it("spreads evenly: full jitter", () => {
    const seen = new Set(Array.from({ length: 1_000 }, (_, i) => backoffSeconds(1, i / 1_000)));
    assert.equal(seen.size, limits.backoffBaseSeconds + 1);
  });
});
