/** A new version of the model while the service works, as an operator would bring one. About 20 s. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { telecomFiles } from "../inference/telecom-model.ts";
import { makeSigningKey, signBundle } from "../model/sign-bundle.ts";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const models = join(folder.path, "models");
const keys = join(folder.path, "keys");
const key = makeSigningKey();
mkdirSync(keys);
writeFileSync(join(keys, "test.pem"), key.publicKey);
await put("1.0.0");
const service = await startService(join(folder.path, "home"), {
  RETAINWISE_MODELS: models,
  RETAINWISE_MODEL_KEYS: keys,
});
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

async function put(version: string, spoil: (files: Map<string, Uint8Array>) => void = () => undefined) {
  const files = await telecomFiles();
  const schema = { ...JSON.parse(new TextDecoder().decode(files.get("schema.json"))), version };
  files.set("schema.json", new TextEncoder().encode(JSON.stringify(schema)));
  const signed = (await signBundle(files, key)).files;
  spoil(signed);
  const place = join(models, "telecom", version);
  mkdirSync(place, { recursive: true });
  for (const [name, bytes] of signed) writeFileSync(join(place, name), bytes);
}

/** Asks for a look, and waits until the log says so. */
async function reloaded(pattern: RegExp): Promise<void> {
  service.process.kill("SIGHUP");
  for (let tries = 0; !pattern.test(service.output()); tries++) {
    assert.ok(tries < 1_200, service.output());
    await sleep(50);
  }
}

const csv = (count: number) => [customerHeader, ...makeCustomers(count, 5)].map((cells) => cells.join()).join("\n");

async function accepted(count: number): Promise<string> {
  return ((await (await upload(service, csv(count))).json()) as { upload_id: string }).upload_id;
}

interface Facts {
  readonly status: string;
  readonly progress: number;
  readonly model: { readonly version: string; readonly digest: string } | null;
}
const facts = async (id: string) => (await (await fetch(`${service.url}/v1/uploads/${id}`)).json()) as Facts;
const versionOf = async (id: string) => {
  assert.equal((await settled(service, id)).status, "completed");
  return (await facts(id)).model?.version;
};
const listed = async () => {
  const { data } = (await (await fetch(`${service.url}/v1/models`)).json()) as { data: { version: string }[] };
  return data.map(({ version }) => version);
};

test("a job ends with the version it began with, the next has the new one, and nothing rolls it back", async () => {
  const first = await accepted(150_000);
  while ((await facts(first)).model === null) await sleep(20);
  await put("1.1.0");
  await reloaded(/"event":"model.loaded".*"version":"1\.1\.0"/);
  assert.equal((await facts(first)).status, "processing", "the new version was there before the job ended");
  assert.equal(await versionOf(first), "1.0.0");
  assert.equal(await versionOf(await accepted(10)), "1.1.0");
  assert.deepEqual(await listed(), ["1.1.0"]);

  // Results of the version before stay readable.
  const page = await fetch(`${service.url}/v1/uploads/${first}/predictions/2`);
  assert.equal(((await page.json()) as { model: { version: string } }).model.version, "1.0.0");

  await put("1.2.0", (files) => files.set("card.md", new TextEncoder().encode("tampered")));
  await reloaded(/"event":"model.refused".*"version":"1\.2\.0","reason":"digest_mismatch".*"serving":"1\.1\.0"/);
  assert.equal(await versionOf(await accepted(10)), "1.1.0");

  rmSync(join(models, "telecom/1.1.0"), { recursive: true });
  await reloaded(/"event":"model.kept".*"version":"1\.1\.0"/);
  assert.equal(await versionOf(await accepted(10)), "1.1.0");
  assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
});
