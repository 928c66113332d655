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
  const keyId = `rw_${randomBytes(12).toString("base64url")}`;
  const key = `${keyId}.${randomBytes(32).toString("base64url")}`;
  return { keyId, key, digest: digestKey(secret, key) };
}

/** The id of a key, null for a text that cannot be one. */
export function keyIdOf(key: string): string | null {
  return /^(rw_[A-Za-z0-9_-]{16})\.[A-Za-z0-9_-]{43}$/.exec(key)?.[1] ?? null;
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
