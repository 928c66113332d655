import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startPoller } from "../../src/jobs/poller.ts";
import { formatMessage } from "../../src/queue/message.ts";
import type { Message, Queue } from "../../src/queue/queue.ts";

test("a message received twice takes two slots, and a stop waits for both of its jobs", async () => {
  const body = formatMessage({ tenantId: randomUUID(), uploadId: randomUUID() });
  const receipts = ["first", "second"];
  const asked: number[] = [];
  const deleted: string[] = [];
  const queue = {
    async receiveMessages({ maxMessages }: { maxMessages: number }): Promise<Message[]> {
      asked.push(maxMessages);
      const receiptHandle = receipts.shift();
      if (receiptHandle === undefined) throw new Error("no slot is free");
      return [{ messageId: "m", receiptHandle, body, approximateReceiveCount: 1, sentAt: new Date(0) }];
    },
    deleteMessage: async (receipt: string) => void deleted.push(receipt),
    changeMessageVisibility: async () => true,
  } as unknown as Queue;
  const ends: (() => void)[] = [];
  const poller = startPoller(
    {
      queue,
      runJob: () => new Promise((resolve) => ends.push(() => resolve({ end: "ended" }))),
      giveUp: async () => undefined,
      log: () => undefined,
    },
    { slots: 2 },
  );
  await sleep(20);
  assert.deepEqual(asked, [2, 1], "both receives count against the slots");
  let stopped = false;
  const stopping = poller.stop().then(() => {
    stopped = true;
  });
  ends[1]!();
  await sleep(20);
  assert.deepEqual([deleted, stopped], [["second"], false]);
  ends[0]!();
  await stopping;
  assert.deepEqual(deleted, ["second", "first"]);
});
