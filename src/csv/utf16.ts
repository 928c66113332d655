import type { Codec } from "./encoding.ts";
import { EncodingError } from "./encoding-error.ts";
import { nulError } from "./utf8.ts";

type Order = "utf-16le" | "utf-16be";

/** Strict UTF-16. Big-endian bytes are swapped first, since not every runtime decodes them. */
export function utf16(order: Order): Codec {
  const decoder = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });

  function unfinished(bytes: Uint8Array): number {
    const odd = bytes.length & 1;
    const last = bytes.length - odd - 2;
    return last >= 0 && isHighSurrogate(unitAt(bytes, last, order)) ? odd + 2 : odd;
  }

  function decode(bytes: Uint8Array, offset: number): string {
    const fault = firstInvalid(bytes, order);
    if (fault >= 0) {
      if (unitAt(bytes, fault, order) === 0) throw nulError(offset + fault);
      const at = offset + fault;
      throw new EncodingError("csv_encoding", `The bytes at offset ${at} are not UTF-16.`, at);
    }
    return decoder.decode(order === "utf-16le" ? bytes : swapped(bytes));
  }

  function cutOff(offset: number): EncodingError {
    return new EncodingError(
      "csv_truncated",
      `The file ends inside a UTF-16 character, at byte offset ${offset}.`,
      offset,
    );
  }

  return { byteOrderMark: order === "utf-16le" ? [0xff, 0xfe] : [0xfe, 0xff], unfinished, decode, cutOff };
}

/**
 * UTF-16 without a byte order mark shows itself by the zero bytes of its ASCII characters (delimiters, digits and line ends in any
 * language), which all stand in the upper half. Null when the bytes do not look so, or decode to characters that text does not have.
 */
export function guessUtf16(head: Uint8Array): Order | null {
  const pairs = head.length >> 1;
  let firstZero = 0;
  let secondZero = 0;
  let narrow = 0; // pairs that are two ASCII characters
  for (let at = 0; at < 2 * pairs; at += 2) {
    if (head[at] === 0) firstZero++;
    if (head[at + 1] === 0) secondZero++;
    if (isAscii(head[at]!) && isAscii(head[at + 1]!)) narrow++;
  }
  const upper = Math.max(firstZero, secondZero);
  const lower = Math.min(firstZero, secondZero);
  // A tenth is ASCII; a zero in the lower half (U+4E00, a common Chinese word) is rarer.
  if (upper === 0 || upper * 10 < pairs || lower * 4 > upper) return null;
  // ASCII with a few NULs is no UTF-16, although it would decode to Chinese.
  if (narrow + upper === pairs && narrow >= upper) return null;
  const order = secondZero > firstZero ? "utf-16le" : "utf-16be";
  return isPlainText(head.subarray(0, 2 * pairs), order) ? order : null;
}

function isAscii(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
}

function isPlainText(bytes: Uint8Array, order: Order): boolean {
  const fault = firstInvalid(bytes, order);
  if (fault >= 0 && fault < bytes.length - 2) return false; // a pair may be cut at the end
  for (let at = 0; at < bytes.length; at += 2) {
    const unit = unitAt(bytes, at, order);
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return false;
  }
  return true;
}

/** Index of the first NUL or surrogate without its partner; -1 when there is none. */
function firstInvalid(bytes: Uint8Array, order: Order): number {
  const upper = order === "utf-16le" ? 1 : 0;
  for (let at = 0; at < bytes.length; at += 2) {
    const high = bytes[at + upper]!;
    if (high === 0) {
      if (bytes[at + 1 - upper] === 0) return at;
    } else if (high >= 0xd8 && high <= 0xdf) {
      if (high > 0xdb || at + 2 === bytes.length || !isLowSurrogate(unitAt(bytes, at + 2, order))) return at;
      at += 2;
    }
  }
  return -1;
}

function unitAt(bytes: Uint8Array, at: number, order: Order): number {
  return order === "utf-16le" ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function swapped(bytes: Uint8Array): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 2) {
    turned[at] = bytes[at + 1]!;
    turned[at + 1] = bytes[at]!;
  }
  return turned;
}
