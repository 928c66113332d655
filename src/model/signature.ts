/**
 * Verifies an OpenSSF Model Signing signature (key method): a Sigstore bundle v0.3 with a DSSE envelope around an in-toto statement
 * that lists every file of the bundle with its SHA-256.
 *
 * Sources: https://github.com/ossf/model-signing-spec (predicate `https://model_signing/signature/v1.0`),
 * https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md (pre-authentication encoding).
 */
import * as v from "valibot";
import { sha256Hex } from "./digest.ts";
import { ModelLoadError } from "./load-error.ts";
import { importPinnedKey, verifyEcdsa } from "./pinned-key.ts";

export const signatureFile = "model.sig";
const payloadType = "application/vnd.in-toto+json";

const Bundle = v.object({
  mediaType: v.literal("application/vnd.dev.sigstore.bundle.v0.3+json"),
  verificationMaterial: v.object({ publicKey: v.object({ hint: v.pipe(v.string(), v.hexadecimal()) }) }),
  dsseEnvelope: v.object({
    payload: v.pipe(v.string(), v.base64()),
    payloadType: v.literal(payloadType),
    signatures: v.pipe(v.array(v.object({ sig: v.pipe(v.string(), v.base64()) })), v.length(1)),
  }),
});

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Statement = v.object({
  _type: v.literal("https://in-toto.io/Statement/v1"),
  subject: v.pipe(v.array(v.object({ name: v.string(), digest: v.object({ sha256: Sha256 }) })), v.length(1)),
  predicateType: v.literal("https://model_signing/signature/v1.0"),
  predicate: v.object({
    serialization: v.object({ method: v.literal("files"), hash_type: v.literal("sha256") }),
    resources: v.pipe(
      v.array(v.object({ name: v.string(), algorithm: v.literal("sha256"), digest: Sha256 })),
      v.minLength(1),
    ),
  }),
});

export interface VerifiedSignature {
  /** SHA-256 (hex) over the digests of all files: names the whole bundle. */
  readonly digest: string;
  /** SHA-256 (hex) of the signing public key's PEM. */
  readonly keyId: string;
}

/**
 * `files` are the very bytes that will be used, by name, the signature among them; `pinnedKeys` are PEM public keys (P-256).
 * Throws ModelLoadError when the signature, one file's digest or the list of files does not hold: no file more, none less.
 */
export async function verifySignature(
  files: ReadonlyMap<string, Uint8Array>,
  pinnedKeys: readonly string[],
): Promise<VerifiedSignature> {
  const signature = files.get(signatureFile);
  if (signature === undefined) throw new ModelLoadError("signature_missing", `the bundle has no ${signatureFile}.`);
  const bundle = parseJson(Bundle, signature, signatureFile);
  const keyId = bundle.verificationMaterial.publicKey.hint.toLowerCase();
  const keys = await Promise.all(pinnedKeys.map(importPinnedKey));
  const key = keys.find((candidate) => candidate.keyId === keyId);
  if (key === undefined) {
    throw new ModelLoadError("signature_untrusted", `it was signed with key ${keyId}, which is not pinned.`);
  }
  const payload = fromBase64(bundle.dsseEnvelope.payload);
  const encoded = preAuthenticationEncoding(payload);
  if (!(await verifyEcdsa(key, fromBase64(bundle.dsseEnvelope.signatures[0]!.sig), encoded))) {
    throw new ModelLoadError("signature_invalid", `${signatureFile} was not made by the pinned key ${keyId}.`);
  }
  const statement = parseJson(Statement, payload, "the signed statement");
  await checkFiles(files, statement.predicate.resources);
  const digest = await rootDigest(statement.predicate.resources);
  if (digest !== statement.subject[0]!.digest.sha256) {
    throw new ModelLoadError("signature_malformed", "the signed statement's own digest does not hold.");
  }
  return { digest, keyId };
}

interface Resource {
  readonly name: string;
  readonly digest: string;
}

async function checkFiles(files: ReadonlyMap<string, Uint8Array>, resources: readonly Resource[]): Promise<void> {
  for (const { name } of resources) {
    if (name === "" || name === "." || name === ".." || name === signatureFile || /[/\\\0]/.test(name)) {
      throw new ModelLoadError("file_name_invalid", `${JSON.stringify(name)} is no name of a file in a flat bundle.`);
    }
  }
  const signed = new Map(resources.map((resource) => [resource.name, resource.digest]));
  if (signed.size !== resources.length) throw new ModelLoadError("signature_malformed", "a file is listed twice.");
  for (const [name, bytes] of files) {
    if (name === signatureFile) continue;
    const expected = signed.get(name);
    if (expected === undefined) throw new ModelLoadError("file_unsigned", `${name} is not among the signed files.`);
    const found = await sha256Hex(bytes);
    if (found !== expected) {
      throw new ModelLoadError("digest_mismatch", `${name} has SHA-256 ${found}, signed was ${expected}.`);
    }
  }
  for (const name of signed.keys()) {
    if (!files.has(name)) throw new ModelLoadError("bundle_incomplete", `${name} was signed and is missing.`);
  }
}

/** SHA-256 over the files' raw digests in the order of the statement (alphabetical by name). */
function rootDigest(resources: readonly Resource[]): Promise<string> {
  const digests = Uint8Array.from(
    resources.flatMap(({ digest }) => digest.match(/../g) ?? []),
    (hex) => Number.parseInt(hex, 16),
  );
  return sha256Hex(digests);
}

function preAuthenticationEncoding(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
  const encoded = new Uint8Array(head.length + payload.length);
  encoded.set(head);
  encoded.set(payload, head.length);
  return encoded;
}

function parseJson<const S extends v.GenericSchema>(schema: S, bytes: Uint8Array, what: string): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelLoadError("signature_malformed", `${what} is not JSON.`, cause);
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ModelLoadError("signature_malformed", `${what}: ${v.getDotPath(issue) ?? "root"}: ${issue.message}`);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
