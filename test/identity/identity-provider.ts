/** An identity provider of the tests: keys made when it starts, tokens as asked. */
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTHeaderParameters, SignJWT } from "jose";

export const issuer = "https://provider.example/";
export const audience = "retainwise";

export type Claims = Readonly<Record<string, unknown>>;

export interface IdentityProvider {
  readonly keySet: JSONWebKeySet;
  readonly privateKey: CryptoKey;
  /** A token that is right in everything but what is changed; a claim or header set to undefined is left out. */
  token(claims?: Claims, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function createIdentityProvider(alg = "ES256", kid: string | null = "key-1"): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const id = kid === null ? {} : { kid };
  return {
    keySet: { keys: [{ ...(await exportJWK(publicKey)), ...id, alg, use: "sig" }] },
    privateKey,
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const all = { iss: issuer, aud: audience, iat: now, exp: now + 600, ...claims };
      const protectedHeader = JSON.parse(JSON.stringify({ alg, ...id, typ: "JWT", ...header })) as JWTHeaderParameters;
      return new SignJWT(JSON.parse(JSON.stringify(all))).setProtectedHeader(protectedHeader).sign(privateKey);
    },
  };
}
