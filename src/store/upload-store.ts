/** Everything the API and the jobs do with uploads, over one database; the tenant comes first in every verb. */

import { limits } from "../limits.ts";
import {
  type AttemptKey,
  type Completion,
  claimUpload,
  completeUpload,
  failUpload,
  giveUpUpload,
  type RowCounts,
  releaseAllAttempts,
  releaseUpload,
  requireMapping,
  reviveUpload,
  saveProgress,
  saveReport,
} from "./attempts.ts";
import { type ChangePage, type ComparedUploads, compareUploads, findMovers } from "./changes.ts";
import { completeCorrection, findRejections, type Merge } from "./corrections.ts";
import type { Database } from "./database.ts";
import { deleteUpload, sweepDeletions } from "./deletions.ts";
import { findEarlierUpload } from "./earlier-upload.ts";
import { admitUpload, sweepIntents } from "./object-intents.ts";
import { relayOutbox } from "./outbox.ts";
import { expireOverdue, requeueOverdue } from "./overdue.ts";
import { readPipeline } from "./pipeline.ts";
import {
  getPrediction,
  listPredictions,
  type PredictionPage,
  streamPredictions,
  streamRejections,
} from "./predictions.ts";
import {
  deleteRemembered,
  listRemembered,
  putRemembered,
  type RememberedColumn,
  type RememberedKey,
  rememberedColumns,
} from "./remembered-columns.ts";
import { type SampleRequest, samplePredictions } from "./sample-predictions.ts";
import { savePredictions } from "./save-predictions.ts";
import type { StoredPrediction, StoredRejection, Upload, UploadError, UploadReport } from "./upload.ts";
import { answerMapping, getUpload, insertUpload, listUploads, type MappingAnswer, type NewUpload } from "./uploads.ts";

export interface Attempt extends AttemptKey {
  readonly tenantId: string;
}

export interface UploadStoreDeps {
  readonly database: Database;
  /** The body of the message that has an upload processed. */
  readonly messageFor: (tenantId: string, uploadId: string) => string;
  /** How long an attempt counts as alive after a write, seconds; `limits.attemptSeconds` unless given. */
  readonly leaseSeconds?: number;
}

export function createUploadStore({ database, messageFor, leaseSeconds = limits.attemptSeconds }: UploadStoreDeps) {
  const of = (tenantId: string) => database.tenant(tenantId);
  const leased = (attempt: AttemptKey) => ({ ...attempt, leaseSeconds });
  return {
    // What the API does.
    admitUpload: (tenantId: string, objectKey: string) => admitUpload(of(tenantId), database.system(), objectKey),
    insertUpload: (tenantId: string, upload: NewUpload) =>
      insertUpload(of(tenantId), upload, messageFor(tenantId, upload.uploadId)),
    getUpload: (tenantId: string, uploadId: string) => getUpload(of(tenantId), uploadId),
    listUploads: (tenantId: string, page: { limit: number; cursor: string | null }) => listUploads(of(tenantId), page),
    answerMapping: (tenantId: string, uploadId: string, answer: MappingAnswer) =>
      answerMapping(of(tenantId), uploadId, answer, messageFor(tenantId, uploadId)),
    deleteUpload: (tenantId: string, uploadId: string) => deleteUpload(of(tenantId), uploadId),
    listPredictions: (tenantId: string, uploadId: string, page: PredictionPage) =>
      listPredictions(of(tenantId), uploadId, page),
    getPrediction: (tenantId: string, uploadId: string, row: number) => getPrediction(of(tenantId), uploadId, row),
    samplePredictions: (tenantId: string, uploadId: string, request: SampleRequest) =>
      samplePredictions(of(tenantId), uploadId, request),
    streamPredictions: (tenantId: string, uploadId: string) => streamPredictions(of(tenantId), uploadId),
    streamRejections: (tenantId: string, uploadId: string) => streamRejections(of(tenantId), uploadId),
    findEarlierUpload: (tenantId: string, uploadId: string) => findEarlierUpload(of(tenantId), uploadId),
    compareUploads: (tenantId: string, ids: ComparedUploads, page: ChangePage) =>
      compareUploads(of(tenantId), ids, page),
    findMovers: (tenantId: string, ids: ComparedUploads, count: number) => findMovers(of(tenantId), ids, count),
    listRemembered: (tenantId: string) => listRemembered(of(tenantId)),
    putRemembered: (tenantId: string, key: { model: string; feature: string }, remembered: RememberedColumn) =>
      putRemembered(of(tenantId), key, remembered),
    deleteRemembered: (tenantId: string, key: RememberedKey) => deleteRemembered(of(tenantId), key),
    readPipeline: (tenantId: string) => readPipeline(of(tenantId)),

    // What a job does.
    rememberedColumns: (tenantId: string, model: string) => rememberedColumns(of(tenantId), model),
    claimUpload: (tenantId: string, uploadId: string, attemptToken: string) =>
      claimUpload(of(tenantId), leased({ uploadId, attemptToken })),
    saveReport: (attempt: Attempt, report: UploadReport, model: NonNullable<Upload["model"]>) =>
      saveReport(of(attempt.tenantId), leased(attempt), report, model),
    saveProgress: (attempt: Attempt, progress: number) => saveProgress(of(attempt.tenantId), leased(attempt), progress),
    savePredictions: (
      attempt: Attempt,
      predictions: readonly StoredPrediction[],
      rejections: readonly StoredRejection[],
      progress: number,
    ) => savePredictions(of(attempt.tenantId), leased(attempt), predictions, rejections, progress),
    requireMapping: (attempt: Attempt, report: UploadReport, error: UploadError) =>
      requireMapping(of(attempt.tenantId), attempt, report, error),
    completeUpload: (attempt: Attempt, end: Completion) => completeUpload(of(attempt.tenantId), attempt, end),
    findRejections: (tenantId: string, uploadId: string, customerIds: readonly string[], rows: readonly number[]) =>
      findRejections(of(tenantId), uploadId, customerIds, rows),
    completeCorrection: (attempt: Attempt, end: Completion, merge: Merge) =>
      completeCorrection(of(attempt.tenantId), attempt, end, merge),
    failUpload: (attempt: Attempt, error: UploadError, rows: RowCounts | null) =>
      failUpload(of(attempt.tenantId), attempt, error, rows),
    giveUpUpload: (tenantId: string, uploadId: string, error: UploadError) =>
      giveUpUpload(of(tenantId), uploadId, error),
    reviveUpload: (tenantId: string, uploadId: string) => reviveUpload(of(tenantId), uploadId),
    releaseUpload: (attempt: Attempt) => releaseUpload(of(attempt.tenantId), attempt),

    // What the house does, across tenants.
    relayOutbox: (send: (body: string) => Promise<void>) => relayOutbox(database.system(), send),
    releaseAllAttempts: () => releaseAllAttempts(database),
    sweepDeletions: (deleteObject: (objectKey: string) => Promise<void>) => sweepDeletions(database, deleteObject),
    sweepIntents: (deleteObject: (objectKey: string) => Promise<void>, olderThanSeconds?: number) =>
      sweepIntents(database.system(), deleteObject, olderThanSeconds),
    requeueOverdue: (seconds?: number) => requeueOverdue(database.system(), messageFor, seconds),
    expireOverdue: (error: UploadError, seconds?: number) => expireOverdue(database, error, seconds),
  };
}

export type UploadStore = ReturnType<typeof createUploadStore>;
