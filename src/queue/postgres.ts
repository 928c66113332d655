/** The queue in the database: SQS's semantics on the table `messages`, with the database's clock. */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Scope } from "../store/database.ts";
import {
  countMessages,
  insertMessage,
  listDead,
  type MessageRow,
  moveVisibility,
  removeMessage,
  returnAllMessages,
  returnMessage,
  reviveMessages,
  takeMessages,
} from "../store/messages.ts";
import { isUuid } from "../store/uuid.ts";
import type { Message, Queue } from "./queue.ts";
import { createWaker } from "./waker.ts";

export interface PostgresQueueOptions {
  readonly visibilityTimeoutSeconds?: number;
  readonly maxReceiveCount?: number;
  /** How soon another process's message is seen; one of this process is seen at once. */
  readonly pollMilliseconds?: number;
}

export interface PostgresQueue extends Queue {
  /**
   * Every message in flight becomes visible at once and that receive does not count. Only for the single owner of an embedded database at its
   * start: whoever received them is dead. Answers how many.
   */
  releaseAll(): Promise<number>;
}

/** One queue for all tenants, as SQS is. */
export function createPostgresQueue(system: Scope, options: PostgresQueueOptions = {}): PostgresQueue {
  const visibilityTimeoutSeconds = options.visibilityTimeoutSeconds ?? limits.visibilityTimeoutSeconds;
  const maxReceiveCount = options.maxReceiveCount ?? limits.maxReceiveCount;
  const pollMilliseconds = options.pollMilliseconds ?? limits.queuePollMilliseconds;
  const waker = createWaker();
  const stopping = new AbortController();

  return {
    async sendMessage(body, { delaySeconds = 0 } = {}) {
      if (new TextEncoder().encode(body).byteLength > limits.messageBytes || body.includes("\0")) {
        throw new RetainWiseError("internal", `A message body has at most ${limits.messageBytes} bytes and no NUL.`);
      }
      await queued(() => insertMessage(system, body, wholeSeconds(delaySeconds, 900)));
      waker.wake();
    },

    async receiveMessages({ maxMessages, waitSeconds, signal }) {
      const limit = Math.min(Math.max(1, Math.trunc(maxMessages)), limits.receiveBatch);
      const until = performance.now() + Math.min(Math.max(0, waitSeconds), limits.receiveWaitSeconds) * 1_000;
      const aborted = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
      while (!aborted.aborted) {
        const seen = waker.count();
        const rows = await queued(() => takeMessages(system, { limit, visibilityTimeoutSeconds, maxReceiveCount }));
        if (aborted.aborted) {
          // Nobody will read the answer: as if they had not been received.
          for (const row of rows) await queued(() => returnMessage(system, row.message_id, row.receipt));
          return [];
        }
        if (rows.length > 0) return rows.map(toMessage);
        const left = until - performance.now();
        if (left <= 0) return [];
        await waker.wait(seen, Math.min(left, pollMilliseconds), aborted);
      }
      return [];
    },

    async changeMessageVisibility(receiptHandle, seconds) {
      const handle = readHandle(receiptHandle);
      if (handle === null) return false;
      const moved = await queued(() =>
        moveVisibility(system, handle.messageId, handle.receipt, wholeSeconds(seconds, 43_200)),
      );
      if (moved && seconds <= 0) waker.wake();
      return moved;
    },

    async deleteMessage(receiptHandle) {
      const handle = readHandle(receiptHandle);
      if (handle !== null) await queued(() => removeMessage(system, handle.messageId, handle.receipt));
    },

    depth: () => queued(() => countMessages(system)),

    async deadLetters(limit) {
      const rows = await queued(() => listDead(system, limit));
      return rows.map((row) => ({
        messageId: row.message_id,
        body: row.body,
        approximateReceiveCount: row.receive_count,
        sentAt: row.sent_at,
        deadAt: row.dead_at,
      }));
    },

    async redrive(ids) {
      const revived = await queued(() => reviveMessages(system, ids === undefined ? null : ids.filter(isUuid)));
      if (revived > 0) waker.wake();
      return revived;
    },

    async releaseAll() {
      const released = await queued(() => returnAllMessages(system));
      if (released > 0) waker.wake();
      return released;
    },

    async stop() {
      stopping.abort();
    },
  };
}

/** SQS's limits: 15 minutes of delay, 12 hours of invisibility. */
const wholeSeconds = (seconds: number, most: number): number => Math.min(Math.max(0, seconds), most);

function toMessage(row: MessageRow): Message {
  return {
    messageId: row.message_id,
    receiptHandle: `${row.message_id}/${row.receipt}`,
    body: row.body,
    approximateReceiveCount: row.receive_count,
    sentAt: row.sent_at,
  };
}

function readHandle(receiptHandle: string): { messageId: string; receipt: string } | null {
  const [messageId = "", receipt = ""] = receiptHandle.split("/");
  return isUuid(messageId) && isUuid(receipt) ? { messageId, receipt } : null;
}

/** To whoever uses the queue it is the queue that does not answer. */
async function queued<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RetainWiseError && error.code === "database_unavailable") {
      throw new RetainWiseError("queue_unavailable", "The queue's database does not answer.", { cause: error });
    }
    throw error;
  }
}
