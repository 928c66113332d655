import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";

const Cursor = v.strictObject({ scope: v.string(), at: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)) });

/**
 * What the client gets as `next_cursor`: base64url JSON that it hands back as it is. It remembers which list it belongs to, because a
 * place in one order or filter means nothing in another.
 */
export function encodeCursor(scope: readonly (string | null)[], at: string | null): string | null {
  if (at === null) return null;
  return Buffer.from(JSON.stringify({ scope: scopeDigest(scope), at })).toString("base64url");
}

/** The store's own cursor; throws `bad_request` for what is no cursor or belongs to another list. */
export function decodeCursor(scope: readonly (string | null)[], cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const parsed = v.safeParse(Cursor, jsonOf(cursor));
  if (!parsed.success) throw cursorError("The cursor is not one that this service gave out.");
  if (parsed.output.scope !== scopeDigest(scope)) {
    throw cursorError("The cursor belongs to a list with another order or filter; start again without a cursor.");
  }
  return parsed.output.at;
}

function jsonOf(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(cursor, "base64url")));
  } catch {
    return null;
  }
}

function scopeDigest(scope: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(scope)).digest("base64url").slice(0, 16);
}

function cursorError(detail: string): RetainWiseError {
  return new RetainWiseError("bad_request", detail, { issues: [{ code: "invalid", detail, parameter: "cursor" }] });
}
