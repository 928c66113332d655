/** The move of all dead letters back to their queue, which SQS does by itself (a message move task), watched to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry as MoveTask,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { SqsCall } from "./sqs-call.ts";

export interface SqsMoveOptions {
  /** ARN of the dead-letter queue and of the queue. */
  readonly from: string;
  readonly to: string;
  readonly messagesPerSecond?: number;
  readonly deadlineSeconds?: number;
  /** Ends the watching, not the move. */
  readonly signal: AbortSignal;
}

/**
 * Answers how many were moved, as SQS counts them: approximately. The moved messages have new ids and a fresh receive count. One move at a
 * time is all that SQS allows: another's is waited for first. Throws `queue_unavailable` when it fails or is not seen to end in time.
 */
export async function moveAllMessages(client: SQSClient, call: SqsCall, options: SqsMoveOptions): Promise<number> {
  const { from, to, signal } = options;
  const until = performance.now() + (options.deadlineSeconds ?? limits.redriveSeconds) * 1_000;

  async function list(): Promise<MoveTask[]> {
    const command = new ListMessageMoveTasksCommand({ SourceArn: from, MaxResults: 10 });
    return (await call((sendOptions) => client.send(command, sendOptions))).Results ?? [];
  }
  async function pause(): Promise<void> {
    if (performance.now() >= until) throw unseen();
    await sleep(limits.redrivePollMilliseconds, undefined, { signal }).catch(() => {
      throw unseen();
    });
  }

  async function start(): Promise<void> {
    const command = new StartMessageMoveTaskCommand({
      SourceArn: from,
      DestinationArn: to,
      MaxNumberOfMessagesPerSecond: options.messagesPerSecond ?? limits.redriveMessagesPerSecond,
    });
    await call((sendOptions) => client.send(command, sendOptions));
  }

  let before = 0;
  for (let started = false; !started; ) {
    const tasks = await list();
    if (tasks.some(isActive)) {
      await pause();
      continue;
    }
    before = newest(tasks)?.StartedTimestamp ?? 0;
    try {
      await start();
      started = true;
    } catch (error) {
      // Another may have begun one between the two calls: then that is waited for.
      if (!(await list()).some(isActive)) throw error;
    }
  }
  for (;;) {
    await pause();
    const task = newest(await list());
    // SQS names handles of running tasks only, so ours is known by its start: none runs beside it.
    if (task === undefined || (task.StartedTimestamp ?? 0) <= before || isActive(task)) continue;
    if (task.Status === "FAILED") {
      throw new RetainWiseError(
        "queue_unavailable",
        `SQS could not move the dead letters: ${task.FailureReason ?? ""}`,
      );
    }
    return Number(task.ApproximateNumberOfMessagesMoved ?? 0);
  }
}

const isActive = (task: MoveTask): boolean => task.Status === "RUNNING" || task.Status === "CANCELLING";

function newest(tasks: readonly MoveTask[]): MoveTask | undefined {
  return tasks.toSorted((a, b) => (b.StartedTimestamp ?? 0) - (a.StartedTimestamp ?? 0))[0];
}

const unseen = () =>
  new RetainWiseError("queue_unavailable", "The move of the dead letters goes on, but its end was not waited for.");
