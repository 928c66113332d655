import { limits } from "../limits.ts";
import { closeRecord, createBlock, nextBlock, reserveCells, toRecords } from "./block.ts";
import type { Delimiter } from "./dialect.ts";
import { createMarks, MARKED_CHARACTERS } from "./marks.ts";
import { parserError } from "./parser-error.ts";
import type { Records } from "./records.ts";
import { BARE, CLOSED, type Cursor, checkUnfinished, QUOTED, walk } from "./walk.ts";

export interface ParserOptions {
  readonly delimiter: Delimiter;
  /** Longest cell; `limits.cellCharacters` unless given. */
  readonly cellCharacters?: number;
  /** Longest record; `limits.recordCharacters` unless given. */
  readonly recordCharacters?: number;
  /** Most cells in a record; `limits.columnsPerFile` unless given. */
  readonly columns?: number;
}

export interface Parser {
  /** Takes the next piece of the decoded file, cut anywhere; answers the records that it completes (perhaps none). */
  push(text: string): Records;
  /** Tells that the file is over; answers the last record when no line end closed it. */
  end(): ParserEnd;
}

export interface ParserEnd {
  /** No record, or the one that the end of the file closed. */
  readonly records: Records;
  /** Whether the last character was a line end: a short last record without one is probably cut off. False for an empty file. */
  readonly finalLineBreak: boolean;
}

/**
 * A streaming parser of RFC 4180 text: records end with CRLF, LF or a lone CR; a cell that starts with a quotation mark may hold
 * delimiters, line ends and doubled quotation marks. The same records come out however the text is cut; memory is one piece and one
 * unfinished record.
 *
 * As in Excel, a quotation mark inside a bare cell is data (`5" pipe`). Spaces between a closing mark and the delimiter are dropped. A
 * blank line is a record of one empty bare cell.
 *
 * Throws RetainWiseError: `csv_malformed` (text after a closing quotation mark, one that is never closed, a record too long),
 * `cell_too_long`, `too_many_columns`; the detail names row, line and column. After an error the parser is of no more use.
 */
export function createParser(options: ParserOptions): Parser {
  const marks = createMarks(options.delimiter);
  const cursor: Cursor = {
    cellCharacters: options.cellCharacters ?? limits.cellCharacters,
    recordCharacters: options.recordCharacters ?? limits.recordCharacters,
    columns: options.columns ?? limits.columnsPerFile,
    state: BARE,
    recordStart: 0,
    start: 0,
    quoting: 0,
    closed: 0,
    padded: 0,
    lastCr: -2,
    line: 1,
    quotedLine: 1,
  };
  let block = createBlock(1, 1);
  let carry = ""; // the unfinished record's text; offsets count from its start, through the piece appended to it

  function push(text: string): Records {
    const base = carry.length;
    const all = carry + text; // the engines copy it only when a cell is read
    for (let at = 0; at < text.length; at += MARKED_CHARACTERS) {
      const piece = text.length <= MARKED_CHARACTERS ? text : text.slice(at, at + MARKED_CHARACTERS);
      const count = marks.find(piece);
      reserveCells(block, at === 0 ? Math.ceil(1.1 * count * (text.length / piece.length)) : count);
      const fault =
        walk(cursor, block, marks, count, base + at, all) ?? checkUnfinished(cursor, base + at + piece.length, all);
      if (fault !== null) throw parserError(fault, cursor, block);
    }
    const records = toRecords(block, all);
    if (records.count === 0) carry = all;
    else dropRecords(base, text, all);
    return records;
  }

  /** What comes next starts with the unfinished record. */
  function dropRecords(base: number, text: string, all: string): void {
    const shift = cursor.recordStart;
    carry = shift < base ? all.slice(shift) : text.slice(shift - base);
    block = nextBlock(block, shift);
    cursor.recordStart = 0;
    cursor.start -= shift;
    cursor.closed -= shift;
    cursor.padded -= shift;
    cursor.lastCr -= shift;
  }

  function end(): ParserEnd {
    const reached = carry.length;
    if (cursor.state === QUOTED) throw parserError("neverClosed", cursor, block);
    if (reached === cursor.recordStart) return { records: toRecords(block, carry), finalLineBreak: cursor.line > 1 };
    reserveCells(block, 1);
    block.starts[block.cells] = cursor.start;
    block.ends[block.cells] = cursor.state === CLOSED ? cursor.closed : reached;
    block.quoting[block.cells] = cursor.state === CLOSED ? cursor.quoting : 0;
    closeRecord(block, ++block.cells, cursor.line + 1);
    return { records: toRecords(block, carry), finalLineBreak: false };
  }

  return { push, end };
}
