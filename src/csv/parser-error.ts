import { type ErrorCode, RetainWiseError } from "../errors.ts";
import type { Block } from "./block.ts";
import { BARE, type Cursor, type Fault } from "./walk.ts";

/** The error for a fault at the cursor: says row, line and column (from 1), and what to look for. */
export function parserError(fault: Fault | "neverClosed", cursor: Cursor, block: Block): RetainWiseError {
  const row = block.firstRow + block.records;
  const line = block.lines[block.records]!;
  const column = block.cells - block.firstCells[block.records]! + 1;
  const [code, detail] = describe(fault, cursor, { row, line, column });
  return new RetainWiseError(code, detail, { issues: [{ code, detail, row }] });
}

interface Place {
  readonly row: number;
  /** Physical line on which the row starts. */
  readonly line: number;
  readonly column: number;
}

function describe(fault: Fault | "neverClosed", cursor: Cursor, place: Place): [ErrorCode, string] {
  const { row, line, column } = place;
  const cell = `row ${row} (line ${line}), column ${column}`;
  switch (fault) {
    case "textAfterQuote":
      return [
        "csv_malformed",
        `In ${cell} there is text after the closing quotation mark. A quotation mark inside a quoted cell must be doubled.`,
      ];
    case "neverClosed":
      return ["csv_malformed", neverClosed(cursor, cell)];
    case "recordTooLong":
      return [
        "csv_malformed",
        `Row ${row} (line ${line}) is longer than ${cursor.recordCharacters} characters. Perhaps its line ends are missing.`,
      ];
    case "cellTooLong": {
      const hint =
        cursor.state === BARE
          ? ""
          : ` It starts with a quotation mark on line ${cursor.quotedLine}; perhaps that is never closed.`;
      return ["cell_too_long", `The cell in ${cell} is longer than ${cursor.cellCharacters} characters.${hint}`];
    }
    case "tooManyColumns":
      return ["too_many_columns", `Row ${row} (line ${line}) has more than ${cursor.columns} columns.`];
  }
}

function neverClosed(cursor: Cursor, cell: string): string {
  const swallowed = cursor.line - cursor.quotedLine;
  if (swallowed === 0) {
    return `The file ends inside a quotation, opened in ${cell}, on its last line: the file was perhaps cut off.`;
  }
  const where = `The quotation mark that opens the cell in ${cell}, on line ${cursor.quotedLine}, is never closed`;
  return `${where}: the whole rest of the file, ${swallowed} line end${swallowed === 1 ? "" : "s"}, was taken for that one cell.`;
}
