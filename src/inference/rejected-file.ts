/** The file of the rows set aside: what stands in front of the customer's own columns, and how it is taken off again. */
import { splitRecord } from "../csv/split-record.ts";
import { guardCell, writeRecord } from "../csv/write.ts";
import type { StoredRejection, Upload } from "../store/upload.ts";

export const rejectionColumns: readonly string[] = ["row", "error_code", "error"];

export function isRejectedFile(headers: readonly string[]): boolean {
  return rejectionColumns.every((name) => headers.includes(name));
}

/**
 * Header and records of an upload's rejected.csv, without line ends. Those of a correcting upload lose the columns that it had in front, and
 * say the row of the first file: they can be corrected once more.
 */
export function rejectedRecords(upload: Upload): { header: string; record(rejection: StoredRejection): string } {
  const columns = upload.report?.columns ?? [];
  const isCorrection = upload.options.corrects !== undefined;
  const ours = isCorrection && isRejectedFile(columns) ? rejectionColumns.map((name) => columns.indexOf(name)) : [];
  const isOwn = (_: string, at: number): boolean => !ours.includes(at);
  return {
    header: writeRecord([...rejectionColumns, ...columns.filter(isOwn).map(guardCell)]),
    record({ row, errorCode, error, source }) {
      if (!isCorrection) return `${writeRecord([String(row), errorCode, error])},${source}`;
      const cells = splitRecord(source);
      const rowOfFirst = ours.length === 0 ? "" : (cells[ours[0]!] ?? "");
      return [rowOfFirst, writeRecord([errorCode, error]), ...cells.filter(isOwn)].join(",");
    },
  };
}
