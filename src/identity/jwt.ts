/** Identity by JSON Web Token (RFC 7519) of an identity provider, checked with `jose` as RFC 8725 advises. */
import { errors, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from "jose";
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
  /** Throws `identity_unavailable` when the keys cannot be had; whatever else it throws refuses the token. */
  readonly keys: JWTVerifyGetKey;
}

export function identifyByJwt({ issuer, audience, tenantClaim, keys }: JwtOptions): Identify {
  const options = {
    algorithms: jwtAlgorithms,
    issuer,
    audience,
    requiredClaims: ["exp"],
    clockTolerance: limits.clockToleranceSeconds,
  };

  return async (request) => {
    const token = bearerOf(request);
    const { payload, protectedHeader } = await verify(token).catch((cause: unknown) => {
      throw cause instanceof RetainWiseError ? cause : refused(cause);
    });
    // A token made for another purpose (a logout token, an event) is signed by the same keys.
    if (!isAccessToken(protectedHeader.typ)) throw refused();
    const tenantId = Object.hasOwn(payload, tenantClaim) ? payload[tenantClaim] : null;
    if (typeof tenantId !== "string" || !uuid.test(tenantId)) throw refused();
    const user = typeof payload.sub === "string" ? payload.sub : tenantId.toLowerCase();
    return { tenantId: tenantId.toLowerCase(), by: "jwt", user };
  };

  async function verify(token: string): Promise<JWTVerifyResult> {
    try {
      return await jwtVerify(token, keys, options);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // Without the key's id each that fits is tried: a provider that changes its key has two for a while.
      for await (const key of error) {
        try {
          return await jwtVerify(token, key, options);
        } catch (cause) {
          if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
        }
      }
      throw error;
    }
  }
}

/** RFC 9068 and RFC 7519; many providers leave it out. */
function isAccessToken(type: unknown): boolean {
  if (type === undefined) return true;
  return typeof type === "string" && /^(application\/)?(at\+)?jwt$/i.test(type);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
