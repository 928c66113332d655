import { limits } from "../limits.ts";

/** Name of an upload that came without a usable one. */
export const defaultFilename = "upload.csv";

/**
 * A file name as it may be shown: no path, no control characters, nothing that turns the writing direction around, at most
 * `limits.filenameCharacters`. It is never used as a path or key.
 */
export function displayFilename(given: string | undefined): string {
  let name = "";
  for (const character of (given ?? "").toWellFormed()) {
    if (character === "/" || character === "\\") name = "";
    else if (!isUnsafe(character.codePointAt(0)!)) name += character;
  }
  name = name.trim();
  if (name === "" || name === "." || name === "..") return defaultFilename;
  return shortened(name, limits.filenameCharacters);
}

/** `Content-Disposition` (RFC 6266) for a download: a plain ASCII name for old clients and the real one beside it. */
export function attachment(filename: string): string {
  let ascii = "";
  for (const character of filename) ascii += /^[A-Za-z0-9 ._()+-]$/.test(character) ? character : "_";
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeRfc8187(filename)}`;
}

/** `customers.csv` and `predictions` give `customers.predictions.csv`. */
export function downloadName(filename: string, kind: string): string {
  const dot = filename.lastIndexOf(".");
  const stem = dot > 0 ? filename.slice(0, dot) : filename;
  return `${shortened(stem, limits.filenameCharacters - kind.length - 5)}.${kind}.csv`;
}

/** Control characters, line separators, marks and overrides of the writing direction, invisible characters, U+FEFF. */
function isUnsafe(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  if (code === 0x061c || code === 0xfeff || code === 0xfffd) return true;
  return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f);
}

/** Cuts the middle out so that the ending stays; never between two halves of a character. */
function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : "";
  let kept = "";
  for (const character of name) {
    if (kept.length + character.length + ending.length > most) break;
    kept += character;
  }
  return kept + ending;
}

function encodeRfc8187(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
