/** What goes wrong between us and SQS, played by a server of our own. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Queue } from "../../src/queue/queue.ts";
import { createSqsClient, createSqsQueue, type SqsQueueOptions } from "../../src/queue/sqs.ts";
import { patient } from "../store/servers.ts";
import { type SqsFake, startSqsFake } from "./sqs-fake.ts";

type Work = (queue: Queue, fake: SqsFake, client: ReturnType<typeof createSqsClient>) => Promise<void>;

const unavailable = { code: "queue_unavailable" };

function test(name: string, work: Work, options: SqsQueueOptions = {}): void {
  void it(name, patient, async () => {
    const fake = await startSqsFake();
    const credentials = { accessKeyId: "nobody", secretAccessKey: "nothing" };
    const client = createSqsClient({ region: "us-east-1", credentials });
    try {
      await work(createSqsQueue({ client, queueUrl: fake.queueUrl }, options), fake, client);
    } finally {
      client.destroy();
      await fake.stop();
    }
  });
}

const take = (queue: Queue, maxMessages = 10, waitSeconds = 0) => queue.receiveMessages({ maxMessages, waitSeconds });

test("gets over two failures of the service within one call, and no more", async (queue, { faults, requests }) => {
  for (const status of [500, 503] as const) {
    faults.status = status;
    faults.failures = 2;
    await queue.sendMessage("{}");
    assert.equal(requests.splice(0).length, 3);
    faults.failures = 3;
    await assert.rejects(queue.sendMessage("{}"), unavailable);
    assert.equal(requests.splice(0).length, 3);
  }
  assert.equal((await take(queue)).length, 2);
});

for (const freeze of ["answer", "body"] as const) {
  test(
    `rejects within its deadline when the service stops ${freeze === "answer" ? "before" : "within"} its answer, and works afterwards`,
    async (queue, { faults }) => {
      await queue.sendMessage("{}");
      const [message] = await take(queue);
      const receipt = message?.receiptHandle ?? "";
      faults.freeze = freeze;
      const startedAt = performance.now();
      await Promise.all([
        assert.rejects(queue.sendMessage("{}"), unavailable),
        assert.rejects(take(queue, 1, 1), unavailable),
        assert.rejects(queue.changeMessageVisibility(receipt, 5), unavailable),
        assert.rejects(queue.deleteMessage(receipt), unavailable),
      ]);
      assert.ok(performance.now() - startedAt < 3_000);
      const signal = AbortSignal.timeout(50);
      assert.deepEqual(await queue.receiveMessages({ maxMessages: 1, waitSeconds: 20, signal }), []);
      assert.ok(performance.now() - startedAt < 5_000);
      faults.freeze = "no";
      assert.equal(await queue.changeMessageVisibility(receipt, 5), freeze === "answer");
    },
    { requestMilliseconds: 300 },
  );
}

test("waits out a slow service", async (queue, { faults }) => {
  faults.delayMilliseconds = 700;
  await queue.sendMessage("{}");
  assert.equal((await take(queue, 1, 1)).length, 1);
});

test("hands on what is delivered twice; the older receipt is stale, and deleting by it is no error", async (queue, {
  faults,
}) => {
  await queue.sendMessage("{}");
  faults.duplicate = true;
  const [first] = await take(queue);
  const [second] = await take(queue);
  faults.duplicate = false;
  assert.equal(first?.messageId, second?.messageId);
  assert.equal(second?.approximateReceiveCount, 2);
  assert.equal(await queue.changeMessageVisibility(first?.receiptHandle ?? "", 0), false);
  await queue.deleteMessage(first?.receiptHandle ?? "");
  assert.equal(await queue.changeMessageVisibility(second?.receiptHandle ?? "", 0), true);
  const [third] = await take(queue);
  assert.equal(third?.messageId, first?.messageId);
  await queue.deleteMessage(third?.receiptHandle ?? "");
  assert.equal(await queue.changeMessageVisibility(third?.receiptHandle ?? "", 0), false);
  await queue.deleteMessage(third?.receiptHandle ?? "");
  await queue.deleteMessage("never one");
  assert.deepEqual(await take(queue), []);
});

test("delivers in whatever order the service does", async (queue, { faults }) => {
  for (const body of ["1", "2", "3"]) await queue.sendMessage(body);
  faults.reorder = true;
  assert.deepEqual(
    (await take(queue)).map(({ body }) => body),
    ["3", "2", "1"],
  );
});

test(
  "gets a message whose first delivery was lost after its visibility timeout",
  async (queue, { faults }) => {
    await queue.sendMessage("{}");
    faults.swallow = 1;
    assert.deepEqual(await take(queue), []);
    assert.deepEqual(await take(queue), []);
    const [message] = await take(queue, 1, 3);
    assert.equal(message?.approximateReceiveCount, 2);
  },
  { visibilityTimeoutSeconds: 1 },
);

test("gives back what arrives in the moment of the abort", async (queue, _, client) => {
  await queue.sendMessage("{}");
  const abort = new AbortController();
  client.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input);
      abort.abort();
      return answer;
    },
    { step: "initialize", name: "abort" },
  );
  const options = { maxMessages: 1, waitSeconds: 20 };
  assert.deepEqual(await queue.receiveMessages({ ...options, signal: abort.signal }), []);
  client.middlewareStack.remove("abort");
  const [message] = await take(queue);
  assert.equal(message?.approximateReceiveCount, 2);
});

test(
  "rejects within its deadline, and lets go when aborted, when the SDK itself hangs: credentials that never come",
  async (queue, _, client) => {
    client.middlewareStack.add(() => () => new Promise(() => undefined), { step: "build" });
    const startedAt = performance.now();
    await assert.rejects(queue.sendMessage("{}"), unavailable);
    await assert.rejects(take(queue), unavailable);
    const signal = AbortSignal.timeout(50);
    assert.deepEqual(await queue.receiveMessages({ maxMessages: 1, waitSeconds: 20, signal }), []);
    assert.ok(performance.now() - startedAt < 4_000);
  },
  { requestMilliseconds: 300 },
);
