/** Takes messages from the queue, one job a slot, keeps their leases alive and hands back what it cannot finish. */
import { setTimeout as sleep } from "node:timers/promises";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { parseMessage } from "../queue/message.ts";
import type { Message, Queue } from "../queue/queue.ts";
import { backoffSeconds } from "../queue/settlement.ts";
import type { Log } from "../telemetry/logger.ts";
import type { JobOutcome } from "./job.ts";

export interface PollerDeps {
  readonly queue: Queue;
  readonly runJob: (tenantId: string, uploadId: string, signal: AbortSignal) => Promise<JobOutcome>;
  readonly log: Log;
}

export interface Poller {
  /** Stops receiving, waits for running jobs up to `limits.drainSeconds`, hands the rest back. */
  stop(): Promise<void>;
}

export function startPoller(deps: PollerDeps, options: { slots: number }): Poller {
  const polls = new AbortController();
  const running = new Map<string, { done: Promise<void>; job: AbortController }>();

  const loop = async (): Promise<void> => {
    while (!polls.signal.aborted) {
      const free = options.slots - running.size;
      if (free === 0) {
        await Promise.race([...running.values()].map((entry) => entry.done));
        continue;
      }
      for (const message of await receive(free)) {
        const job = new AbortController();
        const done = handle(message, job).finally(() => running.delete(message.messageId));
        running.set(message.messageId, { done, job });
      }
    }
  };

  const receive = async (free: number): Promise<Message[]> => {
    const maxMessages = Math.min(free, limits.receiveBatch);
    try {
      return await deps.queue.receiveMessages({
        maxMessages,
        waitSeconds: limits.receiveWaitSeconds,
        signal: polls.signal,
      });
    } catch (error) {
      deps.log("queue.receive_failed", { cause: String(error) });
      await sleep(1_000, undefined, { signal: polls.signal }).catch(() => undefined);
      return [];
    }
  };

  const handle = async (message: Message, job: AbortController): Promise<void> => {
    const deadline = setTimeout(() => job.abort(deadlineExceeded()), limits.jobSeconds * 1_000);
    const heartbeat = setInterval(() => void beat(message, job), limits.heartbeatSeconds * 1_000);
    try {
      const { tenantId, uploadId } = parseMessage(message.body);
      const outcome = await deps.runJob(tenantId, uploadId, job.signal);
      if (outcome.end === "ended") await deps.queue.deleteMessage(message.receiptHandle);
      else await handBack(message, backoffSeconds(message.approximateReceiveCount, Math.random()));
    } catch (error) {
      // The message stays in flight and comes again after its visibility timeout, up to `maxReceiveCount` times.
      deps.log("job.unsettled", { message_id: message.messageId, cause: String(error) });
    } finally {
      clearTimeout(deadline);
      clearInterval(heartbeat);
    }
  };

  const beat = async (message: Message, job: AbortController): Promise<void> => {
    try {
      const held = await deps.queue.changeMessageVisibility(message.receiptHandle, limits.visibilityTimeoutSeconds);
      if (!held) job.abort(new RetainWiseError("lease_lost", "The message went to another worker."));
    } catch (error) {
      deps.log("queue.heartbeat_failed", { message_id: message.messageId, cause: String(error) });
    }
  };

  const handBack = (message: Message, seconds: number) =>
    deps.queue.changeMessageVisibility(message.receiptHandle, seconds);

  const looping = loop();
  return {
    async stop() {
      polls.abort();
      await looping;
      const timeout = new AbortController();
      const drained = Promise.all([...running.values()].map((entry) => entry.done)).then(() => timeout.abort());
      await Promise.race([
        drained,
        sleep(limits.drainSeconds * 1_000, undefined, { signal: timeout.signal }).catch(() => undefined),
      ]);
      for (const entry of running.values())
        entry.job.abort(new RetainWiseError("overloaded", "The worker is stopping."));
      await Promise.all([...running.values()].map((entry) => entry.done));
    },
  };
}

const deadlineExceeded = () =>
  new RetainWiseError("deadline_exceeded", `The file was not finished within ${limits.jobSeconds} seconds.`);
