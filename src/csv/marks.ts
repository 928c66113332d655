import type { Delimiter } from "./dialect.ts";

/** Where a text holds delimiters, line ends and quotation marks; `find` overwrites or replaces the arrays. */
export interface Marks {
  /** Finds them in `text`, at most `MARKED_CHARACTERS` long; answers how many there are. */
  find(text: string): number;
  /** Per mark: its index in the text (UTF-16 units), ascending. */
  positions: Int32Array;
  /** Per mark: its character code. */
  codes: Uint8Array;
  /** The delimiter's character code. */
  readonly delimiter: number;
}

/** Longest text of one `find`: small enough for its tables to stay in the processor's cache. */
export const MARKED_CHARACTERS = 65_536;

const IS_MARK = 1;
/** UTF-16 units that a byte brings less than one, times 2, beside `IS_MARK`: continuation bytes bring none, a lead of four bytes two. */
const NO_UNIT = 2;
const TWO_UNITS = -2;

/**
 * The first of the parser's two stages (as in simdjson: Langdale and Lemire 2019, doi:10.1007/s00778-019-00578-5): finds the few
 * characters that can matter without a branch per character. It works on the text's UTF-8 bytes, since typed arrays are read faster than
 * strings, and every mark is one byte.
 */
export function createMarks(delimiter: Delimiter): Marks {
  const encoder = new TextEncoder();
  const table = new Int8Array(256);
  table.fill(NO_UNIT, 0x80, 0xc0);
  table.fill(TWO_UNITS, 0xf0, 0xf8);
  for (const mark of ["\n", "\r", '"', delimiter]) table[mark.charCodeAt(0)] = IS_MARK;
  let bytes = new Uint8Array(0);
  const marks: Marks = {
    find,
    positions: new Int32Array(0),
    codes: new Uint8Array(0),
    delimiter: delimiter.charCodeAt(0),
  };

  function find(text: string): number {
    if (3 * text.length + 4 > bytes.length) grow(text.length);
    const length = encoder.encodeInto(text, bytes).written;
    bytes.fill(0, length, length + 4); // the loops take four at a time; 0 is no mark
    return length === text.length ? findAscii(length) : findAny(length);
  }

  function grow(characters: number): void {
    const capacity = characters > MARKED_CHARACTERS / 4 ? Math.max(characters, MARKED_CHARACTERS) : 2 * characters + 60;
    bytes = new Uint8Array(3 * capacity + 4); // a UTF-16 unit takes at most three bytes
    marks.positions = new Int32Array(capacity + 1);
    marks.codes = new Uint8Array(capacity + 1);
  }

  /** Every byte is one character. A slot is overwritten until it has got a mark. */
  function findAscii(length: number): number {
    const { positions, codes } = marks;
    let count = 0;
    for (let at = 0; at < length; at += 4) {
      positions[count] = at;
      count += table[bytes[at]!]!;
      positions[count] = at + 1;
      count += table[bytes[at + 1]!]!;
      positions[count] = at + 2;
      count += table[bytes[at + 2]!]!;
      positions[count] = at + 3;
      count += table[bytes[at + 3]!]!;
    }
    for (let mark = 0; mark < count; mark++) codes[mark] = bytes[positions[mark]!]!;
    return count;
  }

  function findAny(length: number): number {
    const { positions, codes } = marks;
    let count = 0;
    let surplus = 0; // bytes so far minus UTF-16 units so far
    for (let at = 0; at < length; at++) {
      const code = bytes[at]!;
      const kind = table[code]!;
      positions[count] = at - surplus;
      codes[count] = code;
      count += kind & 1;
      surplus += kind >> 1;
    }
    return count;
  }

  return marks;
}
