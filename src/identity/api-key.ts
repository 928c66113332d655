/** API keys: `id.secret`. The whole is shown once; we keep its HMAC, so that neither a leaked table nor a backup lets anyone in. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export interface IssuedKey {
  readonly keyId: string;
  /** `id.secret`, 256 random bits; to be shown once. */
  readonly key: string;
  /** HMAC-SHA-256 under the service's secret, hex. */
  readonly digest: string;
}

export function issueKey(secret: string): IssuedKey {
  const id = randomBytes(idBytes);
  const keyId = `rw_${Buffer.concat([id, tagOf(secret, id)]).toString("base64url")}`;
  const key = `${keyId}.${randomBytes(32).toString("base64url")}`;
  return { keyId, key, digest: digestKey(secret, key) };
}

/** The id of a key, null for a text that cannot be one, and for an id that this service has not made: such a flood never reaches the database. */
export function keyIdOf(secret: string, key: string): string | null {
  const keyId = /^(rw_[A-Za-z0-9_-]{16})\.[A-Za-z0-9_-]{43}$/.exec(key)?.[1];
  if (keyId === undefined) return null;
  const bytes = Buffer.from(keyId.slice("rw_".length), "base64url");
  const id = bytes.subarray(0, idBytes);
  return timingSafeEqual(tagOf(secret, id), bytes.subarray(idBytes)) ? keyId : null;
}

const idBytes = 8;

/** Four bytes that tell our ids from made-up ones; what lets anybody in is the digest. */
function tagOf(secret: string, id: Uint8Array): Buffer {
  return createHmac("sha256", secret).update("id").update(id).digest().subarray(0, 4);
}

export function digestKey(secret: string, key: string): string {
  return createHmac("sha256", secret).update(key).digest("hex");
}

/** In time that does not depend on where they differ. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === right.length && timingSafeEqual(left, right);
}
