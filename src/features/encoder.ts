import { type Records, recordWidth } from "../csv/records.ts";
import type { IssueCode } from "../issue-kinds.ts";
import { createBlockSink } from "./block-sink.ts";
import { createCategoryColumn } from "./category-column.ts";
import { createColumnIssues } from "./column-issues.ts";
import type { Constant } from "./constants.ts";
import { createCustomerIdColumn } from "./customer-id-column.ts";
import { createDateColumn } from "./date-column.ts";
import type { EncodedRows, RejectedRow } from "./encoded-rows.ts";
import { createHeldTally } from "./held-tally.ts";
import { type ImpliedState, impliedStates } from "./implied-state.ts";
import { createIntervalColumn } from "./interval-column.ts";
import { createIssueTally, type Issue, type IssueTally } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { NumberFormat } from "./number-format.ts";
import { type ColumnEncoder, createNumericColumn } from "./numeric-column.ts";
import type { ColumnProfile } from "./profile.ts";
import { createRowFilter } from "./row-filter.ts";
import { chargedFeature, type Feature, type Schema } from "./schema.ts";
import { createShiftDetector, shiftRule } from "./shifted-cells.ts";

export interface EncoderOptions {
  readonly schema: Schema;
  readonly mapping: readonly ColumnMapping[];
  /** By column of the file. */
  readonly formats: readonly NumberFormat[];
  readonly headers: readonly string[];
  /** Row of the file that holds the column names; 0 where there is none. */
  readonly headerRow: number;
  /** From the survey: row from which only footers follow. */
  readonly footerFrom: number | null;
  /** By column, of the whole file; without them no row is looked at for cells that stand one column too far. */
  readonly profiles?: readonly ColumnProfile[];
  /** Values that all rows have; no column is mapped to their features. */
  readonly constants?: readonly Constant[];
  /** No file but a list of customers: every record is one, however empty. */
  readonly plain?: boolean;
  /** Where issues are counted; a new one otherwise. */
  readonly tally?: IssueTally;
}

export interface Encoder {
  /** Encodes the block's records from `fromRecord` on; blocks come in the order of the file. */
  encode(records: Records, fromRecord: number): EncodedRows;
  /** Issues of all blocks so far. */
  result(): { issues: Issue[]; truncated: boolean };
}

/**
 * Second pass over a file: from cells to the model's float32 input. A value that cannot be read sets its row aside with every reason at
 * once; nothing is replaced by a default, and a missing optional value is NaN.
 */
export function createEncoder(options: EncoderOptions): Encoder {
  const { schema, mapping, headers, headerRow, footerFrom } = options;
  const tally = options.tally ?? createIssueTally();
  const filter = createRowFilter({ headers, headerRow, plain: options.plain ?? false });
  const implied = impliedStates(schema);
  const ofValues = createHeldTally(tally);
  const encoderOf = (feature: Feature, position: number) =>
    columnEncoder(options, feature, position, implied[position] ?? null, ofValues);
  const all = schema.features.map(encoderOf);
  // What another feature settles comes after it.
  const columns = [...all.filter((_, i) => implied[i] === null), ...all.filter((_, i) => implied[i] !== null)];
  const identifier = schema.known_columns.find((known) => known.role === "identifier")?.name;
  const id = mapping.find((entry) => entry.feature === identifier);
  const ids = createCustomerIdColumn(id?.index ?? null, id?.column ?? null, tally);
  const structural = (code: IssueCode, severity: "info" | "error", message: string, rule?: string) =>
    tally.counter({ code, severity, column: null, feature: null, message, ...(rule === undefined ? {} : { rule }) });
  const empty = structural("empty_row", "info", "Rows without any value are left out.");
  const footer = structural("footer_row", "info", "Totals and notices below the data are left out.");
  const guidance = structural("guidance_row", "info", "The template's line of guidance is left out.");
  const widthRule = `${headers.length} cells, as many as the header has`;
  const width = structural(
    "row_width",
    "error",
    "Rows have more or fewer cells than the header; they are set aside.",
    widthRule,
  );
  const shifts = createShiftDetector(options);
  const shifted = structural(
    "cells_shifted",
    "error",
    "Rows have cells that stand one column too far to the right or to the left; they are set aside.",
    shiftRule,
  );
  const charge = chargedFeature(schema);
  let good = new Uint32Array(0);

  return {
    encode(records, fromRecord) {
      if (good.length < records.count) good = new Uint32Array(records.count);
      tally.customersAre((row) => ids.at(records, row - records.firstRow));
      const rejected: RejectedRow[] = [];
      let taken = 0;
      for (let record = fromRecord; record < records.count; record++) {
        const row = records.firstRow + record;
        const kind = filter.kind(records, record);
        if (kind === "data") good[taken++] = record;
        else if (kind === "empty") empty(row, "");
        else if (kind === "guidance") guidance(row, start(records, record));
        else if (footerFrom !== null && row >= footerFrom) footer(row, start(records, record));
        else {
          const cells = recordWidth(records, record);
          // A totals line in the middle may be as wide as the header: it is judged by its values then.
          if (cells === headers.length) good[taken++] = record;
          else {
            width(row, start(records, record));
            const message = `The row has ${cells} cells, and the header has ${headers.length}.`;
            const value = String(cells);
            rejected.push({
              record,
              row,
              customerId: null,
              monthlyCharge: null,
              errors: [{ code: "row_width", column: null, feature: null, value, message, rule: widthRule }],
            });
          }
        }
      }
      const sink = createBlockSink(records, good, taken, columns.length, charge);
      for (const column of columns) column(sink);
      const whole = new Set<number>();
      for (let i = 0; i < taken; i++) {
        if (!sink.hasErrors(i) && !shifts.isSuspect(records, good[i]!)) continue;
        const error = shifts.find(records, good[i]!);
        if (error === null) continue;
        sink.explain(i, error);
        whole.add(records.firstRow + good[i]!);
        shifted(records.firstRow + good[i]!, error.value);
      }
      ofValues.release(whole);
      return sink.close(ids.read(sink), rejected);
    },
    result: () => tally.result(),
  };
}

function start(records: Records, record: number): string {
  const cell = records.firstCells[record]!;
  return records.text.slice(records.starts[cell]!, Math.min(records.ends[cell]!, records.starts[cell]! + 101));
}

function columnEncoder(
  { mapping, formats, constants = [] }: EncoderOptions,
  feature: Feature,
  position: number,
  implied: ImpliedState | null,
  tally: Pick<IssueTally, "counter">,
): ColumnEncoder {
  const entry = mapping.find((each) => each.feature === feature.name);
  const decimal = (entry === undefined ? undefined : formats[entry.index]?.decimal) ?? ".";
  const issues = createColumnIssues(feature, entry?.column ?? null, decimal, tally, implied);
  const constant = constants.find((each) => each.feature === feature.name);
  if (constant !== undefined) {
    return (sink) => {
      for (let i = 0; i < sink.taken; i++) {
        sink.features[i * sink.featureCount + position] = constant.encoded;
        if (constant.note !== null) sink.note(i, feature.name, constant.note);
      }
    };
  }
  if (entry === undefined) {
    return (sink) => {
      for (let i = 0; i < sink.taken; i++) {
        sink.features[i * sink.featureCount + position] = Number.NaN;
        if (feature.required) issues.missing(sink, i, sink.records.firstRow + sink.good[i]!, "");
      }
    };
  }
  const column = entry.index;
  if (feature.kind === "numeric" && entry.conversion?.date)
    return createDateColumn({ feature, position, column, ...entry.conversion.date, issues });
  if (feature.kind === "numeric" && entry.conversion?.interval)
    return createIntervalColumn({ feature, position, column, decimal, interval: entry.conversion.interval, issues });
  return feature.kind === "numeric"
    ? createNumericColumn({ feature, position, column, decimal, conversion: entry.conversion, issues })
    : createCategoryColumn({ feature, position, column, issues, implied });
}
