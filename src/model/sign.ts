/**
 * Signs a bundle in the OpenSSF Model Signing format (key method), as Python's `model-signing` does: what one writes the other verifies.
 * Sources: as in `signature.ts`.
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { RetainWiseError } from "../errors.ts";
import { sha256Hex } from "./digest.ts";
import { signatureFile } from "./signature.ts";

export interface SigningKey {
  /** PEM, SubjectPublicKeyInfo: what a verifier pins. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** A private key from PEM (PKCS #8 or SEC 1, not encrypted); it must be ECDSA P-256. Throws `usage`. */
export function readSigningKey(pem: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new RetainWiseError("usage", "The key is not an unencrypted private key in PEM.", { cause });
  }
  if (privateKey.asymmetricKeyType !== "ec" || privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new RetainWiseError("usage", "The key is not an ECDSA key on the curve P-256.");
  }
  return { privateKey, publicKey: String(createPublicKey(pem).export({ type: "spki", format: "pem" })) };
}

/** Bytes of `model.sig` over all files but itself; `subject` is the name that the statement gives the model. */
export async function signFiles(
  files: ReadonlyMap<string, Uint8Array>,
  subject: string,
  key: SigningKey,
): Promise<Uint8Array> {
  const names = [...files.keys()].filter((name) => name !== signatureFile).sort();
  const resources = await Promise.all(
    names.map(async (name) => ({ name, algorithm: "sha256", digest: await sha256Hex(files.get(name)!) })),
  );
  const digests = Buffer.from(resources.map(({ digest }) => digest).join(""), "hex");
  return signStatement(
    {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: subject, digest: { sha256: await sha256Hex(digests) } }],
      predicateType: "https://model_signing/signature/v1.0",
      predicate: {
        serialization: { method: "files", hash_type: "sha256", allow_symlinks: false, ignore_paths: [signatureFile] },
        resources,
      },
    },
    key,
  );
}

/** The Sigstore bundle around a statement, which is signed as it is. */
export async function signStatement(statement: unknown, { privateKey, publicKey }: SigningKey): Promise<Uint8Array> {
  const payload = Buffer.from(JSON.stringify(statement));
  const encoded = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      publicKey: { hint: await sha256Hex(new TextEncoder().encode(publicKey)) },
      tlogEntries: [],
    },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType,
      signatures: [{ sig: sign("sha256", encoded, privateKey).toString("base64"), keyid: "" }],
    },
  };
  return new TextEncoder().encode(JSON.stringify(bundle));
}

const payloadType = "application/vnd.in-toto+json";
