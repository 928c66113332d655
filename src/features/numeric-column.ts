import { cellText, type Records } from "../csv/records.ts";
import type { BlockSink } from "./block-sink.ts";
import { afterGuard, trimEnd, trimStart } from "./cell.ts";
import type { ColumnIssues } from "./column-issues.ts";
import { type Conversion, convert } from "./conversion.ts";
import { isMissingToken } from "./missing.ts";
import { createNumberScanner, plainNumber } from "./number-scanner.ts";
import type { Feature } from "./schema.ts";

/** Encodes one feature for the rows of a block. */
export type ColumnEncoder = (sink: BlockSink) => void;

export interface NumericColumn {
  readonly feature: Extract<Feature, { kind: "numeric" }>;
  /** Position among the model's features, and in the file's header. */
  readonly position: number;
  readonly column: number;
  readonly decimal: "." | ",";
  /** What makes the values the feature's, or null where they are. */
  readonly conversion: Conversion | null;
  readonly issues: ColumnIssues;
}

export function createNumericColumn({
  feature,
  position,
  column,
  decimal,
  conversion,
  issues,
}: NumericColumn): ColumnEncoder {
  const decimalCode = decimal === "." ? 46 : 44;
  const { allowed, expected, integer } = feature;
  const scanner = createNumberScanner();

  /** Any dress but the usual: NaN when there is no number, and `dressedText` then says what there is. */
  let dressedText = "";
  let hasOtherMark = false;
  function dressed(records: Records, cell: number): number {
    const { text, quoting, ends } = records;
    const isDoubled = quoting[cell] === 2;
    const source = isDoubled ? cellText(records, cell) : text;
    const cellStart = isDoubled ? 0 : records.starts[cell]!;
    const cellEnd = isDoubled ? source.length : ends[cell]!;
    const from = trimStart(source, cellStart, cellEnd);
    const end = trimEnd(source, from, cellEnd);
    const start = afterGuard(source, from, end);
    const kind = start === end ? "text" : scanner.scan(source, start, end);
    dressedText = "";
    hasOtherMark = false;
    if (kind !== "text" && !scanner.percent) {
      const value = decimal === "." ? scanner.dotValue : scanner.commaValue;
      if (!Number.isNaN(value)) return value;
      hasOtherMark = true;
    }
    dressedText = source.slice(start, end);
    return Number.NaN;
  }

  return (sink) => {
    const { records, good, taken, features, featureCount } = sink;
    const { text, starts, ends, firstCells, firstRow } = records;
    for (let i = 0, at = position; i < taken; i++, at += featureCount) {
      const record = good[i]!;
      const cell = firstCells[record]! + column;
      if (cell >= firstCells[record + 1]!) {
        features[at] = Number.NaN;
        issues.missing(sink, i, firstRow + record, "");
        continue;
      }
      let value = plainNumber(text, starts[cell]!, ends[cell]!, decimalCode);
      if (Number.isNaN(value)) value = dressed(records, cell);
      if (conversion !== null) value = convert(value, conversion);
      features[at] = value;
      if (value >= expected.min && value <= expected.max && (!integer || Math.floor(value) === value)) continue;
      const row = firstRow + record;
      if (Number.isNaN(value)) {
        if (dressedText === "" || isMissingToken(dressedText)) issues.missing(sink, i, row, dressedText);
        else if (hasOtherMark) issues.wrongDecimalMark(sink, i, row, dressedText);
        else issues.notANumber(sink, i, row, dressedText);
      } else if (value < allowed.min || value > allowed.max)
        issues.outOfRange(sink, i, row, cellText(records, cell).trim());
      else {
        if (value < expected.min || value > expected.max)
          issues.outsideTraining(sink, i, row, cellText(records, cell).trim());
        if (integer && Math.floor(value) !== value) issues.notWhole(row, cellText(records, cell).trim());
      }
    }
  };
}
