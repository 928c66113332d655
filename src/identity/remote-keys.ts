/**
 * The keys of an identity provider (RFC 7517), fetched over HTTP. Ours and not jose's: that one reads an answer of any size, asks again with
 * every request while the provider is down, and forgets keys that it knows ten minutes after the provider went away.
 */
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export interface RemoteKeysOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/**
 * Known keys are used at once and fetched anew behind the caller's back once they are `limits.jwksFreshSeconds` old; without an answer of the
 * provider they are good for `limits.jwksStaleSeconds`. A key that is not known is looked for at most once in `limits.jwksCooldownSeconds`.
 * Throws `identity_unavailable` where only the provider could tell.
 */
export function remoteKeys(url: URL, { now = () => performance.now() }: RemoteKeysOptions = {}): JWTVerifyGetKey {
  let known: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly since: number } | null = null;
  let last: { readonly at: number; readonly failure: RetainWiseError | null } | null = null;
  let fetching: Promise<void> | null = null;

  const age = (since: number): number => (now() - since) / 1_000;
  const coolingDown = (): boolean => last !== null && age(last.at) < limits.jwksCooldownSeconds;

  const fetchKeys = (): Promise<void> => {
    fetching ??= fetchSet(url)
      .then((set) => {
        known = { find: createLocalJWKSet(set), since: now() };
        last = { at: now(), failure: null };
      })
      .catch((cause: unknown) => {
        last = { at: now(), failure: unavailable(cause) };
      })
      .finally(() => {
        fetching = null;
      });
    return fetching;
  };

  return async (header, token) => {
    const usable = known !== null && age(known.since) < limits.jwksStaleSeconds ? known : null;
    if (usable !== null) {
      if (age(usable.since) >= limits.jwksFreshSeconds && !coolingDown()) void fetchKeys();
      try {
        return await usable.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        if (coolingDown() && last?.failure === null) throw error;
      }
    }
    if (!coolingDown()) await fetchKeys();
    if (last?.failure != null) throw last.failure;
    if (known === null) throw unavailable();
    return known.find(header, token);
  };
}

async function fetchSet(url: URL) {
  // One deadline for the answer and its body; a redirect could lead anywhere, so it is none.
  const response = await fetch(url, {
    redirect: "manual",
    signal: AbortSignal.timeout(limits.jwksMilliseconds),
    headers: { accept: "application/jwk-set+json, application/json" },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the provider's keys were answered with ${response.status}`);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > limits.jwksBytes) throw new Error("the provider's keys are too large");
    pieces.push(piece);
  }
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces)));
}

function unavailable(cause?: unknown): RetainWiseError {
  return new RetainWiseError("identity_unavailable", "The identity provider's keys cannot be fetched.", { cause });
}
