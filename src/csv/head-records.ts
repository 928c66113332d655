import { limits } from "../limits.ts";
import type { Delimiter } from "./dialect.ts";

/** The first records of a file as one delimiter would divide them. */
export interface HeadRecords {
  /** Cells per record, as in the parser: record r is the file's row r + 1; a blank line is one empty cell. */
  readonly records: readonly (readonly string[])[];
  /** Per record and cell: whether it was quoted. */
  readonly quoted: readonly (readonly boolean[])[];
  /** Number of quoted cells with text after the quotation: the parser would refuse them. */
  readonly malformed: number;
  /** Whether the last record is not closed by a line end: it may go on. */
  readonly open: boolean;
}

/**
 * Divides the head of a file on trial. The same rules as in `parser.ts`, except that nothing is an error: a wrong delimiter must come to
 * its end too. Stops after `most` records.
 */
export function headRecords(head: string, delimiter: Delimiter, most: number): HeadRecords {
  const records: string[][] = [];
  const quoted: boolean[][] = [];
  let cells: string[] = [];
  let marks: boolean[] = [];
  const add = (cell: string, mark: boolean) => {
    if (cells.length > limits.columnsPerFile) return; // enough to be refused
    cells.push(cell);
    marks.push(mark);
  };
  const close = () => {
    records.push(cells);
    quoted.push(marks);
    cells = [];
    marks = [];
  };
  let malformed = 0;
  let at = 0;
  while (at < head.length && records.length < most) {
    const from = at;
    let cell: string;
    if (head[at] === '"') {
      at = quotationEnd(head, at + 1);
      cell = head.slice(from + 1, at).replaceAll('""', '"');
      const closed = at + 1;
      at = bareEnd(head, closed, delimiter);
      if (head.slice(closed, at).trim() !== "") malformed++;
    } else {
      at = bareEnd(head, at, delimiter);
      cell = head.slice(from, at);
    }
    add(cell, head[from] === '"');
    if (at >= head.length) break;
    if (head[at] !== delimiter) {
      close();
      if (head[at] === "\r" && head[at + 1] === "\n") at++;
    } else if (at + 1 === head.length) add("", false);
    at++;
  }
  const open = cells.length > 0;
  if (open) close();
  return { records, quoted, malformed, open };
}

/** Index of the closing quotation mark, or the end of the text. */
function quotationEnd(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at;
}

/** Index of the next delimiter or line end, or the end of the text. */
function bareEnd(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}
