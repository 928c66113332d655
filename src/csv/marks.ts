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

/**
 * The first of the parser's two stages (as in simdjson: Langdale and Lemire 2019, doi:10.1007/s00778-019-00578-5): finds the few
 * characters that can matter without a branch per character. It works on the text's UTF-8 bytes, since typed arrays are read faster than
 * strings, and every mark is one byte.
 */
export function createMarks(delimiter: Delimiter): Marks {
  const encoder = new TextEncoder();
  const matters = new Uint8Array(256).fill(1, 0x80); // beyond ASCII: bytes and UTF-16 units are counted differently there
  for (const mark of ["\n", "\r", '"', delimiter]) matters[mark.charCodeAt(0)] = 1;
  let bytes = new Uint8Array(0);
  const marks: Marks = {
    find: (text) => toUnits(findBytes(text)),
    positions: new Int32Array(0),
    codes: new Uint8Array(0),
    delimiter: delimiter.charCodeAt(0),
  };

  /** Puts the index of every byte that matters into `positions`: each slot is overwritten until it has got one. */
  function findBytes(text: string): number {
    if (3 * text.length + 4 > bytes.length) grow(text.length);
    const length = encoder.encodeInto(text, bytes).written;
    bytes.fill(0, length, length + 4); // four are taken at a time; 0 does not matter
    const { positions } = marks;
    let count = 0;
    for (let at = 0; at < length; at += 4) {
      positions[count] = at;
      count += matters[bytes[at]!]!;
      positions[count] = at + 1;
      count += matters[bytes[at + 1]!]!;
      positions[count] = at + 2;
      count += matters[bytes[at + 2]!]!;
      positions[count] = at + 3;
      count += matters[bytes[at + 3]!]!;
    }
    return count;
  }

  /** Keeps the marks among those bytes, with their index in UTF-16 units. */
  function toUnits(found: number): number {
    const { positions, codes } = marks;
    let count = 0;
    let surplus = 0; // bytes so far minus units so far
    for (let index = 0; index < found; index++) {
      const at = positions[index]!;
      const code = bytes[at]!;
      if (code < 0x80) {
        positions[count] = at - surplus;
        codes[count] = code;
        count++;
      } else if (code < 0xc0) surplus++;
      else if (code >= 0xf0) surplus--; // four bytes are two units
    }
    return count;
  }

  function grow(characters: number): void {
    const capacity = characters > MARKED_CHARACTERS / 4 ? Math.max(characters, MARKED_CHARACTERS) : 2 * characters + 60;
    bytes = new Uint8Array(3 * capacity + 4); // a UTF-16 unit takes at most three bytes
    marks.positions = new Int32Array(3 * capacity + 1);
    marks.codes = new Uint8Array(capacity + 1);
  }

  return marks;
}
