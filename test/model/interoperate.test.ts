/** What we sign Python's model-signing verifies, and the other way round. About 5 s. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBundleFolder } from "../../src/model/folder.ts";
import { verifySignature } from "../../src/model/signature.ts";
import { run, temporaryFolder } from "../front-door/cli.ts";
import { telecomFiles } from "../inference/telecom-model.ts";
import { referencePython, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { makeSigningKey } from "./sign-bundle.ts";

const python = referencePython();
const skip = skipWithout("Python with training/requirements.txt", python !== null);
const folder = temporaryFolder();
after(() => folder.remove());
const key = makeSigningKey();
const keyFile = join(folder.path, "private.pem");
const publicFile = join(folder.path, "public.pem");
writeFileSync(keyFile, key.pem, { mode: 0o600 });
writeFileSync(publicFile, key.publicKey);

/** The shipped bundle without its signature. */
async function unsigned(name: string): Promise<string> {
  const path = join(folder.path, name);
  mkdirSync(path);
  for (const [file, bytes] of await telecomFiles()) if (file !== "model.sig") writeFileSync(join(path, file), bytes);
  return path;
}

function modelSigning(verb: "sign" | "verify", bundle: string, ...options: string[]) {
  const signature = ["--signature", join(bundle, "model.sig"), "--no-ignore-git-paths"];
  const args = ["-m", "model_signing", verb, "key", bundle, ...signature, ...options];
  const { status, stdout, stderr } = spawnSync(python!, args, { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

test("Python verifies what `model sign` signed, and not a bundle changed after it", { skip }, async () => {
  const bundle = await unsigned("ours");
  const { code, stdout, stderr } = await run(["model", "sign", bundle, "--key", keyFile]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, key.publicKey);
  const { status, said } = modelSigning("verify", bundle, "--public_key", publicFile);
  assert.equal(status, 0, said);
  writeFileSync(join(bundle, "card.md"), "another card");
  assert.notEqual(modelSigning("verify", bundle, "--public_key", publicFile).status, 0);
});

test("we verify what Python signed", { skip }, async () => {
  const bundle = await unsigned("theirs");
  const { status, said } = modelSigning("sign", bundle, "--private_key", keyFile);
  assert.equal(status, 0, said);
  assert.match((await verifySignature(await readBundleFolder(bundle), [key.publicKey])).digest, /^[0-9a-f]{64}$/);
});

test("nothing is signed that would not load, and a key that cannot sign is refused by name", async () => {
  const bundle = await unsigned("broken");
  writeFileSync(join(bundle, "model.onnx"), readFileSync(join(bundle, "model.onnx")).subarray(0, 1000));
  const broken = await run(["model", "sign", bundle, "--key", keyFile]);
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /truncated/);
  assert.ok(!(await readBundleFolder(bundle)).has("model.sig"));
  const wrongKey = await run(["model", "sign", bundle, "--key", publicFile]);
  assert.equal(wrongKey.code, 2);
  assert.match(wrongKey.stderr, /private key/);
});
