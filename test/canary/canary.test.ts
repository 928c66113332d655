import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type CanaryResult, startCanary } from "../../src/canary/canary.ts";
import { RetainWiseError } from "../../src/errors.ts";

test("every result is handed on, and where it cannot be kept the log says so and the next run comes", async () => {
  const results: CanaryResult[] = [];
  const events: string[] = [];
  const canary = startCanary(
    {
      call: async () => Response.json({ data: [] }),
      model: () => {
        throw new RetainWiseError("model_unavailable", "There is none.");
      },
      async onResult(result) {
        results.push(result);
        throw new RetainWiseError("database_unavailable", "It does not answer.");
      },
      log: (event) => void events.push(event),
    },
    { intervalSeconds: 1 },
  );
  for (let tries = 0; results.length < 2 && tries < 80; tries++) await sleep(50);
  await canary.stop();
  assert.deepEqual(
    results.slice(0, 2).map(({ reason }) => reason),
    ["error", "error"],
  );
  assert.deepEqual(events.slice(0, 4), ["canary.failed", "canary.unrecorded", "canary.failed", "canary.unrecorded"]);
});
