/** Where the next page starts, as an opaque text. It comes back from a URL, so nothing about it is taken on trust. */
import { Buffer } from "node:buffer";
import { RetainWiseError } from "../errors.ts";

export function writeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Fails with `bad_request` unless the text is a cursor whose parts pass `check`. */
export function readCursor<T extends readonly unknown[]>(
  text: string,
  check: (parts: readonly unknown[]) => parts is T,
): T {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(parts) && check(parts)) return parts;
  } catch {
    // Not JSON: answered below.
  }
  throw new RetainWiseError("bad_request", "The cursor is not one that an earlier answer gave for this list.");
}
