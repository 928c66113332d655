/** A row of `uploads` in memory: new, without an attempt, and as the verbs answer it. */
import type { NewUpload } from "../../src/store/uploads.ts";
import type { UploadRecord } from "./tables.ts";

export const noAttempt = { attemptToken: null, attemptUntil: null };

export function newRecord(tenantId: string, { options, ...upload }: NewUpload, now: number): UploadRecord {
  return {
    ...upload,
    ...{ tenantId, options, status: "pending", createdAt: new Date(now), startedAt: null, completedAt: null },
    ...{ rowsRead: 0, rowsScored: 0, rowsRejected: 0, progress: 0, strikes: 0 },
    ...{
      model: null,
      report: null,
      summary: null,
      error: null,
      corrections: [],
      ...noAttempt,
      deletedAt: null,
      queuedAt: now,
    },
  };
}

export function toUpload({
  objectKey: _,
  attemptToken: __,
  attemptUntil: ___,
  deletedAt: ____,
  queuedAt: _____,
  ...upload
}: UploadRecord) {
  return upload;
}
