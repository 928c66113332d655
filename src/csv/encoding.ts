import type { EncodingError } from "./encoding-error.ts";
import { utf8 } from "./utf8.ts";
import { guessUtf16, utf16 } from "./utf16.ts";
import { windows1252 } from "./windows1252.ts";

export type Encoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * The encoding to try first, from the file's first bytes: by byte order mark, else UTF-16 where every other byte is mostly zero, else UTF-8.
 * Only the whole file shows whether it is UTF-8; if not, the decoder's `EncodingError` names `windows-1252` as its `fallback`.
 */
export function detectEncoding(head: Uint8Array): Encoding {
  if (startsWith(head, utf8(null).byteOrderMark)) return "utf-8-bom";
  if (startsWith(head, utf16("utf-16le").byteOrderMark)) return "utf-16le";
  if (startsWith(head, utf16("utf-16be").byteOrderMark)) return "utf-16be";
  return guessUtf16(head) ?? "utf-8";
}

/** What an encoding knows; offsets are those of the file. */
export interface Codec {
  readonly byteOrderMark: readonly number[];
  /** How many bytes at the end of `bytes` begin a character that they do not complete. */
  unfinished(bytes: Uint8Array): number;
  /** Decodes whole characters; throws EncodingError on bytes that are none and on NUL. */
  decode(bytes: Uint8Array, offset: number): string;
  /** The error for a file that ends inside a character. */
  cutOff(offset: number): EncodingError;
}

export interface Decoder {
  /** Takes the next bytes, cut anywhere; answers the characters that they complete. The bytes may be overwritten afterwards. */
  push(bytes: Uint8Array): string;
  /** Tells that the file is over; always answers "". */
  end(): string;
}

/**
 * A streaming, strict decoder: one leading byte order mark is dropped, nothing is ever replaced by U+FFFD, and the same text comes out
 * however the bytes are cut.
 *
 * Throws EncodingError: `csv_encoding` (invalid bytes; a NUL character, which means that the file is not text), `csv_truncated` (the file
 * ends inside a character). After an error the decoder is of no more use.
 */
export function createDecoder(encoding: Encoding): Decoder {
  const codec = createCodec(encoding);
  const mark = codec.byteOrderMark;
  let kept = new Uint8Array(0); // start of an unfinished character
  let offset = 0; // of `kept` in the file
  let started = mark.length === 0; // whether it is known if there is a byte order mark

  function push(bytes: Uint8Array): string {
    let block = kept.length === 0 ? bytes : joined(kept, bytes);
    if (!started) {
      if (block.length < mark.length && startsWith(mark, block)) {
        kept = block.slice();
        return "";
      }
      started = true;
      if (startsWith(block, mark)) {
        block = block.subarray(mark.length);
        offset += mark.length;
      }
    }
    const whole = block.length - codec.unfinished(block);
    const text = whole === 0 ? "" : codec.decode(block.subarray(0, whole), offset);
    kept = block.slice(whole);
    offset += whole;
    return text;
  }

  function end(): string {
    if (kept.length > 0) throw codec.cutOff(offset);
    return "";
  }

  return { push, end };
}

function createCodec(encoding: Encoding): Codec {
  switch (encoding) {
    case "utf-8":
      return utf8("windows-1252");
    case "utf-8-bom":
      return utf8(null); // the mark leaves no doubt
    case "utf-16le":
    case "utf-16be":
      return utf16(encoding);
    case "windows-1252":
      return windows1252();
  }
}

function startsWith(bytes: ArrayLike<number>, mark: ArrayLike<number>): boolean {
  if (bytes.length < mark.length) return false;
  for (let at = 0; at < mark.length; at++) if (bytes[at] !== mark[at]) return false;
  return true;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
