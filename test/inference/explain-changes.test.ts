import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import type { ChangedCustomer } from "../../src/api/services.ts";
import { RetainWiseError } from "../../src/errors.ts";
import type { Feature } from "../../src/features/schema.ts";
import { createInference } from "../../src/inference/client.ts";
import { explainChanges, type SchemasByDigest } from "../../src/inference/explain-changes.ts";
import { limits } from "../../src/limits.ts";
import { anyBundle } from "../../src/model/admission.ts";
import type { ModelInfo } from "../../src/model/load.ts";
import { readPinnedKeys } from "../../src/model/pinned-keys.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { rawScores } from "../../src/shap/score.ts";
import type { StoredPrediction } from "../../src/store/upload.ts";
import { makeSigningKey, signBundle } from "../model/sign-bundle.ts";
import { bruteForce } from "../shap/brute-force.ts";
import { type Tree, treesToEnsemble } from "../shap/tree-text.ts";
import { after, test } from "../slow-test.ts";
import { shippedSchema, smallBundle } from "./small-bundle.ts";
import { keysFolder, telecomFiles } from "./telecom-model.ts";

const inference = createInference();
after(() => inference.stop());
const key = makeSigningKey();
const wasm = await readOrtWasm();
const pinnedKeys = [...(await readPinnedKeys(keysFolder)), key.publicKey];
const known = new Map<string, ModelInfo>();
const models: SchemasByDigest = {
  byDigest(digest) {
    const found = known.get(digest);
    if (found === undefined) throw new RetainWiseError("model_unavailable", `${digest} is not loaded.`);
    return found;
  },
};

async function load(files: ReadonlyMap<string, Uint8Array>): Promise<ModelInfo> {
  const info = await inference.load({ files, pinnedKeys, wasm, admission: anyBundle, purpose: "score" });
  known.set(info.digest, info);
  return info;
}

/** What the database would hold of these customers. */
async function scored(model: ModelInfo, customers: readonly Record<string, unknown>[]): Promise<StoredPrediction[]> {
  const { predictions, rejected } = await inference.predict(model.digest, customers);
  assert.deepEqual(rejected, []);
  return [...predictions];
}
const asCustomers = (cells: readonly string[][]) =>
  cells.map((row) => Object.fromEntries(row.map((cell, i) => [customerHeader[i]!, cell])));
const pairsOf = (now: readonly StoredPrediction[], before: readonly StoredPrediction[]): ChangedCustomer[] =>
  now.map((each, i) => ({ now: each, before: before[i]! }));

const shipped = await load(await telecomFiles());
const explainShipped = (customers: readonly ChangedCustomer[]) =>
  explainChanges(inference, models, { model: shipped.digest, modelBefore: shipped.digest, customers });

test("what one feature did is all on that feature, and nothing on those that stayed", async () => {
  const before = asCustomers([...makeCustomers(50, 3)]);
  const now = before.map((customer) => ({
    ...customer,
    Contract: customer.Contract === "Two year" ? "Month-to-month" : "Two year",
  }));
  const { split, missingFeatures, changes } = await explainShipped(
    pairsOf(await scored(shipped, now), await scored(shipped, before)),
  );
  assert.deepEqual([split.status, missingFeatures], ["ok", []]);
  for (const { change, contributions, model_contribution, additivity_error } of changes) {
    const [contract, ...others] = contributions;
    assert.equal(contract?.feature, "contract");
    assert.notEqual(contract.value, contract.previous_value);
    assert.notEqual(change, 0);
    assert.ok(Math.abs(contract.contribution - change) <= 1e-9);
    assert.equal(others.length, 17);
    assert.ok(others.every(({ contribution }) => contribution === 0));
    assert.equal(model_contribution, 0);
    assert.ok(additivity_error! <= 1e-9);
  }
});

test("contributions sum to the difference of the stored scores, and a customer who stayed the same has zeros", async () => {
  const before = await scored(shipped, asCustomers([...makeCustomers(400, 4)]));
  const now = await scored(shipped, asCustomers([...makeCustomers(400, 5)]));
  const { changes } = await explainShipped(pairsOf(now, before));
  let largest = 0;
  changes.forEach(({ change, contributions, explanation_status }, i) => {
    assert.equal(explanation_status, "ok");
    const sum = contributions.reduce((total, { contribution }) => total + contribution, 0);
    largest = Math.max(largest, Math.abs(sum - (now[i]!.rawScore - before[i]!.rawScore)), Math.abs(sum - change));
  });
  assert.ok(largest <= 1e-9, `off by ${largest}`);
  const same = await explainShipped(pairsOf(now, now));
  assert.ok(
    same.changes.every(({ change, contributions }) => [change, ...contributions.map(own)].every((c) => c === 0)),
  );
});
const own = ({ contribution }: { readonly contribution: number }) => contribution;

test("a split that does not add up, and one of a prediction without explanation, is not shown", async () => {
  const [now, before] = await scored(shipped, asCustomers([...makeCustomers(2, 6)]));
  const off = { ...now!, rawScore: now!.rawScore + limits.additivityError * 2 };
  const failed = { ...before!, explanationStatus: "failed" } as const;
  const { changes } = await explainShipped([
    { now: off, before: before! },
    { now: now!, before: failed },
    { now: now!, before: before! },
  ]);
  assert.deepEqual(
    changes.map(({ explanation_status, contributions }) => [explanation_status, contributions.length]),
    [
      ["failed", 0],
      ["failed", 0],
      ["ok", 18],
    ],
  );
});

test("a changed model has its part: features go by name and meaning, a new one counts as missing before", async () => {
  const { features } = await shippedSchema();
  const feature = (name: string): Feature => features.find((each) => each.name === name)!;
  const contract = feature("contract");
  if (contract.kind !== "category") throw new Error("another schema");
  const recoded = { ...contract, categories: contract.categories.map((each) => ({ ...each, code: 9 - each.code })) };
  const former = [feature("tenure_months"), feature("monthly_charges"), contract];
  const latter = [recoded, feature("paperless_billing"), feature("monthly_charges"), feature("tenure_months")];
  const formerTrees: Tree[] = [node(0, 20, node(2, 0.5, 1.5, 0.25), -1), node(1, 60, -0.5, 0.75)];
  const latterTrees: Tree[] = [
    node(0, 8.5, node(3, 20, -0.25, -1.25), node(1, 0.5, 0.5, node(2, 60, 1, 2))),
    node(3, 10, node(1, 0.5, 2, 1), 0.25),
  ];
  const old = await load((await signBundle(await smallBundle("0.8.0", former, formerTrees), key)).files);
  const fresh = await load((await signBundle(await smallBundle("0.9.0", latter, latterTrees), key)).files);
  const before = await scored(old, asCustomers([...makeCustomers(200, 7)]));
  const now = await scored(fresh, asCustomers([...makeCustomers(200, 8)]));
  const request = { model: fresh.digest, modelBefore: old.digest, customers: pairsOf(now, before) };
  const { missingFeatures, changes } = await explainChanges(inference, models, request);
  assert.deepEqual(missingFeatures, ["paperless_billing"]);

  const oldScores = treesToEnsemble(formerTrees, 3);
  const newScores = treesToEnsemble(latterTrees, 4);
  const score = (rows: Float32Array, count: number) => rawScores(newScores, rows, count);
  const modelParts = new Set<number>();
  for (const [i, { change, contributions, model_contribution, explanation_status }] of changes.entries()) {
    assert.equal(explanation_status, "ok");
    const [tenure, charges, code] = before[i]!.values as [number, number, number];
    const then = Float32Array.from([9 - code, Number.NaN, charges, tenure]);
    const x = Float32Array.from(now[i]!.values as number[]);
    const model = score(then, 1)[0]! - rawScores(oldScores, Float32Array.from([tenure, charges, code]), 1)[0]!;
    assert.ok(Math.abs(model_contribution! - model) <= 1e-9);
    modelParts.add(model);
    const { shapValues } = await bruteForce(score, then, x);
    latter.forEach(({ name }, f) => {
      const found = contributions.find((each) => each.feature === name)!;
      assert.ok(Math.abs(found.contribution - shapValues[f]!) <= 1e-9, `${name}: ${found.contribution}`);
      if (name === "paperless_billing") assert.equal(found.previous_value, null);
      if (name === "contract") assert.equal(found.previous_value, contract.categories[code]!.value);
    });
    const sum = contributions.reduce((total, each) => total + each.contribution, model_contribution!);
    assert.ok(Math.abs(sum - change) <= 1e-9);
  }
  assert.ok(modelParts.size > 3, "the two models differ");

  // Gone from the thread, or not known at all: the differences remain, and the answer says why there is no split.
  await inference.unload(fresh.digest);
  for (const gone of [request, { ...request, modelBefore: "f".repeat(64) }]) {
    const { split, changes: bare } = await explainChanges(inference, models, gone);
    assert.deepEqual([split.status, split.code], ["unavailable", "model_unavailable"]);
    assert.match(split.detail!, /not loaded/);
    assert.deepEqual(
      bare.map(({ change, explanation_status }) => [change, explanation_status]),
      changes.map(({ change }) => [change, "unavailable"]),
    );
  }
});

function node(feature: number, threshold: number, yes: Tree, no: Tree): Tree {
  return { feature, mode: 0, threshold, missingTrue: false, yes, no };
}
