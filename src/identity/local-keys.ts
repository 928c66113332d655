/** An identity provider's keys out of a file (RFC 7517). */
import { createLocalJWKSet, importJWK, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { RetainWiseError } from "../errors.ts";

/** Throws `config_invalid` for a text that is no JSON Web Key Set, for one without a key, and for a private or shared key: it has no business here. */
export async function localKeys(text: string): Promise<JWTVerifyGetKey> {
  const set = parse(text);
  if (set.keys.length === 0) throw invalid("the file holds no key");
  for (const key of set.keys) {
    if (key.kty === "oct" || key.d !== undefined)
      throw invalid("the file holds a secret key; it must hold public keys only");
    await importJWK(key, key.alg ?? algorithmOf(key.kty, key.crv)).catch((cause: unknown) => {
      throw invalid("the file holds a key that cannot be used", cause);
    });
  }
  return createLocalJWKSet(set);
}

function parse(text: string): JSONWebKeySet {
  try {
    const set: JSONWebKeySet = JSON.parse(text);
    createLocalJWKSet(set);
    return set;
  } catch (cause) {
    throw invalid("the file is not a JSON Web Key Set", cause);
  }
}

/** Only to import the key once; what it may verify is decided with each token. */
function algorithmOf(type: string | undefined, curve: string | undefined): string {
  if (type === "EC") return curve === "P-521" ? "ES512" : curve === "P-384" ? "ES384" : "ES256";
  return type === "OKP" ? "EdDSA" : "RS256";
}

function invalid(what: string, cause?: unknown): RetainWiseError {
  return new RetainWiseError("config_invalid", `RETAINWISE_JWT_KEYS: ${what}.`, { cause });
}
