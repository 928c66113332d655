import { createDecoder, detectEncoding } from "./encoding.ts";
import { EncodingError } from "./encoding-error.ts";

export type ContentKind =
  | "empty"
  | "text"
  | "zip"
  | "xlsx"
  | "xls"
  | "ods"
  | "gzip"
  | "pdf"
  | "parquet"
  | "html"
  | "xml"
  | "json"
  | "binary";

export interface Content {
  readonly kind: ContentKind;
  /** What it is, for a sentence: "This is …". */
  readonly name: string;
}

/**
 * What a file is, from its first bytes (`limits.headBytes` of them), whatever it is called and whatever media type was claimed. "text" is
 * what may be a CSV; whitespace alone, or nothing, is "empty". Never throws.
 */
export function sniffContent(head: Uint8Array): Content {
  if (head.length === 0) return empty;
  const known = magicNumbers.find(([bytes]) => bytes.every((byte, at) => head[at] === byte));
  if (known !== undefined) return known[1] === "zip" ? archive(head) : { kind: known[1], name: known[2] };
  const text = sampleText(head);
  return text === null ? { kind: "binary", name: "a binary file" } : markup(text.trim());
}

const empty: Content = { kind: "empty", name: "an empty file" };

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** First bytes of well-known files, from their specifications. */
const magicNumbers: readonly [bytes: number[], kind: ContentKind, name: string][] = [
  [ascii("PK\x03\x04"), "zip", "a ZIP archive"],
  [ascii("PK\x05\x06"), "zip", "a ZIP archive"],
  [ascii("PK\x07\x08"), "zip", "a ZIP archive"],
  [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "xls", "an Excel workbook (.xls, or one with a password)"],
  [[0x1f, 0x8b], "gzip", "a gzip archive"],
  [ascii("%PDF-"), "pdf", "a PDF document"],
  [[...ascii("PAR1"), 0x15], "parquet", "a Parquet file"],
  [ascii("BZh91AY"), "binary", "a bzip2 archive"],
  [[0xfd, ...ascii("7zXZ")], "binary", "an xz archive"],
  [[0x28, 0xb5, 0x2f, 0xfd], "binary", "a Zstandard archive"],
  [[...ascii("7z"), 0xbc, 0xaf], "binary", "a 7-Zip archive"],
  [ascii("Rar!\x1a"), "binary", "a RAR archive"],
  [ascii("SQLite format 3"), "binary", "an SQLite database"],
  [ascii("{\\rtf"), "binary", "an RTF document"],
  [[0x89, ...ascii("PNG")], "binary", "a picture"],
  [[0xff, 0xd8, 0xff], "binary", "a picture"],
];

/** Which program's ZIP it is: by the names of its entries, which stand in the clear. */
function archive(head: Uint8Array): Content {
  const names = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  if (names.includes("application/vnd.oasis.opendocument.spreadsheet")) {
    return { kind: "ods", name: "an OpenDocument spreadsheet (.ods)" };
  }
  if (names.includes("xl/")) return { kind: "xlsx", name: "an Excel workbook (.xlsx)" };
  if (names.includes("word/")) return { kind: "zip", name: "a Word document" };
  if (names.includes(".iwa")) return { kind: "zip", name: "an Apple Numbers or Pages document" };
  return { kind: "zip", name: "a ZIP archive" };
}

/** The head as text; null when it cannot be any. Text in an encoding we do not know is text still: decoding will say so. */
function sampleText(head: Uint8Array): string | null {
  const encoding = detectEncoding(head);
  const wide = encoding === "utf-16le" || encoding === "utf-16be";
  if (!wide && (head.includes(0) || hasControls(head))) return null;
  try {
    return createDecoder(encoding).push(head);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    const nul = head[error.byteOffset] === 0 && head[error.byteOffset + 1] === 0;
    if (wide && nul) return null;
    return Array.from(head.subarray(0, 1024), (byte) => String.fromCharCode(byte)).join("");
  }
}

/** More than 2 % control characters: random bytes have 10 %, text has none but tabs and line ends. */
function hasControls(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) controls++;
  return controls * 50 > head.length;
}

function markup(text: string): Content {
  if (text === "") return empty;
  const start = text.slice(0, 16).toLowerCase();
  if (["<!doctype html", "<html", "<table", "<head", "<body"].some((tag) => start.startsWith(tag))) {
    return { kind: "html", name: "a web page (HTML)" };
  }
  if (start.startsWith("<?xml")) return { kind: "xml", name: "an XML document" };
  const opening = start.replaceAll(/\s/g, "").slice(0, 2);
  if (['{"', "[{", "[[", "{}", "[]"].includes(opening)) return { kind: "json", name: "a JSON document" };
  return { kind: "text", name: "text" };
}
