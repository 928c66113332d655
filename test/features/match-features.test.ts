import assert from "node:assert/strict";
import { test } from "node:test";
import { matchFeatures } from "../../src/features/match-features.ts";
import type { Feature, Schema } from "../../src/features/schema.ts";
import { telecomSchema } from "./telecom-schema.ts";

const schemaOf = (features: readonly Feature[]): Schema => ({ ...telecomSchema, features: [...features] });
const feature = (name: string): Feature => telecomSchema.features.find((each) => each.name === name)!;
const contract = feature("contract");
const tenure = feature("tenure_months");
const support = feature("tech_support");
if (contract.kind !== "category" || tenure.kind !== "numeric" || support.kind !== "flag")
  throw new Error("another schema");

function matched(from: readonly Feature[], to: readonly Feature[], values: readonly (number | null)[]) {
  const match = matchFeatures(schemaOf(from), schemaOf(to));
  const into = new Float32Array(to.length + 1).fill(7);
  match.write(values, into, 1);
  assert.equal(into[0], 7);
  return { missing: match.missing, values: [...into.subarray(1)] };
}

test("under the same schema a row stays what it is, missing values too", () => {
  const { features } = telecomSchema;
  const values = features.map((each, i) => (i % 3 === 0 ? null : each.kind === "numeric" ? Math.fround(i / 3) : 1));
  assert.deepEqual(matched(features, features, values), {
    missing: [],
    values: values.map((value) => value ?? Number.NaN),
  });
});

test("features go by their names, whatever their order, and what is new is missing by name", () => {
  assert.deepEqual(matched([tenure, contract], [contract, support, tenure], [12, 2]), {
    missing: ["tech_support"],
    values: [2, Number.NaN, 12],
  });
});

test("a category goes by what it means, not by its code, and one that is not known is missing", () => {
  const recoded = {
    ...contract,
    categories: contract.categories.slice(0, 2).map((each, i) => ({ ...each, code: 10 - i })),
  };
  const names = contract.categories.map(({ code }) => matched([contract], [recoded], [code]).values[0]);
  assert.deepEqual(names, [10, 9, Number.NaN]);
  const renamed = {
    ...contract,
    categories: contract.categories.map((each) => ({ ...each, value: `${each.value}!!`, synonyms: [each.value] })),
  };
  assert.deepEqual(matched([contract], [renamed], [1]).values, [1]);
  assert.deepEqual(matched([contract], [renamed], [77]).values, [Number.NaN]);
  assert.deepEqual(matched([contract], [contract], [77]).values, [77]);
});

test("another unit or another kind is not the same feature", () => {
  assert.deepEqual(matched([tenure], [{ ...tenure, unit: "years" }], [12]), {
    missing: ["tenure_months"],
    values: [Number.NaN],
  });
  assert.deepEqual(matched([tenure], [{ ...contract, name: tenure.name }], [1]).missing, ["tenure_months"]);
  assert.deepEqual(matched([contract], [{ ...tenure, name: contract.name }], [1]).missing, ["contract"]);
  // A flag that became a category, or the other way round, still says the same.
  assert.deepEqual(matched([support], [{ ...support, kind: "category" }], [1]), { missing: [], values: [1] });
});
