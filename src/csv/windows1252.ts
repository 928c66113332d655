import type { Codec } from "./encoding.ts";
import { EncodingError } from "./encoding-error.ts";
import { nulError } from "./utf8.ts";

/**
 * Windows-1252 by Microsoft's table (unicode.org, VENDORS/MICSFT/WINDOWS/CP1252.TXT). Not by `TextDecoder`: Node's gets 0x80 to 0x9f wrong,
 * and the web's gives the five undefined bytes control characters, where they show that the file is in another encoding.
 */
export function windows1252(): Codec {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** By way of UTF-8: the engines make a string of that faster than we can of codes. */
  function decode(bytes: Uint8Array, offset: number): string {
    const utf8 = new Uint8Array(3 * bytes.length);
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte < 0x80) {
        if (byte === 0) throw nulError(offset + at);
        utf8[length++] = byte;
        continue;
      }
      const code = upperHalf[byte - 0x80]!;
      if (code === UNDEFINED) throw undefinedByte(byte, offset + at);
      if (code < 0x800) utf8[length++] = 0xc0 | (code >> 6);
      else {
        utf8[length++] = 0xe0 | (code >> 12);
        utf8[length++] = 0x80 | ((code >> 6) & 0x3f);
      }
      utf8[length++] = 0x80 | (code & 0x3f);
    }
    return decoder.decode(utf8.subarray(0, length));
  }

  return { byteOrderMark: [], unfinished: () => 0, decode, cutOff };
}

const UNDEFINED = 0;

/** The characters of the bytes 0x80 to 0x9f; a space where there is none. From 0xa0 on they are those of Latin-1. */
const windowsOnly = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
const upperHalf = new Uint16Array(128);
for (let at = 0; at < 128; at++) {
  const code = at < 32 ? windowsOnly.charCodeAt(at) : 0x80 + at;
  upperHalf[at] = code === 0x20 ? UNDEFINED : code;
}

function undefinedByte(byte: number, at: number): EncodingError {
  const hex = byte.toString(16).toUpperCase();
  const detail = `The file is not UTF-8, and the byte ${hex} at offset ${at} does not exist in Windows-1252: its encoding is unknown.`;
  return new EncodingError("csv_encoding", detail, at);
}

/** Every byte is a whole character. */
function cutOff(offset: number): EncodingError {
  return new EncodingError("csv_truncated", `The file ends inside a character, at byte offset ${offset}.`, offset);
}
