/** One upload from claim to settlement, read top to bottom. Every branch of the way is here; what it calls returns facts. */
import { errorKinds } from "../error-kinds.ts";
import { type ErrorCode, RetainWiseError, toRetainWiseError } from "../errors.ts";
import type { Inference } from "../inference/client.ts";
import type { ScoreEvent } from "../inference/score-file.ts";
import { limits } from "../limits.ts";
import { settlements } from "../queue/settlement.ts";
import type { RowCounts } from "../store/attempts.ts";
import type { Objects } from "../store/objects.ts";
import type { RememberedColumns } from "../store/remembered-columns.ts";
import type { StoredPrediction, StoredRejection, Upload, UploadError, UploadReport } from "../store/upload.ts";
import type { Attempt } from "../store/upload-store.ts";
import type { Log } from "../telemetry/logger.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CorrectionStore, startCorrection } from "./correction.ts";

/** The writes of a job. Each carries the attempt's token and throws `lease_lost` when another attempt has claimed the upload since. */
export interface JobStore extends CorrectionStore {
  /** Sets `processing`, counts a strike, removes what a former attempt saved; null when the upload is gone or has ended. */
  claimUpload(
    tenantId: string,
    uploadId: string,
    attemptToken: string,
  ): Promise<{ upload: Upload; objectKey: string } | null>;
  /** Feature → column and unit that the tenant asked to have remembered for the model of that name ("" the default one). */
  rememberedColumns(tenantId: string, model: string): Promise<RememberedColumns>;
  saveReport(attempt: Attempt, report: UploadReport, model: NonNullable<Upload["model"]>): Promise<void>;
  saveProgress(attempt: Attempt, progress: number): Promise<void>;
  savePredictions(
    attempt: Attempt,
    predictions: readonly StoredPrediction[],
    rejections: readonly StoredRejection[],
    progress: number,
  ): Promise<void>;
  requireMapping(attempt: Attempt, report: UploadReport, error: UploadError): Promise<void>;
  completeUpload(attempt: Attempt, end: { report: UploadReport; rows: RowCounts; summary: unknown }): Promise<void>;
  failUpload(attempt: Attempt, error: UploadError, rows: RowCounts | null): Promise<void>;
  /** Back to `pending` without a strike: the attempt came to an orderly end. */
  releaseUpload(attempt: Attempt): Promise<void>;
}

export interface JobDeps {
  readonly store: JobStore;
  readonly objects: Objects;
  readonly inference: Inference;
  /** Digest of the model of that name; throws `model_not_found` or `model_unavailable`. */
  readonly modelFor: (name: string | null) => NonNullable<Upload["model"]>;
  readonly log: Log;
  readonly clock?: Clock;
  readonly measure?: JobMeasures;
}

/** Told of what was done, once it is saved; returns at once and never throws. */
export interface JobMeasures {
  begin(upload: Upload, modelVersion: string): (event: ScoreEvent, secondsSinceClaim: number) => void;
  /** An attempt that did not come to its end. */
  failed(code: ErrorCode, rowsRead: number): void;
}

/** `ended`: the message can go. `again`: the work may succeed later, the message goes back. */
export type JobOutcome = { readonly end: "ended" } | { readonly end: "again"; readonly error: RetainWiseError };

export async function runJob(
  deps: JobDeps,
  tenantId: string,
  uploadId: string,
  signal: AbortSignal,
  isLastReceive = false,
): Promise<JobOutcome> {
  const attempt: Attempt = { tenantId, uploadId, attemptToken: crypto.randomUUID() };
  const seen = { rows: 0 };
  let file: string | null = null;
  try {
    const claimed = await deps.store.claimUpload(tenantId, uploadId, attempt.attemptToken);
    if (claimed === null) return { end: "ended" };
    file = claimed.objectKey;
    // After the last receive nobody would come back to an upload that ended every process so far: it is not tried again.
    const { strikes } = claimed.upload;
    if (strikes > limits.strikes || (isLastReceive && strikes >= limits.maxReceiveCount)) {
      throw new RetainWiseError("poison", `Processing this file ended ${strikes - 1} times without a result.`);
    }
    await scoreUpload(deps, attempt, claimed.upload, claimed.objectKey, signal, seen);
    return { end: "ended" };
  } catch (caught) {
    const error = toRetainWiseError(caught);
    deps.measure?.failed(error.code, seen.rows);
    const outcome = await settleFailure(deps, attempt, error);
    if (error.code === "card_numbers" && file !== null && outcome.end === "ended") await forget(deps, file);
    return outcome;
  }
}

/** A file that may not be kept goes at once; what cannot be deleted now goes with its upload, and the log names it. */
async function forget({ objects, log }: JobDeps, file: string): Promise<void> {
  try {
    await objects.delete(file);
  } catch (error) {
    log("object.orphaned", { object_key: file }, error);
  }
}

async function scoreUpload(
  deps: JobDeps,
  attempt: Attempt,
  upload: Upload,
  objectKey: string,
  signal: AbortSignal,
  seen: { rows: number },
): Promise<void> {
  const { store, log, clock = systemClock } = deps;
  const correction = await startCorrection(deps, attempt, upload);
  const model = correction?.model ?? deps.modelFor(upload.options.model ?? null);
  const remembered = await store.rememberedColumns(attempt.tenantId, upload.options.model ?? "");
  // A job that ends within the first interval never writes its progress.
  const startedAt = clock.now();
  let savedAt = startedAt;

  const save = async (event: ScoreEvent): Promise<void> => {
    switch (event.type) {
      case "progress":
        if (clock.now() - savedAt < 250) return;
        savedAt = clock.now();
        return store.saveProgress(attempt, event.share);
      case "report":
        correction?.check(event);
        return event.blocked === null
          ? store.saveReport(attempt, event.report, model)
          : store.requireMapping(attempt, event.report, toUploadError(event.blocked.code, event.blocked.detail));
      case "chunk":
        correction?.keep(event);
        return store.savePredictions(attempt, event.predictions, event.rejections, event.share);
      case "end":
        if (event.rows.scored === 0) {
          const error = toUploadError("all_rows_rejected", `All ${event.rows.rejected} rows were set aside.`);
          await store.saveReport(attempt, event.report, model);
          return store.failUpload(attempt, error, event.rows);
        }
        if (correction === null)
          await store.completeUpload(attempt, { report: event.report, rows: event.rows, summary: event.summary });
        else await correction.complete(event);
        log("job.completed", {
          upload_id: attempt.uploadId,
          rows_scored: event.rows.scored,
          rows_rejected: event.rows.rejected,
        });
    }
  };
  const measure = deps.measure?.begin(upload, model.version);
  const onEvent = async (event: ScoreEvent): Promise<void> => {
    if (event.type === "progress" || event.type === "chunk") seen.rows = event.rows;
    await save(event);
    measure?.(event, (clock.now() - startedAt) / 1_000);
  };
  await deps.inference.scoreFile({
    model: model.digest,
    open: () => deps.objects.get(objectKey, upload.sha256),
    options: {
      ...upload.options,
      remembered,
      ...correction?.options,
      bytes: upload.bytes,
      output: "rows",
      explain: true,
    },
    onEvent,
    signal,
  });
}

/** What can never succeed ends the upload with its code; what may succeed later leaves it to the queue. */
async function settleFailure(deps: JobDeps, attempt: Attempt, error: RetainWiseError): Promise<JobOutcome> {
  const fields = { upload_id: attempt.uploadId, code: error.code };
  deps.log("job.failed", fields, error.kind.fault === "server" ? error : undefined);
  try {
    if (settlements[error.code] === "release") {
      // Also when only the message was lost: its next receiver need not wait until this attempt counts as dead.
      await deps.store.releaseUpload(attempt);
      return { end: "again", error };
    }
    await deps.store.failUpload(attempt, toUploadError(error.code, error.detail), null);
    return { end: "ended" };
  } catch (second) {
    // The upload itself runs out of its attempt; the message decides when it is tried again.
    // Who did not hold it has nothing to give up, whatever the second error says.
    return { end: "again", error: error.code === "lease_lost" ? error : toRetainWiseError(second) };
  }
}

/** An error as an upload shows it to a person. */
export function toUploadError(code: ErrorCode, detail: string): UploadError {
  const { title, remedy } = errorKinds[code];
  return { code, title, detail, remedy };
}
