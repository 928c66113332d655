import { limits } from "../limits.ts";
import type { Delimiter } from "./dialect.ts";

/** The first records of a file as one delimiter would divide them. */
export interface HeadRecords {
  /** Cells per record, as in the parser: record r is the file's row r + 1; a blank line is one empty cell. */
  readonly records: readonly (readonly string[])[];
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
  let cells: string[] = [];
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
    if (cells.length <= limits.columnsPerFile) cells.push(cell);
    if (at >= head.length) break;
    if (head[at] !== delimiter) {
      records.push(cells);
      cells = [];
      if (head[at] === "\r" && head[at + 1] === "\n") at++;
    } else if (at + 1 === head.length) cells.push("");
    at++;
  }
  const open = cells.length > 0;
  if (open) records.push(cells);
  return { records, malformed, open };
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
