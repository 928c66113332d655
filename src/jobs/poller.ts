/** Takes messages from the queue, one job a slot, keeps their leases alive and hands back what it cannot finish. */
import { type ErrorCode, RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { MalformedMessage, type MessageFault, parseMessage } from "../queue/message.ts";
import type { Message, Queue } from "../queue/queue.ts";
import { settle } from "../queue/settlement.ts";
import type { Log } from "../telemetry/logger.ts";
import { type Clock, pause, systemClock } from "./clock.ts";
import type { JobOutcome } from "./job.ts";

export interface PollerDeps {
  readonly queue: Queue;
  readonly runJob: (
    tenantId: string,
    uploadId: string,
    signal: AbortSignal,
    /** After it the message goes to the dead letters, whatever happens to this process. */
    isLastReceive: boolean,
  ) => Promise<JobOutcome>;
  /** The message goes to the dead letters: the upload must not wait for ever. */
  readonly giveUp: (tenantId: string, uploadId: string, error: RetainWiseError) => Promise<void>;
  readonly log: Log;
  /** Told of each job's beginning and end; both return at once and never throw. */
  readonly activity?: { busy(): void; idle(): void };
  readonly measure?: PollerMeasures;
}

/** Told of what becomes of messages; returns at once and never throws. */
export interface PollerMeasures {
  /** First receive of a message, `seconds` after it was sent. */
  received(seconds: number): void;
  malformed(fault: MessageFault): void;
  handedBack(code: ErrorCode): void;
  /** Its last receive has ended without success. */
  dead(reason: ErrorCode | "message_malformed"): void;
}

export interface PollerOptions {
  /** Jobs at a time; no more messages are received than there are free slots. */
  readonly slots: number;
  readonly visibilityTimeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly jobSeconds?: number;
  readonly drainSeconds?: number;
  /** Draws the backoff's jitter, in [0, 1). */
  readonly random?: () => number;
  readonly clock?: Clock;
}

export interface Poller {
  /** Whether it is at a job, or has heard from the queue within `limits.silentSeconds`. */
  isAlive(): boolean;
  /** Stops receiving, waits for running jobs up to `drainSeconds`, hands the rest back, and waits no longer than `handBackSeconds` for that. */
  stop(): Promise<void>;
}

interface Running {
  readonly done: Promise<void>;
  readonly job: AbortController;
}

export function startPoller(deps: PollerDeps, options: PollerOptions): Poller {
  const {
    slots,
    visibilityTimeoutSeconds = limits.visibilityTimeoutSeconds,
    heartbeatSeconds = limits.heartbeatSeconds,
    jobSeconds = limits.jobSeconds,
    drainSeconds = limits.drainSeconds,
    random = Math.random,
    clock = systemClock,
  } = options;
  const polls = new AbortController();
  const stopping = new Promise<void>((resolve) => polls.signal.addEventListener("abort", () => resolve()));
  // By receive, not by message: the same one may be here twice.
  const running = new Set<Running>();
  let heardAt = clock.now();
  const allDone = () => Promise.all([...running].map((entry) => entry.done));

  const loop = async (): Promise<void> => {
    while (!polls.signal.aborted) {
      const free = slots - running.size;
      if (free === 0) {
        await Promise.race([stopping, ...[...running].map((entry) => entry.done)]);
        continue;
      }
      for (const message of await receive(free)) {
        const job = new AbortController();
        const entry: Running = { done: handle(message, job).finally(() => running.delete(entry)), job };
        running.add(entry);
      }
    }
  };

  const receive = async (free: number): Promise<Message[]> => {
    const maxMessages = Math.min(free, limits.receiveBatch);
    const { signal } = polls;
    try {
      const messages = await deps.queue.receiveMessages({
        maxMessages,
        waitSeconds: limits.receiveWaitSeconds,
        signal,
      });
      heardAt = clock.now();
      return messages;
    } catch (error) {
      deps.log("queue.receive_failed", {}, error);
      await pause(clock, 1_000, signal);
      return [];
    }
  };

  const handle = async (message: Message, job: AbortController): Promise<void> => {
    const endDeadline = clock.after(jobSeconds * 1_000, () => job.abort(deadlineExceeded(jobSeconds)));
    const endHeartbeat = clock.every(heartbeatSeconds * 1_000, () => void beat(message, job));
    deps.activity?.busy();
    const { approximateReceiveCount: receives } = message;
    if (receives === 1) deps.measure?.received(Math.max(0, (Date.now() - message.sentAt.getTime()) / 1_000));
    try {
      const { tenantId, uploadId } = parseMessage(message.body);
      const outcome = await deps.runJob(tenantId, uploadId, job.signal, receives >= limits.maxReceiveCount);
      if (outcome.end === "ended") await deps.queue.deleteMessage(message.receiptHandle);
      else await handBack(message, tenantId, uploadId, outcome.error);
    } catch (error) {
      if (error instanceof MalformedMessage) {
        deps.measure?.malformed(error.fault);
        if (receives >= limits.maxReceiveCount) deps.measure?.dead("message_malformed");
      }
      // The message stays in flight and comes again after its visibility timeout, up to `maxReceiveCount` times.
      deps.log("job.unsettled", { message_id: message.messageId }, error);
    } finally {
      endDeadline();
      endHeartbeat();
      deps.activity?.idle();
    }
  };

  const handBack = async (
    message: Message,
    tenantId: string,
    uploadId: string,
    error: RetainWiseError,
  ): Promise<void> => {
    // A stop is nobody's failure: the next worker may start at once.
    if (polls.signal.aborted) return void (await deps.queue.changeMessageVisibility(message.receiptHandle, 0));
    const settlement = settle(error.code, message.approximateReceiveCount, random());
    if (settlement.action === "delete") return deps.queue.deleteMessage(message.receiptHandle);
    if (error.code !== "lease_lost") {
      if (settlement.last) {
        await deps.giveUp(tenantId, uploadId, error);
        deps.measure?.dead(error.code);
      } else deps.measure?.handedBack(error.code);
    }
    await deps.queue.changeMessageVisibility(message.receiptHandle, settlement.delaySeconds);
  };

  const beat = async (message: Message, job: AbortController): Promise<void> => {
    try {
      const held = await deps.queue.changeMessageVisibility(message.receiptHandle, visibilityTimeoutSeconds);
      if (!held) job.abort(new RetainWiseError("lease_lost", "The message went to another worker."));
    } catch (error) {
      deps.log("queue.heartbeat_failed", { message_id: message.messageId }, error);
    }
  };

  const looping = loop();
  return {
    isAlive: () => running.size > 0 || clock.now() - heardAt < limits.silentSeconds * 1_000,
    async stop() {
      polls.abort();
      await looping;
      const drained = new AbortController();
      const waited = pause(clock, drainSeconds * 1_000, drained.signal);
      await Promise.race([allDone().then(() => drained.abort()), waited]);
      for (const { job } of running) job.abort(new RetainWiseError("overloaded", "The worker is stopping."));
      // What cannot be handed back, because database or queue hang too, comes back by itself when its lease has run out.
      const handedBack = new AbortController();
      const late = pause(clock, limits.handBackSeconds * 1_000, handedBack.signal);
      await Promise.race([allDone().then(() => handedBack.abort()), late]);
    },
  };
}

const deadlineExceeded = (seconds: number) =>
  new RetainWiseError("deadline_exceeded", `The file was not finished within ${seconds} seconds.`);
