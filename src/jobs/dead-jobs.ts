/** Jobs whose message went to the dead letters, and how they get another chance. */
import { parseMessage } from "../queue/message.ts";
import type { DeadLetter, Queue } from "../queue/queue.ts";
import type { Upload } from "../store/upload.ts";

export interface DeadJob {
  readonly messageId: string;
  /** Null for a message that is not one of ours. */
  readonly tenantId: string | null;
  readonly uploadId: string | null;
  /** Why the upload was given up; null when it is gone or has no error. */
  readonly code: string | null;
  readonly receives: number;
  /** Null where the queue does not tell (SQS). */
  readonly deadAt: Date | null;
}

export interface DeadJobDeps {
  readonly queue: Queue;
  readonly store: {
    getUpload(tenantId: string, uploadId: string): Promise<Upload | null>;
    /** A given-up upload is pending again; false when it is gone or has come to another end. */
    reviveUpload(tenantId: string, uploadId: string): Promise<boolean>;
  };
}

/** Dead letters looked at in one call. */
const most = 1_000;

export async function listDeadJobs({ queue, store }: DeadJobDeps): Promise<DeadJob[]> {
  return Promise.all((await queue.deadLetters(most)).map((letter) => describe(letter, store)));
}

/**
 * Puts dead letters back on the queue, those of one error code or all of them; answers how many. The upload is revived first: a message whose
 * upload has ended would do nothing.
 */
export async function redriveDeadJobs(deps: DeadJobDeps, code: string | null): Promise<number> {
  const chosen = (await listDeadJobs(deps)).filter((job) => code === null || job.code === code);
  for (const { tenantId, uploadId } of chosen) {
    if (tenantId !== null && uploadId !== null) await deps.store.reviveUpload(tenantId, uploadId);
  }
  return chosen.length === 0 ? 0 : deps.queue.redrive(chosen.map((job) => job.messageId));
}

async function describe(letter: DeadLetter, store: DeadJobDeps["store"]): Promise<DeadJob> {
  const facts = { messageId: letter.messageId, receives: letter.approximateReceiveCount, deadAt: letter.deadAt };
  const ids = idsOf(letter.body);
  if (ids === null) return { ...facts, tenantId: null, uploadId: null, code: null };
  const upload = await store.getUpload(ids.tenantId, ids.uploadId);
  return { ...facts, ...ids, code: upload?.error?.code ?? null };
}

function idsOf(body: string): { tenantId: string; uploadId: string } | null {
  try {
    return parseMessage(body);
  } catch {
    return null;
  }
}
