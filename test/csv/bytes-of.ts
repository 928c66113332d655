import type { Encoding } from "../../src/csv/encoding.ts";

/** The text as bytes; with a byte order mark in "utf-8-bom" and UTF-16. Windows-1252 knows only the characters that tests use. */
export function bytesOf(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case "utf-8":
      return new TextEncoder().encode(text);
    case "utf-8-bom":
      return new TextEncoder().encode(`\ufeff${text}`);
    case "utf-16le":
    case "utf-16be": {
      const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
      const bytes = [0xfeff, ...units].flatMap((unit) => [unit & 0xff, unit >> 8]);
      if (encoding === "utf-16be")
        for (let at = 0; at < bytes.length; at += 2) bytes.splice(at, 2, bytes[at + 1]!, bytes[at]!);
      return Uint8Array.from(bytes);
    }
    case "windows-1252":
      return Uint8Array.from(text, (character) => {
        const byte = windows1252.get(character) ?? character.charCodeAt(0);
        if (byte > 0xff) throw new Error(`no byte for ${character}`);
        return byte;
      });
  }
}

const windows1252 = new Map([
  ["€", 0x80],
  ["Ž", 0x8e],
  ["“", 0x93],
  ["”", 0x94],
  ["–", 0x96],
  ["œ", 0x9c],
]);
