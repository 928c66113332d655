/**
 * A file of corrected rows: read as the upload that it corrects was read, scored as an upload of its own, and merged into the first when it
 * completes. What cannot be merged fails with `correction_refused`, and the first upload stays as it is.
 */
import { RetainWiseError } from "../errors.ts";
import type { Inference } from "../inference/client.ts";
import type { ScoreEvent, ScoreOptions } from "../inference/score-file.ts";
import { limits } from "../limits.ts";
import type { Completion } from "../store/attempts.ts";
import type { Merge, SetAsideRow } from "../store/corrections.ts";
import type { StoredPrediction, StoredRejection, Upload } from "../store/upload.ts";
import type { Attempt } from "../store/upload-store.ts";
import { type Clock, systemClock } from "./clock.ts";
import { correctedIssue, correctionIssues, tell } from "./correction-issues.ts";
import { otherModel, refused, refuseOtherReading } from "./correction-refusals.ts";
import { inFileOrder } from "./in-file-order.ts";
import { matchCorrections } from "./match-corrections.ts";

export interface CorrectionStore {
  getUpload(tenantId: string, uploadId: string): Promise<Upload | null>;
  /** Rows set aside that have one of the customer ids or row numbers. */
  findRejections(
    tenantId: string,
    uploadId: string,
    customerIds: readonly string[],
    rows: readonly number[],
  ): Promise<readonly SetAsideRow[]>;
  streamPredictions(tenantId: string, uploadId: string): AsyncIterable<readonly StoredPrediction[]>;
  saveProgress(attempt: Attempt, progress: number): Promise<void>;
  /** Both in one transaction; false, and nothing is done, when the first has changed since it was read. */
  completeCorrection(attempt: Attempt, end: Completion, merge: Merge): Promise<boolean>;
}

interface CorrectionDeps {
  readonly store: CorrectionStore;
  readonly inference: Pick<Inference, "summarise">;
  readonly modelFor: (name: string | null) => NonNullable<Upload["model"]>;
  readonly clock?: Clock;
}

type Chunk = Extract<ScoreEvent, { type: "chunk" }>;
type RowOfFirst = NonNullable<Chunk["firsts"]>[number];

export interface CorrectionOfUpload {
  readonly model: NonNullable<Upload["model"]>;
  readonly options: Pick<ScoreOptions, "first" | "units" | "asOf" | "remembered">;
  /** Refuses a file whose values would be read in another way than the first one's. */
  check(event: Extract<ScoreEvent, { type: "report" }>): void;
  keep(chunk: Chunk): void;
  complete(end: Completion): Promise<void>;
}

/** As often as several corrections of one upload may come in each other's way. */
const tries = 10;

/** Null for an upload that corrects none. */
export async function startCorrection(
  deps: CorrectionDeps,
  attempt: Attempt,
  { options }: Upload,
): Promise<CorrectionOfUpload | null> {
  if (options.corrects === undefined) return null;
  const { corrects } = options;
  const { store, clock = systemClock } = deps;
  const find = () => store.getUpload(attempt.tenantId, corrects);
  const first = correctable(await find());
  const model = deps.modelFor(first.options.model ?? null);
  if (model.digest !== first.model.digest) throw otherModel(first.model.version, model.version);
  const scored: Kept<StoredPrediction>[] = [];
  const rejected: Kept<StoredRejection>[] = [];

  /** Ends in the rows that the summary is made of: the first upload's and the merged, in the order of the file. */
  async function* allRows(merged: readonly StoredPrediction[]): AsyncGenerator<readonly StoredPrediction[]> {
    let savedAt = clock.now();
    for await (const rows of inFileOrder(store.streamPredictions(attempt.tenantId, corrects), merged)) {
      yield rows;
      if (clock.now() - savedAt < 250) continue;
      savedAt = clock.now();
      await store.saveProgress(attempt, 1);
    }
  }

  async function tryToComplete(end: Completion): Promise<boolean> {
    const now = correctable(await find());
    const kept = [...scored, ...rejected];
    const rows = kept.map(({ inFirst }) => inFirst.row).filter((row) => row !== null);
    const ids = kept.map(({ result }) => result.customerId).filter((id) => id !== null);
    const setAside = await store.findRejections(attempt.tenantId, corrects, ids, rows);
    const matches = matchCorrections(
      kept.map(({ result, inFirst }) => ({ customerId: result.customerId, firstRow: inFirst.row })),
      setAside,
    );
    const predictions = scored.flatMap((each, i) => asFirst(each, matches[i] ?? null)).sort((a, b) => a.row - b.row);
    const rejections = rejected.flatMap((each, i) => asFirst(each, matches[scored.length + i] ?? null));
    const unmatched = scored.filter((_, i) => matches[i] === null).map(({ result }) => result);
    const merged = now.corrections.reduce((sum, each) => sum + each.rows, predictions.length);
    const inFile = now.report.mapping.map(({ feature }) => feature);
    return store.completeCorrection(
      attempt,
      { ...end, report: tell(end.report, correctionIssues(corrects, predictions.length, rejected.length, unmatched)) },
      {
        first: now,
        predictions,
        rejections,
        report: merged === 0 ? now.report : tell(now.report, [correctedIssue(merged)]),
        summary:
          predictions.length === 0
            ? now.summary
            : await deps.inference.summarise(model.digest, inFile, allRows(predictions)),
      },
    );
  }

  return {
    model,
    options: {
      first: first.report,
      remembered: {},
      ...(options.units === undefined && first.options.units === undefined
        ? {}
        : { units: { ...first.options.units, ...options.units } }),
      ...(first.options.asOf === undefined ? {} : { asOf: first.options.asOf }),
    },
    check({ report, blocked }) {
      if (blocked === null) refuseOtherReading(first.report, report);
    },
    keep({ predictions, rejections, firsts = [] }) {
      if (scored.length + rejected.length + firsts.length > limits.correctedRows) {
        throw refused(
          `The file has more than ${limits.correctedRows} rows, which is more than is merged at a time. Split it, and upload each part with corrects.`,
        );
      }
      predictions.forEach((result, i) => void scored.push({ result, inFirst: firsts[i]! }));
      rejections.forEach((result, i) => void rejected.push({ result, inFirst: firsts[i]! }));
    },
    async complete({ report, rows, summary }) {
      for (let i = 0; i < tries; i++) {
        try {
          if (await tryToComplete({ report, rows, summary })) return;
        } catch (error) {
          // Deleted while its rows were read: the next look at it says so.
          if (!(error instanceof RetainWiseError && error.code === "not_found")) throw error;
        }
      }
      throw new RetainWiseError("lease_lost", "Other files correct the same upload; this one is tried again later.");
    },
  };
}

interface Kept<T> {
  readonly result: T;
  readonly inFirst: RowOfFirst;
}

/** The result under the row and in the columns of the first file; none where it replaces no row there. */
function asFirst<T extends StoredPrediction | StoredRejection>(
  { result, inFirst }: Kept<T>,
  place: SetAsideRow | null,
): T[] {
  return place === null ? [] : [{ ...result, row: place.row, source: inFirst.source }];
}

function correctable(upload: Upload | null) {
  if (upload === null) throw refused("The upload that this file corrects has been deleted.");
  const { status, model, report } = upload;
  if (status !== "completed" || model === null || report === null)
    throw refused(`The upload that this file corrects is ${status}: there is nothing to merge with.`);
  return { ...upload, model, report };
}
