import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { limits } from "../../src/limits.ts";
import { formatMessage } from "../../src/queue/message.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { createSqsQueue } from "../../src/queue/sqs.ts";
import { createQueues, elasticmqMissing, startElasticmq } from "../aws/elasticmq.ts";
import { patient } from "../store/servers.ts";
import { queueContract } from "./contract.ts";

const missing = await elasticmqMissing();
// Started here and not in a hook: Bun gives a hook five seconds.
const server = missing === null ? await startElasticmq() : null;

if (server === null) {
  describe("the queue in SQS (ElasticMQ)", () => {
    it("runs where ElasticMQ is installed", { skip: missing ?? true }, () => undefined);
  });
} else {
  const client = server.createClient();
  const contractQueues = await createQueues(client);
  const queues = await createQueues(client, 2);

  describe("the contract of a queue (SQS, ElasticMQ)", () => {
    queueContract(createSqsQueue({ client, ...contractQueues }, { visibilityTimeoutSeconds: 2 }), {
      tellsAge: false,
      pollOutlivesAbort: true,
    });
  });

  describe("the queue in SQS (ElasticMQ)", () => {
    after(async () => {
      client.destroy();
      await server.stop();
    });
    const queue = createSqsQueue({ client, ...queues });
    const take = async (waitSeconds = 0) => queue.receiveMessages({ maxMessages: 10, waitSeconds });
    const send = async (count: number): Promise<string[]> => {
      const bodies = Array.from({ length: count }, () => `{"id":"${randomUUID()}"}`);
      await Promise.all(bodies.map((body) => queue.sendMessage(body)));
      return bodies;
    };
    /** Receives until the queue's own count of two sends everything to the dead letters. */
    const bury = async (count: number): Promise<string[]> => {
      const bodies = await send(count);
      const until = performance.now() + 60_000;
      while ((await queue.depth()).dead < count && performance.now() < until) {
        for (const message of await take()) await queue.changeMessageVisibility(message.receiptHandle, 0);
      }
      return bodies.sort();
    };
    const drain = async (): Promise<string[]> => {
      const bodies: string[] = [];
      for (let messages = await take(1); messages.length > 0; messages = await take(1)) {
        for (const message of messages) {
          assert.equal(message.approximateReceiveCount, 1);
          bodies.push(message.body);
          await queue.deleteMessage(message.receiptHandle);
        }
      }
      return bodies.sort();
    };

    it("finds the dead-letter queue by the redrive policy when it is not told", patient, async () => {
      const untold: Queue = createSqsQueue({ client, queueUrl: queues.queueUrl });
      const bodies = await bury(1);
      assert.deepEqual(
        (await untold.deadLetters(10)).map((letter) => letter.body),
        bodies,
      );
      assert.equal((await untold.depth()).dead, 1);
      assert.equal(await untold.redrive(), 1);
      assert.deepEqual(await drain(), bodies);
    });

    it("has no dead letters where the queue has no redrive policy", patient, async () => {
      const alone = createSqsQueue({ client, queueUrl: queues.deadLetterUrl });
      assert.equal((await alone.depth()).dead, 0);
      assert.deepEqual(await alone.deadLetters(10), []);
      assert.equal(await alone.redrive(), 0);
      assert.equal(await alone.redrive([randomUUID()]), 0);
    });

    it(
      "looks at more dead letters than one receive gives, twice, and leaves them where they are",
      patient,
      async () => {
        const bodies = await bury(23);
        for (let look = 0; look < 2; look++) {
          const letters = await queue.deadLetters(100);
          assert.deepEqual(letters.map((letter) => letter.body).sort(), bodies);
          const times = letters.map((letter) => letter.sentAt.getTime());
          assert.deepEqual(
            times,
            times.toSorted((a, b) => a - b),
          );
          assert.ok(letters.every((letter) => letter.deadAt === null));
        }
        assert.equal((await queue.deadLetters(12)).length, 12);
        assert.deepEqual(await queue.deadLetters(0), []);
        assert.equal((await queue.depth()).dead, 23);
        const chosen = (await queue.deadLetters(100)).slice(5, 18);
        const ids = [...chosen.map((letter) => letter.messageId), randomUUID()];
        assert.equal(await queue.redrive(ids), 13);
        assert.equal(await queue.redrive(ids), 0);
        assert.deepEqual(await drain(), chosen.map((letter) => letter.body).sort());
        assert.equal(await queue.redrive([]), 0);
        assert.equal(await queue.redrive(), 10);
        assert.equal((await drain()).length, 10);
        assert.equal((await queue.depth()).dead, 0);
      },
    );

    it("lets two redrives of all at once both end, and moves everything once", patient, async () => {
      const bodies = await bury(5);
      const moved = await Promise.all([queue.redrive(), queue.redrive()]);
      assert.equal(moved[0] + moved[1], 5);
      assert.deepEqual(await drain(), bodies);
    });

    it(
      "groups messages by tenant, and leaves the group out when told so or when the body is not ours",
      patient,
      async () => {
        const tenantId = randomUUID();
        const ours = formatMessage({ tenantId, uploadId: randomUUID() });
        const group = async (sender: Queue, body: string): Promise<string | undefined> => {
          await sender.sendMessage(body);
          const command = new ReceiveMessageCommand({
            QueueUrl: queues.queueUrl,
            MessageSystemAttributeNames: ["MessageGroupId"],
          });
          const [message] = (await client.send(command)).Messages ?? [];
          await queue.deleteMessage(message?.ReceiptHandle ?? "");
          return message?.Attributes?.MessageGroupId;
        };
        const first = await group(queue, ours);
        assert.match(first ?? "", /^t\d{1,3}$/);
        assert.equal(await group(queue, formatMessage({ tenantId, uploadId: randomUUID() })), first);
        assert.equal(await group(createSqsQueue({ client, ...queues }, { fairBuckets: 0 }), ours), undefined);
        assert.equal(await group(queue, "{}"), undefined);
      },
    );

    it(
      "takes receipts that are none as stale, and refuses bodies that SQS would refuse or we would not read",
      patient,
      async () => {
        for (const receipt of ["", "x", "/", "a#b", "\0", `${randomUUID()}#${randomUUID()}`]) {
          assert.equal(await queue.changeMessageVisibility(receipt, 1), false);
          await queue.deleteMessage(receipt);
        }
        for (const body of ["", "\0", "\u000b", "\ufffe", "\ud800", "ü".repeat(limits.messageBytes / 2 + 1)]) {
          await assert.rejects(queue.sendMessage(body), { code: "internal" });
        }
        const strange = "\t\n\r é€😀\ud7ff\ue000\ufffd";
        await queue.sendMessage(strange);
        const [message] = await take(1);
        assert.equal(message?.body, strange);
        await queue.deleteMessage(message?.receiptHandle ?? "");
      },
    );

    it("says queue_unavailable, with the cause, when there is no such queue", patient, async () => {
      const nowhere = createSqsQueue({ client, queueUrl: `${queues.queueUrl}-none` });
      const unavailable = (error: unknown): boolean =>
        error instanceof Error &&
        "code" in error &&
        error.code === "queue_unavailable" &&
        error.cause instanceof Error &&
        error.cause.name === "QueueDoesNotExist";
      await assert.rejects(nowhere.sendMessage("{}"), unavailable);
      await assert.rejects(nowhere.receiveMessages({ maxMessages: 1, waitSeconds: 0 }), unavailable);
      await assert.rejects(nowhere.deleteMessage("x"), unavailable);
      await assert.rejects(nowhere.changeMessageVisibility("x", 1), unavailable);
      await assert.rejects(nowhere.depth(), unavailable);
    });

    it("ends waits when stopped, and can still delete and extend what it has", patient, async () => {
      // Queues of its own: the poll that is cut off goes on at the server, and may take others' messages.
      const stopped = createSqsQueue({ client, ...(await createQueues(client)) });
      await stopped.sendMessage("{}");
      const [message] = await stopped.receiveMessages({ maxMessages: 1, waitSeconds: 1 });
      const waiting = stopped.receiveMessages({ maxMessages: 1, waitSeconds: 20 });
      await sleep(100);
      const startedAt = performance.now();
      await stopped.stop();
      assert.deepEqual(await waiting, []);
      assert.ok(performance.now() - startedAt < 1_500);
      assert.deepEqual(await stopped.receiveMessages({ maxMessages: 1, waitSeconds: 20 }), []);
      assert.equal(await stopped.changeMessageVisibility(message?.receiptHandle ?? "", 30), true);
      await stopped.deleteMessage(message?.receiptHandle ?? "");
      assert.equal((await stopped.depth()).inFlight, 0);
    });

    it("loses nothing to aborted receives: what one swallows comes back", patient, async () => {
      const own = createSqsQueue({ client, ...(await createQueues(client)) }, { visibilityTimeoutSeconds: 1 });
      for (let round = 0; round < 8; round++) {
        const abort = new AbortController();
        const receiving = own.receiveMessages({ maxMessages: 10, waitSeconds: 1, signal: abort.signal });
        await own.sendMessage(`{"round":${round}}`);
        await sleep(Math.random() * 6);
        abort.abort();
        let messages = await receiving;
        if (messages.length === 0) messages = await own.receiveMessages({ maxMessages: 10, waitSeconds: 5 });
        assert.deepEqual(
          messages.map((message) => message.body),
          [`{"round":${round}}`],
        );
        assert.ok((messages[0]?.approximateReceiveCount ?? 9) <= 2);
        await own.deleteMessage(messages[0]?.receiptHandle ?? "");
        await sleep(1_000); // until the poll that was cut off has ended at the server
      }
    });

    it(
      "rejects within its deadline when the server stands still, and works again when it goes on",
      patient,
      async () => {
        const frozen = await createQueues(client);
        const afterwards = createSqsQueue({ client, ...(await createQueues(client)) });
        const hasty = createSqsQueue({ client, ...frozen }, { requestMilliseconds: 500 });
        await hasty.sendMessage("{}");
        const [message] = await hasty.receiveMessages({ maxMessages: 1, waitSeconds: 1 });
        const receipt = message?.receiptHandle ?? "";
        assert.notEqual(receipt, "");
        server.freeze();
        try {
          const startedAt = performance.now();
          const code = { code: "queue_unavailable" };
          await Promise.all([
            assert.rejects(hasty.sendMessage("{}"), code),
            assert.rejects(hasty.receiveMessages({ maxMessages: 1, waitSeconds: 1 }), code),
            assert.rejects(hasty.changeMessageVisibility(receipt, 5), code),
            assert.rejects(hasty.deleteMessage(receipt), code),
            assert.rejects(hasty.depth(), code),
            assert.rejects(hasty.deadLetters(5), code),
            assert.rejects(hasty.redrive(), code),
          ]);
          assert.ok(performance.now() - startedAt < 4_000);
          const signal = AbortSignal.timeout(100);
          assert.deepEqual(await hasty.receiveMessages({ maxMessages: 1, waitSeconds: 20, signal }), []);
          assert.ok(performance.now() - startedAt < 6_000);
        } finally {
          server.resume();
        }
        await afterwards.sendMessage("{}");
        const [again] = await afterwards.receiveMessages({ maxMessages: 1, waitSeconds: 2 });
        assert.equal(again?.approximateReceiveCount, 1);
      },
    );
  });
}
