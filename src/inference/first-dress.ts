import { splitRecord } from "../csv/split-record.ts";
import { unguardCell, writeCell } from "../csv/write.ts";
import { RetainWiseError } from "../errors.ts";
import { shorten } from "../features/issue.ts";
import { rejectionColumns } from "./rejected-file.ts";
import type { FirstReading, UnderstoodFile } from "./survey.ts";

/** A row of a corrected file as the first file has it. */
export interface RowOfFirst {
  /** What the column `row` says; null where that says nothing. */
  readonly row: number | null;
  /** A record with the columns of the first file. */
  readonly source: string;
}

/**
 * Puts records of a corrected file back into the columns of the first, with its decimal sign: a spreadsheet that saved the file may have written
 * all of its numbers in another way. Throws `correction_refused` where a column of the first file is missing.
 */
export function createFirstDress(
  { headers, report }: UnderstoodFile,
  first: FirstReading,
): (source: string) => RowOfFirst {
  const isRow = (name: string): boolean => name === rejectionColumns[0];
  const hasRow = headers.filter(isRow).length > first.columns.filter(isRow).length;
  const rowColumn = hasRow ? headers.findIndex(isRow) : -1;
  const columns = findColumns(headers, first.columns);
  const [from, to] = [report.csv?.decimal, first.csv?.decimal];
  const identifier = first.mapping.find(({ feature }) => feature === "customer_id")?.column;
  const inDress = (cell: string, column: number): string =>
    from === to || first.columns[column] === identifier ? cell : withDecimal(cell, to === "," ? "," : ".");
  return (source) => {
    const cells = splitRecord(source);
    const row = rowColumn < 0 ? "" : (cells[rowColumn] ?? "").replaceAll('"', "").trim();
    return {
      row: /^\d{1,9}$/.test(row) ? Number(row) : null,
      source: columns.map((at, column) => inDress(cells[at] ?? "", column)).join(","),
    };
  };
}

/**
 * Where each column of the first file is in this one. From behind, since a column of the customer's own may be called "row" too, and ours stand
 * in front; each once, since names may be there twice.
 */
function findColumns(headers: readonly string[], columns: readonly string[]): number[] {
  const open = headers.map((header): string | null => unguardCell(header));
  return columns
    .toReversed()
    .map((column) => {
      const at = open.lastIndexOf(unguardCell(column));
      if (at >= 0) open[at] = null;
      else
        throw new RetainWiseError(
          "correction_refused",
          `The column ${JSON.stringify(shorten(column))} of the first file is missing. Put it back, so that its rows stay whole.`,
        );
      return at;
    })
    .reverse();
}

/** Of a plain number; anything else stays as it is. */
function withDecimal(cell: string, decimal: "." | ","): string {
  const found = /^"?([+-]?\d+)[.,](\d+)"?$/.exec(cell);
  return found === null ? cell : writeCell(`${found[1]}${decimal}${found[2]}`);
}
