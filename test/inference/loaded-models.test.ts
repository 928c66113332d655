/** Reloading with the real thread and real bundles from a source in memory. About 5 s. */
import assert from "node:assert/strict";
import process from "node:process";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { createInference } from "../../src/inference/client.ts";
import { createLoadedModels } from "../../src/inference/loaded-models.ts";
import { limits } from "../../src/limits.ts";
import { type BundleSource, compareBundles } from "../../src/model/bundle-source.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { makeSigningKey, signBundle } from "../model/sign-bundle.ts";
import { test } from "../slow-test.ts";
import { telecomFiles } from "./telecom-model.ts";

const key = makeSigningKey();
const wasm = await readOrtWasm();
const shipped = await telecomFiles();

/** The shipped model under another version. */
async function version(number: string, card = "card"): Promise<Map<string, Uint8Array>> {
  const files = new Map(shipped);
  const schema = { ...JSON.parse(new TextDecoder().decode(files.get("schema.json"))), version: number };
  files.set("schema.json", new TextEncoder().encode(JSON.stringify(schema)));
  files.set("card.md", new TextEncoder().encode(card));
  return (await signBundle(files, key)).files;
}

function start(allowedVersions: readonly string[] | null = null) {
  const bundles = new Map<string, { files: Map<string, Uint8Array>; revision: string }>();
  const lines: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const world = { now: 0, down: false, puts: 0 };
  const source: BundleSource = {
    async list() {
      if (world.down) throw new RetainWiseError("storage_unavailable", "down");
      const places = [...bundles].map(([number, { revision }]) => ({ name: "telecom", version: number, revision }));
      return places.sort(compareBundles);
    },
    async read(place) {
      if (world.down) throw new RetainWiseError("storage_unavailable", "down");
      return bundles.get(place.version)!.files;
    },
    stop: () => undefined,
  };
  const inference = createInference();
  const models = createLoadedModels(
    { source, inference, log: (event, fields = {}) => lines.push({ event, fields }), clock: () => world.now },
    { pinnedKeys: [key.publicKey], wasm, allowedVersions },
  );
  return {
    ...{ bundles, world, inference, models },
    put: (number: string, files: Map<string, Uint8Array>) =>
      bundles.set(number, { files, revision: String(++world.puts) }),
    /** What was logged since the last call: event and version, with the reason. */
    told: () =>
      lines.splice(0).map(({ event, fields }) => [event, fields.version, fields.reason].filter(Boolean).join(" ")),
  };
}

test("the newest serves, older ones present their results, and nothing that happens later rolls back", async () => {
  const { put, told, bundles, world, models, inference } = start();
  try {
    put("1.0.0", await version("1.0.0"));
    assert.equal(await models.look(), true);
    const first = models.get(null);
    assert.deepEqual(told(), ["model.loaded 1.0.0"]);
    put("1.1.0", await version("1.1.0"));
    await models.look();
    assert.equal(models.get(null).version, "1.1.0");
    assert.equal(models.byDigest(first.digest).version, "1.0.0");
    assert.deepEqual(told(), ["model.loaded 1.1.0"]);
    // Tampered with: refused once, however often it is looked at.
    const tampered = await version("1.2.0");
    tampered.set("card.md", new Uint8Array(1));
    put("1.2.0", tampered);
    for (let i = 0; i < 3; i++) await models.look();
    assert.deepEqual(told(), ["model.refused 1.2.0 digest_mismatch"]);
    // Other bytes under the same version, properly signed.
    put("1.1.0", await version("1.1.0", "another card"));
    await models.look();
    assert.deepEqual(told(), ["model.refused 1.1.0 version_reused"]);
    // An old bundle at a newer place.
    put("1.3.0", await version("1.0.0"));
    await models.look();
    assert.deepEqual(told(), ["model.refused 1.3.0 place_mismatch"]);
    for (const gone of ["1.1.0", "1.2.0", "1.3.0"]) bundles.delete(gone);
    for (let i = 0; i < 3; i++) await models.look();
    assert.deepEqual(told(), ["model.kept 1.1.0"]);
    world.down = true;
    assert.equal(await models.look(), false);
    assert.equal(await models.look(), false);
    assert.deepEqual(told(), ["models.unreachable"]);
    assert.equal(models.get(null).version, "1.1.0");
    assert.deepEqual(
      models.list().map((model) => model.version),
      ["1.1.0"],
    );
  } finally {
    await inference.stop();
  }
});

test("a version that is not allowed scores nothing and presents its results; one that cannot be read lets no older one in", async () => {
  const { put, told, world, models, inference } = start(["telecom@1.0.0", "telecom@1.1.0"]);
  try {
    put("0.9.0", await version("0.9.0"));
    put("2.0.0", await version("2.0.0"));
    await models.look();
    assert.deepEqual(told().sort(), [
      "model.refused 0.9.0 version_not_allowed",
      "model.refused 2.0.0 version_not_allowed",
    ]);
    assert.throws(() => models.get(null), { code: "model_unavailable" });
    world.down = true;
    put("1.0.0", await version("1.0.0"));
    await models.look();
    world.down = false;
    await models.look();
    assert.equal(models.get(null).version, "1.0.0");
  } finally {
    await inference.stop();
  }
});

test("a job keeps the version it began with, over ten reloads and a restart of the thread, in bounded memory", async () => {
  const { put, world, models, inference } = start();
  const loads = { loaded: 0, unloaded: 0 };
  const { load, unload } = inference;
  inference.load = (request) => load(request).finally(() => loads.loaded++);
  inference.unload = (digest) =>
    unload(digest).then((done) => {
      if (done) loads.unloaded++;
      return done;
    });
  try {
    put("1.0.0", await version("1.0.0"));
    await models.look();
    const began = models.get(null).digest;
    const lines = [customerHeader, ...makeCustomers(40_000, 3)].map((cells) => cells.join()).join("\n");
    const bytes = new TextEncoder().encode(lines);
    let rows = 0;
    let reloaded = false;
    let memory = 0;
    const job = inference.scoreFile({
      model: began,
      open: async function* () {
        for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
      },
      options: { bytes: bytes.length, output: "rows", explain: true },
      async onEvent(event) {
        if (event.type !== "chunk") return;
        rows += event.predictions.length;
        if (reloaded) return;
        reloaded = true;
        for (let minor = 1; minor <= 10; minor++) {
          put(`1.${minor}.0`, await version(`1.${minor}.0`));
          world.now += limits.modelGraceSeconds * 1_000;
          await models.look();
          if (minor === 3) memory = process.memoryUsage.rss();
        }
      },
    });
    await job;
    assert.equal(rows, 40_000);
    assert.equal(models.get(null).version, "1.10.0");
    // The one that serves, the one before it in its grace, and the one that the job used.
    assert.deepEqual(loads, { loaded: 11, unloaded: 8 });
    assert.ok(process.memoryUsage.rss() - memory < 200 * 2 ** 20);
    world.now += limits.modelGraceSeconds * 1_000;
    await models.look();
    assert.deepEqual(loads, { loaded: 11, unloaded: 10 });
    const customers = [{ tenure_months: 3, monthly_charges: 70, contract: "One year" }];
    await assert.rejects(inference.predict(began, customers), { code: "model_unavailable" });
    const stop = new AbortController();
    const aborted = inference.scoreFile({
      model: models.get(null).digest,
      open: async function* () {
        yield bytes;
      },
      options: { bytes: bytes.length, output: "rows", explain: true },
      onEvent: () => stop.abort(new RetainWiseError("deadline_exceeded", "too long")),
      signal: stop.signal,
    });
    await assert.rejects(aborted, { code: "deadline_exceeded" });
    assert.equal((await inference.predict(models.get(null).digest, customers)).predictions.length, 1);
    await assert.rejects(inference.predict(began, customers), { code: "model_unavailable" });
  } finally {
    await inference.stop();
  }
});
