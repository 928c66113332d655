import type { Records } from "../csv/records.ts";
import { type ColumnProfiler, createColumnProfiler } from "./column-profiler.ts";
import type { DateOrder } from "./date-reading.ts";
import type { NumberStats } from "./number-summary.ts";
import { createRowFilter, type RowFilterOptions } from "./row-filter.ts";

/** What the whole file says about one column. Plain data: it may cross threads. */
export interface ColumnProfile {
  /** Cells seen; `blank` of them hold nothing but space, `missing` a word such as `N/A`. */
  readonly count: number;
  readonly blank: number;
  readonly missing: number;
  /** How many cells read as a number by which convention; `text` is what is no number and not missing. */
  readonly numbers: {
    readonly plain: number;
    readonly dot: number;
    readonly comma: number;
    /** `1.000`: thousand with a decimal comma, one with a decimal dot. */
    readonly eitherDot: number;
    readonly eitherComma: number;
    /** Numbers with four or more digits before the decimal mark and no grouping. */
    readonly ungrouped: number;
    readonly percent: number;
    readonly text: number;
  };
  readonly currencies: readonly { readonly code: string; readonly count: number }[];
  /** The numbers as read with a decimal dot, and with a decimal comma. */
  readonly dot: NumberStats | null;
  readonly comma: NumberStats | null;
  /** Every different text (trimmed), or null when there are more than 64. */
  readonly distinct: readonly { readonly text: string; readonly count: number }[] | null;
  /** How many different texts: exact up to 64, then within about 2 %. */
  readonly distinctEstimate: number;
  /** Share of the cells that look like a date, 0…1. */
  readonly dateShare: number;
  /** Dates looked at, by what they show of the order of day and month; `fixed` have but one. */
  readonly dateOrders: Readonly<Record<DateOrder | "either" | "fixed", number>>;
  /** Characters of the longest cell. */
  readonly maxLength: number;
  /** Cells that are full payment card numbers. */
  readonly cards: number;
  readonly examples: readonly { readonly row: number; readonly value: string }[];
}

/** What the first pass over a file finds. */
export interface Survey {
  readonly columns: readonly ColumnProfile[];
  /** Rows that hold a customer, and rows left out of the profiles. */
  readonly rows: number;
  readonly emptyRows: number;
  readonly guidanceRows: number;
  readonly wrongWidthRows: number;
  /** Row from which only report footers (totals, copyright) and empty rows follow, or null. */
  readonly footerFrom: number | null;
}

export interface Profiler {
  add(records: Records, fromRecord: number): void;
  result(): Survey;
}

/** Profiles every column in one pass; memory depends on the number of columns only. */
export function createProfiler(options: RowFilterOptions): Profiler {
  const width = options.headers.length;
  const filter = createRowFilter(options);
  const columns: ColumnProfiler[] = Array.from({ length: width }, createColumnProfiler);
  let rows = 0;
  let emptyRows = 0;
  let guidanceRows = 0;
  let wrongWidthRows = 0;
  let footerFrom: number | null = null;
  let footerRun = 0;
  let good = new Uint32Array(0);

  return {
    add(records, fromRecord) {
      if (good.length < records.count) good = new Uint32Array(records.count);
      let taken = 0;
      for (let record = fromRecord; record < records.count; record++) {
        const kind = filter.kind(records, record);
        if (kind === "footer_like") {
          footerFrom ??= records.firstRow + record;
          footerRun++;
        } else if (kind === "empty") emptyRows++;
        else {
          rows += footerRun;
          footerFrom = null;
          footerRun = 0;
          if (kind === "data") good[taken++] = record;
          else if (kind === "guidance") guidanceRows++;
          else wrongWidthRows++;
        }
      }
      rows += taken;
      for (let column = 0; column < width; column++) addColumn(columns[column]!, records, column, good, taken);
    },
    result: () => ({
      columns: columns.map((column) => column.result()),
      rows,
      emptyRows,
      guidanceRows,
      wrongWidthRows,
      footerFrom,
    }),
  };
}

function addColumn(profiler: ColumnProfiler, records: Records, column: number, good: Uint32Array, taken: number): void {
  const { text, starts, ends, firstCells, firstRow } = records;
  for (let i = 0; i < taken; i++) {
    const record = good[i]!;
    const cell = firstCells[record]! + column;
    // A row may end before the last columns where these have no name.
    if (cell < firstCells[record + 1]!) profiler.add(text, starts[cell]!, ends[cell]!, firstRow + record);
  }
}
