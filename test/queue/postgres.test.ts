import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../src/limits.ts";
import { createPostgresQueue } from "../../src/queue/postgres.ts";
import { createDatabase } from "../../src/store/database.ts";
import { describeOnServers, patient } from "../store/servers.ts";
import { queueContract } from "./contract.ts";

await describeOnServers("the contract of a queue", (running) => {
  const tenant = running.database.system();
  queueContract(createPostgresQueue(tenant, { visibilityTimeoutSeconds: 2 }));
});

await describeOnServers("the queue in the database", (running) => {
  const queue = createPostgresQueue(running.database.system());
  const take = async (waitSeconds = 0) => queue.receiveMessages({ maxMessages: 10, waitSeconds });

  it("gives everything in flight back to the single owner at its start, and does not count it", patient, async () => {
    for (let i = 0; i < 3; i++) await queue.sendMessage("{}");
    assert.equal((await take()).length, 3);
    assert.equal((await take()).length, 0);
    assert.equal(await queue.releaseAll(), 3);
    const again = await take();
    assert.deepEqual(
      again.map((message) => message.approximateReceiveCount),
      [1, 1, 1],
    );
    for (const message of again) await queue.deleteMessage(message.receiptHandle);
    assert.equal(await queue.releaseAll(), 0);
  });

  it("loses nothing to aborted receives", patient, async () => {
    for (let round = 0; round < 30; round++) {
      const abort = new AbortController();
      const receiving = queue.receiveMessages({ maxMessages: 10, waitSeconds: 5, signal: abort.signal });
      await queue.sendMessage(`{"round":${round}}`);
      await sleep(Math.random() * 4);
      abort.abort();
      const messages = await receiving;
      const rest = messages.length > 0 ? messages : await take(1);
      assert.equal(rest.length, 1, `round ${round}`);
      assert.equal(rest[0]?.approximateReceiveCount, 1);
      await queue.deleteMessage(rest[0]?.receiptHandle ?? "");
    }
  });

  it("sees what another process sends within the poll time", patient, async () => {
    const other = createDatabase(running.server.address);
    const sender = createPostgresQueue(other.system());
    const waiting = take(10);
    await sleep(300);
    const startedAt = performance.now();
    await sender.sendMessage("{}");
    const [message] = await waiting;
    assert.ok(performance.now() - startedAt < limits.queuePollMilliseconds + 1_000);
    await queue.deleteMessage(message?.receiptHandle ?? "");
    await other.stop();
  });

  it(
    "takes receipts that are none as stale, and refuses a body that is too large or cannot be stored",
    patient,
    async () => {
      for (const receipt of ["", "x", "/", "a/b", "\0", "' or true --"]) {
        assert.equal(await queue.changeMessageVisibility(receipt, 1), false);
        await queue.deleteMessage(receipt);
      }
      await assert.rejects(queue.sendMessage("ü".repeat(limits.messageBytes / 2 + 1)), { code: "internal" });
      await assert.rejects(queue.sendMessage("\0"), { code: "internal" });
      assert.equal(await queue.redrive(["\0", "x"]), 0);
    },
  );

  it(
    "ends waiting receives when it is stopped, and says queue_unavailable when its database is gone",
    patient,
    async () => {
      const database = createDatabase(running.server.address);
      const stopped = createPostgresQueue(database.system());
      const waiting = stopped.receiveMessages({ maxMessages: 1, waitSeconds: 20 });
      await sleep(100);
      await stopped.stop();
      assert.deepEqual(await waiting, []);
      await database.stop();
      await assert.rejects(stopped.sendMessage("{}"), { code: "queue_unavailable" });
    },
  );
});
