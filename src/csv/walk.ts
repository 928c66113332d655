import { type Block, closeRecord } from "./block.ts";
import type { Marks } from "./marks.ts";

/** Where the parser stands: in a bare cell (or at the start of any), inside a quotation, behind one (or at a doubled mark). */
export const BARE = 0;
export const QUOTED = 1;
export const CLOSED = 2;

/** The parser's state between two marks, and its limits. Offsets count from the start of the text that the parser holds. */
export interface Cursor {
  readonly cellCharacters: number;
  readonly recordCharacters: number;
  readonly columns: number;
  state: typeof BARE | typeof QUOTED | typeof CLOSED;
  /** Start of the unfinished record. */
  recordStart: number;
  /** Start of the unfinished cell, behind its quotation mark if it has one. */
  start: number;
  /** Of the unfinished cell, as in `Records.quoting`. */
  quoting: number;
  /** When CLOSED: the mark that ended the quotation. */
  closed: number;
  /** When CLOSED: up to here only spaces were seen behind the quotation. */
  padded: number;
  /** The last CR: an LF directly behind it belongs to it. */
  lastCr: number;
  /** Physical line, from 1. */
  line: number;
  /** Line on which the last quotation began. */
  quotedLine: number;
}

export type Fault = "cellTooLong" | "recordTooLong" | "tooManyColumns" | "textAfterQuote";

const QUOTE = 34;
const LF = 10;
const CR = 13;
const SPACE = 32;

/**
 * The second of the parser's two stages: goes from mark to mark, writes cells and records into `block` (which has room for `count` more
 * cells) and moves the cursor. The `count` marks lie at `offset` plus their positions in `text`. Stops at a fault and answers it.
 */
export function walk(
  cursor: Cursor,
  block: Block,
  marks: Marks,
  count: number,
  offset: number,
  text: string,
): Fault | null {
  const { positions, codes, delimiter } = marks;
  const { starts, ends, quoting: quotings } = block;
  const { cellCharacters, columns } = cursor;
  // Local copies: this loop runs on every cell of a file, and fields are slower.
  let { state, recordStart, start, quoting, closed, lastCr, line, quotedLine } = cursor;
  let { cells } = block;
  let lastCell = block.firstCells[block.records]! + columns;
  let fault: Fault | null = null;
  for (let mark = 0; mark < count; mark++) {
    const at = offset + positions[mark]!;
    const code = codes[mark]!;
    let end = at;
    if (state === BARE) {
      if (code === QUOTE) {
        if (at !== start) continue; // data: 5" pipe
        start = at + 1;
        state = QUOTED;
        quoting = 1;
        quotedLine = line;
        continue;
      }
      if (code === LF && at === lastCr + 1) {
        start = at + 1;
        recordStart = start;
        continue;
      }
    } else if (state === QUOTED) {
      if (code === QUOTE) {
        state = CLOSED;
        closed = at;
      } else if (code === CR) {
        lastCr = at;
        line++;
      } else if (code === LF && at !== lastCr + 1) line++;
      continue;
    } else {
      if (code === QUOTE && at === closed + 1) {
        state = QUOTED;
        quoting = 2;
        continue;
      }
      end = closed;
    }
    if (end - start > cellCharacters) {
      fault = "cellTooLong";
      break;
    }
    if (state === CLOSED) {
      if (at !== closed + 1 && (code === QUOTE || !onlySpaces(text, Math.max(cursor.padded, closed + 1), at))) {
        fault = "textAfterQuote";
        break;
      }
      quotings[cells] = quoting;
      state = BARE;
    }
    starts[cells] = start;
    ends[cells] = end;
    cells++;
    start = at + 1;
    if (code === delimiter) {
      if (cells < lastCell) continue;
      fault = "tooManyColumns";
      break;
    }
    if (code === CR) lastCr = at;
    line++;
    closeRecord(block, cells, line);
    recordStart = start;
    lastCell = cells + columns;
  }
  block.cells = cells;
  Object.assign(cursor, { state, recordStart, start, quoting, closed, lastCr, line, quotedLine });
  return fault;
}

/** Whether what follows the last mark up to `reached` already breaks a limit or the quotation: a hostile file must not fill the memory. */
export function checkUnfinished(cursor: Cursor, reached: number, text: string): Fault | null {
  const closed = cursor.state === CLOSED;
  if ((closed ? cursor.closed : reached) - cursor.start > cursor.cellCharacters) return "cellTooLong";
  if (closed) {
    if (!onlySpaces(text, Math.max(cursor.padded, cursor.closed + 1), reached)) return "textAfterQuote";
    cursor.padded = reached;
  }
  return reached - cursor.recordStart > cursor.recordCharacters ? "recordTooLong" : null;
}

function onlySpaces(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) !== SPACE) return false;
  return true;
}
