import { cellText } from "../csv/records.ts";
import type { ColumnIssues } from "./column-issues.ts";
import { type DateOrder, monthsBetween, readDate } from "./date-reading.ts";
import { isMissingToken } from "./missing.ts";
import type { ColumnEncoder } from "./numeric-column.ts";
import type { Feature } from "./schema.ts";

export interface DateColumn {
  readonly feature: Extract<Feature, { kind: "numeric" }>;
  /** Position among the model's features, and in the file's header. */
  readonly position: number;
  readonly column: number;
  readonly order: DateOrder;
  /** The day that is "now", yyyymmdd. */
  readonly asOf: number;
  readonly issues: ColumnIssues;
}

/** Encodes a number of whole months from a column of dates; a day after `asOf` is out of range. */
export function createDateColumn({ feature, position, column, order, asOf, issues }: DateColumn): ColumnEncoder {
  const { allowed, expected } = feature;
  return (sink) => {
    const { records, good, taken, features, featureCount } = sink;
    const { firstCells, firstRow } = records;
    for (let i = 0, at = position; i < taken; i++, at += featureCount) {
      const record = good[i]!;
      const cell = firstCells[record]! + column;
      const row = firstRow + record;
      const text = cell < firstCells[record + 1]! ? cellText(records, cell).trim() : "";
      const value = monthsBetween(readDate(text, 0, text.length, order), asOf);
      features[at] = value;
      if (value >= expected.min && value <= expected.max) continue;
      if (text === "" || isMissingToken(text)) issues.missing(sink, i, row, text);
      else if (Number.isNaN(value)) issues.notADate(sink, i, row, text);
      else if (value < allowed.min || value > allowed.max) issues.outOfRange(sink, i, row, text);
      else issues.outsideTraining(sink, i, row, text);
    }
  };
}
