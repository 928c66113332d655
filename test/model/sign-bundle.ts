/** Signs bundles with a key that is made here and forgotten. */
import { generateKeyPairSync } from "node:crypto";
import { readSigningKey, type SigningKey, signFiles } from "../../src/model/sign.ts";

export function makeSigningKey(): SigningKey & { readonly pem: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return { ...readSigningKey(pem), pem };
}

export async function signBundle(
  files: ReadonlyMap<string, Uint8Array>,
  key: SigningKey = makeSigningKey(),
): Promise<{ files: Map<string, Uint8Array>; publicKey: string }> {
  const signed = new Map(files);
  signed.set("model.sig", await signFiles(files, "test", key));
  return { files: signed, publicKey: key.publicKey };
}
