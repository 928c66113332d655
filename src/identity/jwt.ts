/** Identity by JSON Web Token (RFC 7519) of an identity provider, checked with `jose` as RFC 8725 advises. */
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { bearerOf, refused } from "./bearer.ts";
import type { Identify } from "./identity.ts";

/** Signatures by asymmetric keys only: with a shared secret, whoever checks tokens can make them. */
export const jwtAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

export interface JwtOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Name of the claim that holds the tenant's id (a UUID). */
  readonly tenantClaim: string;
  readonly keys: JWTVerifyGetKey;
}

export function identifyByJwt({ issuer, audience, tenantClaim, keys }: JwtOptions): Identify {
  return async (request) => {
    const token = bearerOf(request);
    const claims = await verify(token);
    const tenantId = claims[tenantClaim];
    if (typeof tenantId !== "string" || !uuid.test(tenantId)) throw refused();
    return { tenantId: tenantId.toLowerCase(), by: "jwt" };
  };

  async function verify(token: string) {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: jwtAlgorithms,
        issuer,
        audience,
        requiredClaims: ["exp"],
        clockTolerance: limits.clockToleranceSeconds,
      });
      // A token made for another purpose (a logout token, an event) is signed by the same keys.
      const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, "") ?? "jwt";
      if (type !== "jwt" && type !== "at+jwt") throw refused();
      return payload;
    } catch (cause) {
      if (cause instanceof RetainWiseError) throw cause;
      throw cause instanceof errors.JWKSInvalid ? unavailable(cause) : refused(cause);
    }
  }
}

/** The provider's keys (RFC 7517): fetched when a token names one that is not known, at most twice a minute, and once an hour. */
export function remoteKeys(url: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    timeoutDuration: limits.jwksMilliseconds,
    cooldownDuration: 30_000,
    cacheMaxAge: limits.jwksSeconds * 1_000,
    [customFetch]: fetchKeys,
  });
}

/** Whatever goes wrong here is the provider's outage, and must be told from a bad token. */
async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, options);
    if (response.status !== 200) throw new Error(`the key set's address answered ${response.status}`);
    return Response.json(await response.json());
  } catch (cause) {
    throw unavailable(cause);
  }
}

const unavailable = (cause: unknown): RetainWiseError =>
  new RetainWiseError("identity_unavailable", "The identity provider's keys cannot be fetched.", { cause });

/** The text of a JSON Web Key Set. Throws `config_invalid` for anything else. */
export function localKeys(text: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(text));
  } catch (cause) {
    throw new RetainWiseError("config_invalid", "RETAINWISE_JWT_KEYS: the file is not a JSON Web Key Set.", { cause });
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
