import { cellText } from "../csv/records.ts";
import { monthsOf } from "./billing-interval.ts";
import { afterGuard } from "./cell.ts";
import type { ColumnIssues } from "./column-issues.ts";
import { isMissingToken } from "./missing.ts";
import { createNumberScanner } from "./number-scanner.ts";
import type { ColumnEncoder } from "./numeric-column.ts";
import type { Feature } from "./schema.ts";

export interface IntervalColumn {
  readonly feature: Extract<Feature, { kind: "numeric" }>;
  /** Position among the model's features, and in the file's header. */
  readonly position: number;
  readonly column: number;
  readonly decimal: "." | ",";
  /** Columns of the time that an amount is for, and of how many of these times; null = one. */
  readonly interval: { readonly column: number; readonly count: number | null };
  readonly issues: ColumnIssues;
}

/** Encodes an amount per month from an amount per interval: each is divided by the months of the interval in its own row. */
export function createIntervalColumn(options: IntervalColumn): ColumnEncoder {
  const { feature, position, column, decimal, interval, issues } = options;
  const { allowed, expected } = feature;
  const scanner = createNumberScanner();
  const known = new Map<string, number>();

  function months(text: string): number {
    const found = known.get(text) ?? monthsOf(text);
    if (known.size < 100) known.set(text, found);
    return found;
  }
  function numberOf(text: string): number {
    const kind = scanner.scan(text, afterGuard(text, 0, text.length), text.length);
    if (kind === "text" || scanner.percent) return Number.NaN;
    return decimal === "." ? scanner.dotValue : scanner.commaValue;
  }

  return (sink) => {
    const { records, good, taken, features, featureCount } = sink;
    const { firstCells, firstRow } = records;
    for (let i = 0, at = position; i < taken; i++, at += featureCount) {
      const record = good[i]!;
      const row = firstRow + record;
      const textOf = (from: number) => {
        const cell = firstCells[record]! + from;
        return cell < firstCells[record + 1]! ? cellText(records, cell).trim() : "";
      };
      const text = textOf(column);
      const amount = text === "" ? Number.NaN : numberOf(text);
      const time = textOf(interval.column);
      const count = interval.count === null ? 1 : numberOf(textOf(interval.count));
      const value = amount / (months(time) * count);
      features[at] = value;
      if (value >= expected.min && value <= expected.max) continue;
      if (text === "" || isMissingToken(text)) issues.missing(sink, i, row, text);
      else if (Number.isNaN(amount)) issues.notANumber(sink, i, row, text);
      else if (!(value >= allowed.min && value <= allowed.max)) {
        if (Number.isFinite(value)) issues.outOfRange(sink, i, row, text);
        else issues.unknownInterval(sink, i, row, time);
      } else issues.outsideTraining(sink, i, row, text);
    }
  };
}
