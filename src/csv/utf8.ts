import type { Codec, Encoding } from "./encoding.ts";
import { EncodingError } from "./encoding-error.ts";

/** Strict UTF-8 (RFC 3629); `fallback` is what its errors suggest when bytes are invalid. */
export function utf8(fallback: Encoding | null): Codec {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let beyondAscii = false;

  function decode(bytes: Uint8Array, offset: number): string {
    const nul = bytes.indexOf(0);
    try {
      const text = decoder.decode(nul < 0 ? bytes : bytes.subarray(0, nul));
      if (nul >= 0) throw nulError(offset + nul);
      beyondAscii ||= text.length !== bytes.length;
      return text;
    } catch (error) {
      if (error instanceof EncodingError) throw error;
      const at = offset + firstInvalid(bytes);
      throw new EncodingError("csv_encoding", `The bytes at offset ${at} are not UTF-8.`, at, fallback);
    }
  }

  function cutOff(offset: number): EncodingError {
    // An accented letter in Windows-1252 looks like the start of a character; whoever wrote UTF-8 before does not change over.
    if (fallback !== null && !beyondAscii) {
      return new EncodingError("csv_encoding", `The last bytes, at offset ${offset}, are not UTF-8.`, offset, fallback);
    }
    return new EncodingError(
      "csv_truncated",
      `The file ends inside a UTF-8 character, at byte offset ${offset}.`,
      offset,
    );
  }

  return { byteOrderMark: [0xef, 0xbb, 0xbf], unfinished, decode, cutOff };
}

/** NUL never occurs in text: the file is something else. */
export function nulError(at: number): EncodingError {
  return new EncodingError("csv_encoding", `There is a NUL character at byte offset ${at}: the file is not text.`, at);
}

/** Bytes at the end that begin a character and can still become one. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const at = bytes.length - back;
    if ((bytes[at]! & 0xc0) === 0x80) continue;
    return characterLength(bytes, at) === CUT ? back : 0;
  }
  return 0;
}

/** Index of the first byte that belongs to no character. */
function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length <= 0) return at;
    at += length;
  }
  return at;
}

const INVALID = 0;
const CUT = -1;

/** Bytes of the character at `at`; INVALID, or CUT when the bytes end before it does. Table 3-7 of the Unicode Standard. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return INVALID;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // Shortest form only, no surrogates, nothing above U+10FFFF.
  let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let next = at + 1; next < at + length; next++) {
    if (next === bytes.length) return CUT;
    if (bytes[next]! < low || bytes[next]! > high) return INVALID;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}
