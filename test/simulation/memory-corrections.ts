/** `src/store/corrections.ts` in memory. */
import type { CorrectionStore } from "../../src/jobs/correction.ts";
import { leaseLost } from "../../src/store/attempts.ts";
import type { Attempt } from "../../src/store/upload-store.ts";
import type { Statement } from "./memory-sweeps.ts";
import type { Tables, UploadRecord } from "./tables.ts";

export interface MemoryCorrectionDeps {
  readonly tables: Tables;
  readonly statement: Statement;
  readonly visible: (tenantId: string, uploadId: string) => UploadRecord | null;
  readonly isHeld: (attempt: Attempt) => boolean;
  readonly completeUpload: (row: UploadRecord, end: Parameters<CorrectionStore["completeCorrection"]>[1]) => void;
}

export function createMemoryCorrections({
  tables,
  statement,
  visible,
  isHeld,
  completeUpload,
}: MemoryCorrectionDeps): Pick<CorrectionStore, "findRejections" | "streamPredictions" | "completeCorrection"> {
  const rowsOf = <T>(table: Map<string, Map<number, { tenantId: string; result: T }>>, tenantId: string, id: string) =>
    [...(table.get(id)?.values() ?? [])].filter((each) => each.tenantId === tenantId).map(({ result }) => result);
  return {
    findRejections: (tenantId, uploadId, customerIds, rows) =>
      statement(`find rejections ${uploadId}`, () =>
        rowsOf(tables.rejections, tenantId, uploadId)
          .filter(
            ({ row, customerId }) => rows.includes(row) || (customerId !== null && customerIds.includes(customerId)),
          )
          .map(({ row, customerId, source }) => ({ row, customerId, source }))
          .sort((a, b) => a.row - b.row),
      ),
    async *streamPredictions(tenantId, uploadId) {
      yield await statement(`stream ${uploadId}`, () =>
        rowsOf(tables.predictions, tenantId, uploadId).sort((a, b) => a.row - b.row),
      );
    },
    completeCorrection: (attempt, end, merge) =>
      statement(`complete correction ${attempt.uploadId}`, () => {
        const own = tables.uploads.get(attempt.uploadId);
        if (own === undefined || !isHeld(attempt)) throw leaseLost();
        const { tenantId, attemptToken: token } = attempt;
        const first = visible(tenantId, merge.first.uploadId);
        const rejections = tables.rejections.get(merge.first.uploadId) ?? new Map();
        const isAsRead = first?.status === "completed" && first.rowsScored === merge.first.rowsScored;
        if (first === null || !isAsRead || merge.predictions.some(({ row }) => !rejections.has(row))) return false;
        completeUpload(own, end);
        const predictions = tables.predictions.get(first.uploadId) ?? new Map();
        tables.predictions.set(first.uploadId, predictions);
        for (const result of merge.predictions) {
          rejections.delete(result.row);
          predictions.set(result.row, { tenantId, token, result });
        }
        for (const result of merge.rejections) {
          const before = rejections.get(result.row)?.result;
          if (before === undefined) continue;
          const customerId = result.customerId ?? before.customerId;
          rejections.set(result.row, { tenantId, token, result: { ...result, customerId } });
        }
        const rows = merge.predictions.length;
        first.rowsScored += rows;
        first.rowsRejected -= rows;
        Object.assign(first, { report: merge.report, summary: merge.summary });
        if (rows > 0) first.corrections = [...first.corrections, { upload_id: own.uploadId, rows }];
        return true;
      }),
  };
}
