import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startRelay } from "../../src/jobs/relay.ts";
import { test } from "../slow-test.ts";

test("sends on waking without waiting for the next look, and goes on while there is something", async () => {
  let waiting = 0;
  let sent = 0;
  const relay = startRelay(
    {
      relayOutbox: async () => {
        const batch = Math.min(10, waiting);
        waiting -= batch;
        sent += batch;
        return batch;
      },
      log: () => undefined,
    },
    { idleMilliseconds: 60_000 },
  );
  await sleep(20);
  waiting = 25;
  relay.wake();
  await sleep(50);
  assert.equal(sent, 25);
  await relay.stop();
});

test("a waking during a look is not lost", async () => {
  let looks = 0;
  const relay = startRelay(
    {
      relayOutbox: async () => {
        looks++;
        await sleep(50);
        return 0;
      },
      log: () => undefined,
    },
    { idleMilliseconds: 60_000 },
  );
  relay.wake();
  await sleep(160);
  assert.equal(looks, 2);
  await relay.stop();
});

test("a failure is logged and the next look comes after the pause, not in a busy loop", async () => {
  let looks = 0;
  const events: string[] = [];
  const relay = startRelay(
    {
      relayOutbox: async () => {
        looks++;
        throw new Error("no database");
      },
      log: (event) => void events.push(event),
    },
    { idleMilliseconds: 40 },
  );
  await sleep(200);
  await relay.stop();
  assert.ok(looks >= 2 && looks <= 8, `${looks} looks`);
  assert.equal(events.length, looks);
});
