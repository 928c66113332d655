import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelLoadError } from "../../src/model/load-error.ts";
import { readPinnedKeys } from "../../src/model/pinned-keys.ts";
import { verifySignature } from "../../src/model/signature.ts";
import { keysFolder, telecomFiles } from "../inference/telecom-model.ts";
import { signBundle } from "./sign-bundle.ts";

const pinned = await readPinnedKeys(keysFolder);
const reason = (expected: string) => (error: unknown) => error instanceof ModelLoadError && error.reason === expected;

test("the shipped bundle was signed by the pinned key", async () => {
  const { digest, keyId } = await verifySignature(await telecomFiles(), pinned);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.match(keyId, /^[0-9a-f]{64}$/);
});

test("one changed bit in any file is seen", async () => {
  for (const name of (await telecomFiles()).keys()) {
    const files = await telecomFiles();
    const bytes = files.get(name)!.slice();
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    files.set(name, bytes);
    await assert.rejects(verifySignature(files, pinned), ModelLoadError, name);
  }
});

test("a file too many, a file missing and no signature are seen, each by name", async () => {
  const added = await telecomFiles();
  added.set("extra.txt", new Uint8Array([1]));
  await assert.rejects(verifySignature(added, pinned), reason("file_unsigned"));
  const missing = await telecomFiles();
  missing.delete("card.md");
  await assert.rejects(verifySignature(missing, pinned), reason("bundle_incomplete"));
  const unsigned = await telecomFiles();
  unsigned.delete("model.sig");
  await assert.rejects(verifySignature(unsigned, pinned), reason("signature_missing"));
});

test("a bundle signed by a key that is not pinned is refused, and accepted once it is", async () => {
  const { files, publicKey } = await signBundle(await telecomFiles());
  await assert.rejects(verifySignature(files, pinned), reason("signature_untrusted"));
  await verifySignature(files, [...pinned, publicKey]);
});

test("a signature under another key's name does not count", async () => {
  const ours = await signBundle(await telecomFiles());
  const theirs = await signBundle(await telecomFiles());
  const forged = JSON.parse(new TextDecoder().decode(theirs.files.get("model.sig")));
  forged.verificationMaterial.publicKey.hint = JSON.parse(
    new TextDecoder().decode(ours.files.get("model.sig")),
  ).verificationMaterial.publicKey.hint;
  ours.files.set("model.sig", new TextEncoder().encode(JSON.stringify(forged)));
  await assert.rejects(verifySignature(ours.files, [ours.publicKey]), reason("signature_invalid"));
});

test("a signature that is not one is refused as malformed", async () => {
  for (const text of ["", "{}", "[]", "not json", '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.2+json"}']) {
    const files = await telecomFiles();
    files.set("model.sig", new TextEncoder().encode(text));
    await assert.rejects(verifySignature(files, pinned), reason("signature_malformed"), text);
  }
});
