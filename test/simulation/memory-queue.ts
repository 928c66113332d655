/**
 * SQS in memory, by its own rules: at least once, in any order, a receipt that is stale deletes nothing and says nothing, and a message that
 * was received `maxReceiveCount` times is dead at its next turn. `call` is awaited around each request, so that whoever gives it decides what
 * happens in between.
 */
import { limits } from "../../src/limits.ts";
import type { Message, Queue } from "../../src/queue/queue.ts";
import { chance, type Dice, shuffled } from "./dice.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { Weakness } from "./weakness.ts";

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  received: number;
  receipt: string | null;
}

/** The queue itself, which outlives every process. */
export interface MemoryQueue {
  readonly live: Map<string, Stored>;
  readonly dead: Map<string, Stored>;
  /** The queue as one process sees it. */
  client(call: <T>(name: string, effect: () => T) => Promise<T>): Queue;
}

export interface MemoryQueueOptions {
  readonly clock: VirtualClock;
  readonly dice: Dice;
  /** How often a message that is in flight is delivered once more, 0…1, at this moment. */
  readonly duplicates: () => number;
  /** How often a sent message is lost, 0…1, at this moment. */
  readonly losses: () => number;
  /** How many deliveries of each sent message there are at once, each with a receipt of its own. */
  readonly deliveries?: number;
  /** How late a sent message becomes visible at most. */
  readonly delaySeconds: number;
  readonly weakness?: Weakness | null;
}

export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { clock, dice, duplicates, losses, deliveries = 1, delaySeconds: mostDelay, weakness = null } = options;
  const live = new Map<string, Stored>();
  const dead = new Map<string, Stored>();
  const waiting = new Set<() => void>();
  let last = 0;

  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const put = (body: string, delaySeconds: number): void => {
    const id = `m${++last}`;
    const now = clock.now();
    live.set(id, { id, body, sentAt: now, visibleAt: now + delaySeconds * 1_000, received: 0, receipt: null });
    changed();
  };
  /** The message of a receipt that is not stale. */
  const held = (receiptHandle: string): Stored | null => {
    const message = live.get(receiptHandle.slice(0, receiptHandle.indexOf("/")));
    return message?.receipt === receiptHandle ? message : null;
  };

  const take = (most: number): Message[] => {
    const now = clock.now();
    const turn = shuffled(dice, [...live.values()]).filter(
      ({ visibleAt, receipt }) => visibleAt <= now || (receipt !== null && chance(dice, duplicates())),
    );
    for (const message of turn) {
      if (message.received < limits.maxReceiveCount) continue;
      live.delete(message.id);
      dead.set(message.id, message);
    }
    const taken = turn.filter((message) => live.has(message.id)).slice(0, most);
    return taken.map((message) => {
      message.received++;
      message.receipt = `${message.id}/${message.received}-${clock.now()}`;
      message.visibleAt = now + limits.visibilityTimeoutSeconds * 1_000;
      if (weakness === "a message is deleted when it is received") live.delete(message.id);
      return {
        messageId: message.id,
        receiptHandle: message.receipt,
        body: message.body,
        approximateReceiveCount: message.received,
        sentAt: new Date(message.sentAt),
      };
    });
  };

  /** Until a message may be visible, the wait is over or the caller has gone. */
  const untilVisible = (until: number, signal: AbortSignal | undefined): Promise<void> => {
    const now = clock.now();
    const turns = [...live.values()].map((message) => Math.max(now, message.visibleAt));
    if (signal?.aborted || turns.includes(now)) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        waiting.delete(go);
        signal?.removeEventListener("abort", go);
        resolve();
      };
      const cancel = clock.after(Math.min(until, ...turns) - now, go);
      waiting.add(go);
      signal?.addEventListener("abort", go);
    });
  };

  const client: MemoryQueue["client"] = (call) => ({
    sendMessage: (body, { delaySeconds = 0 } = {}) =>
      call("send", () => {
        // Accepted and gone: a purge, or a retention that ran out.
        if (chance(dice, losses())) return;
        const after = delaySeconds + Math.floor(dice() * mostDelay);
        for (let delivery = 0; delivery < deliveries; delivery++) put(body, after);
      }),
    async receiveMessages({ maxMessages, waitSeconds, signal }) {
      const until = clock.now() + waitSeconds * 1_000;
      while (!signal?.aborted) {
        await untilVisible(until, signal);
        if (signal?.aborted) return [];
        const messages = await call("receive", () => take(maxMessages));
        if (messages.length > 0 || clock.now() >= until) return messages;
      }
      return [];
    },
    changeMessageVisibility: (receiptHandle, seconds) =>
      call("change visibility", () => {
        const message = held(receiptHandle);
        if (message === null || message.visibleAt <= clock.now()) return false;
        message.visibleAt = clock.now() + seconds * 1_000;
        changed();
        return true;
      }),
    deleteMessage: (receiptHandle) => call("delete message", () => void live.delete(held(receiptHandle)?.id ?? "")),
    depth: () =>
      call("depth", () => ({ visible: live.size, inFlight: 0, delayed: 0, dead: dead.size, oldestSeconds: null })),
    deadLetters: (limit) =>
      call("dead letters", () =>
        [...dead.values()].slice(0, limit).map((message) => ({
          messageId: message.id,
          body: message.body,
          approximateReceiveCount: message.received,
          sentAt: new Date(message.sentAt),
          deadAt: null,
        })),
      ),
    redrive: (ids) =>
      call("redrive", () => {
        const chosen = [...dead.values()].filter(({ id }) => ids === undefined || ids.includes(id));
        for (const message of chosen) {
          dead.delete(message.id);
          live.set(message.id, { ...message, visibleAt: clock.now(), received: 0, receipt: null });
        }
        if (chosen.length > 0) changed();
        return chosen.length;
      }),
    stop: () => Promise.resolve(),
  });
  return { live, dead, client };
}
