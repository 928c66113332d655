/** What every queue must do, SQS and its stand-ins included. Times are whole seconds, as SQS has them, with room for a slow machine. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message, Queue } from "../../src/queue/queue.ts";
import { patient } from "../store/servers.ts";

export interface QueueTraits {
  /** Whether the queue can say how old its oldest message is. */
  readonly tellsAge?: boolean;
  /** Whether an aborted poll goes on at the server and may take a message that nobody gets before its visibility timeout. */
  readonly pollOutlivesAbort?: boolean;
}

/**
 * To be called within `describe`, with an empty queue of a visibility timeout of 2 s and a `maxReceiveCount` of 5; in SQS both dead letters and
 * their count are made with the queue.
 */
export function queueContract(queue: Queue, { tellsAge = true, pollOutlivesAbort = false }: QueueTraits = {}): void {
  const take = async (maxMessages = 10, waitSeconds = 3): Promise<Message[]> =>
    queue.receiveMessages({ maxMessages, waitSeconds });
  const one = async (waitSeconds = 3): Promise<Message> => {
    const [message, ...more] = await take(1, waitSeconds);
    assert.ok(message !== undefined, "a message was expected");
    assert.equal(more.length, 0);
    return message;
  };
  const none = async (waitSeconds = 0): Promise<void> => assert.deepEqual(await take(10, waitSeconds), []);
  const send = async (delaySeconds?: number): Promise<string> => {
    const body = `{"id":"${randomUUID()}","text":"ünï \\u0000"}`;
    await queue.sendMessage(body, delaySeconds === undefined ? {} : { delaySeconds });
    return body;
  };

  it("delivers what was sent, as it was sent, and not again once deleted", patient, async () => {
    const body = await send();
    const message = await one();
    assert.equal(message.body, body);
    assert.equal(message.approximateReceiveCount, 1);
    assert.ok(Math.abs(message.sentAt.getTime() - Date.now()) < 60_000);
    await queue.deleteMessage(message.receiptHandle);
    await none(3);
  });

  it("hides a received message for the visibility timeout and then delivers it again, counting", patient, async () => {
    await send();
    const first = await one();
    await none();
    const second = await one(5);
    assert.equal(second.messageId, first.messageId);
    assert.equal(second.approximateReceiveCount, 2);
    assert.notEqual(second.receiptHandle, first.receiptHandle);
    await queue.deleteMessage(second.receiptHandle);
  });

  it("keeps a message hidden for as long as its visibility is extended", patient, async () => {
    await send();
    const message = await one();
    assert.equal(await queue.changeMessageVisibility(message.receiptHandle, 6), true);
    await none(4);
    assert.equal(await queue.changeMessageVisibility(message.receiptHandle, 0), true);
    await queue.deleteMessage((await one()).receiptHandle);
  });

  it(
    "delivers a message at once when it is given back, and later when it is given back with a delay",
    patient,
    async () => {
      await send();
      const first = await one();
      assert.equal(await queue.changeMessageVisibility(first.receiptHandle, 0), true);
      const second = await one(1);
      assert.equal(second.approximateReceiveCount, 2);
      assert.equal(await queue.changeMessageVisibility(second.receiptHandle, 1), true);
      await none();
      await queue.deleteMessage((await one()).receiptHandle);
    },
  );

  it("does nothing for a stale receipt", patient, async () => {
    await send();
    const first = await one();
    await queue.changeMessageVisibility(first.receiptHandle, 0);
    const second = await one();
    assert.equal(await queue.changeMessageVisibility(first.receiptHandle, 0), false);
    await queue.deleteMessage(first.receiptHandle);
    await none();
    const third = await one(5);
    assert.equal(third.messageId, second.messageId);
    await queue.deleteMessage(third.receiptHandle);
    assert.equal(await queue.changeMessageVisibility(third.receiptHandle, 1), false);
    await queue.deleteMessage(third.receiptHandle);
    await none();
  });

  it("delivers a delayed message after its delay", patient, async () => {
    await send(2);
    await none();
    assert.equal((await queue.depth()).delayed, 1);
    await queue.deleteMessage((await one(5)).receiptHandle);
  });

  it("delivers every one of many messages, at most ten a call, in whatever order", patient, async () => {
    const sent = new Set(await Promise.all(Array.from({ length: 25 }, () => send())));
    while (sent.size > 0) {
      const messages = await take();
      assert.ok(messages.length > 0 && messages.length <= 10);
      for (const message of messages) {
        assert.ok(sent.delete(message.body));
        await queue.deleteMessage(message.receiptHandle);
      }
    }
    await none();
  });

  it("never gives one message to two receivers at once", patient, async () => {
    await Promise.all(Array.from({ length: 20 }, () => send()));
    const taken = (await Promise.all(Array.from({ length: 8 }, () => take(4, 0)))).flat();
    const more = (await Promise.all(Array.from({ length: 4 }, () => take(10, 0)))).flat();
    const all = [...taken, ...more];
    assert.equal(new Set(all.map((message) => message.messageId)).size, all.length);
    assert.equal(all.length, 20);
    await Promise.all(all.map((message) => queue.deleteMessage(message.receiptHandle)));
  });

  it("wakes a waiting receiver when something is sent", patient, async () => {
    const startedAt = performance.now();
    const waiting = one(10);
    await sleep(500);
    await send();
    await queue.deleteMessage((await waiting).receiptHandle);
    assert.ok(performance.now() - startedAt < 3_000);
  });

  it("answers [] when nothing comes in time, and at once when the wait is aborted", patient, async () => {
    let startedAt = performance.now();
    await none(1);
    assert.ok(performance.now() - startedAt > 900);
    startedAt = performance.now();
    const aborted = await queue.receiveMessages({ maxMessages: 1, waitSeconds: 10, signal: AbortSignal.timeout(300) });
    assert.deepEqual(aborted, []);
    assert.ok(performance.now() - startedAt < 2_000);
    const never = { maxMessages: 1, waitSeconds: 10, signal: AbortSignal.abort() };
    assert.deepEqual(await queue.receiveMessages(never), []);
    if (pollOutlivesAbort) await sleep(13_000); // ElasticMQ ends it up to a second late
  });

  it(
    "moves a message to the dead letters after five receives without an end, and back on request",
    patient,
    async () => {
      const body = await send();
      let message: Message | undefined;
      for (let count = 1; count <= 5; count++) {
        message = await one();
        assert.equal(message.approximateReceiveCount, count);
        assert.equal(await queue.changeMessageVisibility(message.receiptHandle, 0), true);
      }
      await none(1);
      const dead = (await queue.deadLetters(10)).filter((letter) => letter.body === body);
      assert.equal(dead.length, 1);
      assert.ok((dead[0]?.approximateReceiveCount ?? 0) >= 5);
      assert.ok(Math.abs((dead[0]?.sentAt.getTime() ?? 0) - Date.now()) < 60_000);
      assert.equal((await queue.depth()).dead, 1);
      assert.equal(await queue.redrive([randomUUID()]), 0);
      assert.equal(await queue.redrive([dead[0]?.messageId ?? ""]), 1);
      const again = await one(5);
      assert.equal(again.body, body);
      assert.equal(again.approximateReceiveCount, 1);
      await queue.deleteMessage(again.receiptHandle);
      assert.equal((await queue.depth()).dead, 0);
      assert.equal(await queue.redrive(), 0);
    },
  );

  it("tells how much is waiting, in flight, delayed, and for how long", patient, async () => {
    const empty = { visible: 0, inFlight: 0, delayed: 0, dead: 0, oldestSeconds: tellsAge ? 0 : null };
    assert.deepEqual(await queue.depth(), empty);
    await send();
    await send();
    await send(3);
    const message = await one();
    await sleep(1_100);
    const { oldestSeconds, ...depth } = await queue.depth();
    assert.deepEqual(depth, { visible: 1, inFlight: 1, delayed: 1, dead: 0 });
    if (tellsAge) assert.ok(oldestSeconds !== null && oldestSeconds >= 1 && oldestSeconds < 30);
    else assert.equal(oldestSeconds, null);
    await queue.deleteMessage(message.receiptHandle);
    for (let left = 2; left > 0; left--) await queue.deleteMessage((await one(5)).receiptHandle);
  });
}
