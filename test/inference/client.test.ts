import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { createInference, type ScoreRequest } from "../../src/inference/client.ts";
import { anyBundle } from "../../src/model/admission.ts";
import { readPinnedKeys } from "../../src/model/pinned-keys.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { after, test } from "../slow-test.ts";
import { keysFolder, telecomFiles } from "./telecom-model.ts";

const inference = createInference();
const [files, pinnedKeys, wasm] = await Promise.all([telecomFiles(), readPinnedKeys(keysFolder), readOrtWasm()]);
const model = (await inference.load({ files, pinnedKeys, wasm, admission: anyBundle, purpose: "score" })).digest;
after(() => inference.stop());

const lines = [customerHeader, ...makeCustomers(20_000, 21)].map((cells) => cells.join()).join("\n");
const bytes = new TextEncoder().encode(lines);

/** A request for the whole file that counts what is open, and the rows that came back. */
function request(change: Partial<ScoreRequest> = {}) {
  const seen = { open: 0, rows: 0 };
  const request: ScoreRequest = {
    model,
    open: async function* () {
      seen.open++;
      try {
        for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
      } finally {
        seen.open--;
      }
    },
    options: { bytes: bytes.length, output: "rows", explain: true },
    onEvent: (event) => {
      if (event.type === "chunk") seen.rows += event.predictions.length;
    },
    ...change,
  };
  return { request, seen };
}

async function scoresAll(): Promise<void> {
  const { request: whole, seen } = request();
  await inference.scoreFile(whole);
  assert.deepEqual(seen, { open: 0, rows: 20_000 });
}

test("scores a file and closes it", scoresAll);

test("two files at once do not disturb each other", async () => {
  await Promise.all([scoresAll(), scoresAll()]);
});

test("what cannot be saved fails the call with its own error, closes the file, and the next file scores", async () => {
  for (const failsAt of ["report", "chunk", "end"]) {
    const { request: failing, seen } = request({
      onEvent: (event) => {
        if (event.type === failsAt) throw new RetainWiseError("lease_lost", failsAt);
      },
    });
    await assert.rejects(inference.scoreFile(failing), { code: "lease_lost", detail: failsAt });
    await scoresAll();
    assert.equal(seen.open, 0, failsAt);
  }
});

test("what cannot be read fails the call with its own error, and the next file scores", async () => {
  const { request: failing } = request({
    open: async function* () {
      yield bytes.subarray(0, 200_000);
      throw new RetainWiseError("object_corrupt", "other bytes");
    },
  });
  await assert.rejects(inference.scoreFile(failing), { code: "object_corrupt" });
  await scoresAll();
});

test("an abort ends the call with its reason at once, closes the file, and the thread comes back with its models", async () => {
  const stop = new AbortController();
  const { request: stopped, seen } = request({
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "chunk") stop.abort(new RetainWiseError("deadline_exceeded", "too long"));
    },
  });
  await assert.rejects(inference.scoreFile(stopped), { code: "deadline_exceeded" });
  await scoresAll();
  assert.equal(seen.open, 0);
  const { predictions } = await inference.predict(model, [
    { tenure_months: 3, monthly_charges: 70, contract: "One year" },
  ]);
  assert.equal(predictions.length, 1);
});

test("a model that was not loaded is refused", async () => {
  await assert.rejects(inference.scoreFile(request({ model: "0".repeat(64) }).request), { code: "model_unavailable" });
});
