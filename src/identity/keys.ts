/** Identity by API key. What the database said of a key is believed for `limits.apiKeyCacheMilliseconds`, so a revoked one is out within a second. */
import { limits } from "../limits.ts";
import { digestKey, keyIdOf, sameDigest } from "./api-key.ts";
import { bearerOf, refused } from "./bearer.ts";
import type { Identify } from "./identity.ts";

export interface KeyDeps {
  /** The tenant and digest of a key that is in use, else null. */
  readonly findKey: (keyId: string) => Promise<KnownKey | null>;
  /** Key of the HMAC. */
  readonly secret: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface KnownKey {
  readonly tenantId: string;
  readonly digest: string;
}

export function identifyByKey({ findKey, secret, now = () => performance.now() }: KeyDeps): Identify {
  const known = new Map<string, { found: Promise<KnownKey | null>; until: number }>();

  const find = (keyId: string): Promise<KnownKey | null> => {
    const cached = known.get(keyId);
    if (cached !== undefined && cached.until > now()) return cached.found;
    const found = findKey(keyId);
    known.delete(keyId);
    known.set(keyId, { found, until: now() + limits.apiKeyCacheMilliseconds });
    // An outage must not be remembered.
    found.catch(() => known.delete(keyId));
    if (known.size > limits.apiKeysCached) known.delete(known.keys().next().value!);
    return found;
  };

  return async (request) => {
    const key = bearerOf(request);
    const keyId = keyIdOf(secret, key);
    if (keyId === null) throw refused();
    const found = await find(keyId);
    // Computed for an unknown id too: how long the answer takes must not tell which ids exist.
    const digest = digestKey(secret, key);
    if (!sameDigest(digest, found?.digest ?? digestKey(secret, "")) || found === null) throw refused();
    return { tenantId: found.tenantId, by: `key:${keyId}`, user: keyId };
  };
}
