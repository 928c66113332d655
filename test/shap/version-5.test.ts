import assert from "node:assert/strict";
import fc from "fast-check";
import { ensembleFromOnnx, ensemblesFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import type { RefusalReason } from "../../src/shap/refusal.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { type Attribute, writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { transformed } from "./post-transform.ts";
import { scoreBySpecification } from "./specification-5.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";
import { type Form5, treeAttributes5, treesToOnnx5 } from "./tree-text-5.ts";

const arbitraryForm = fc.record({
  targets: fc.integer({ min: 1, max: 3 }),
  double: fc.boolean(),
  aggregate: fc.constantFrom(0, 1),
});
const rowsFor = (cells: Float32Array, form: Form5) => (form.double ? Float64Array.from(cells) : cells);

test("random trees are read as the specification words them, in float32 and float64, for one target and several", () => {
  fc.assert(
    fc.property(arbitraryCase(4, 3), arbitraryForm, (c, form) => {
      const { outputs } = ensemblesFromOnnx(parseOnnxModel(treesToOnnx5(c.trees, c.featureCount, form)));
      const attributes = treeAttributes5(c.trees, form);
      const rows = rowsFor(c.rows, form);
      const raw = outputs.map((output) => rawScores(output, rows, c.count));
      for (let row = 0; row < c.count; row++) {
        const cells = rows.subarray(row * c.featureCount, (row + 1) * c.featureCount);
        scoreBySpecification(attributes, cells).forEach((score, target) => {
          assert.ok(Math.abs(raw[target]![row]! - score) <= 1e-12, `target ${target}: ${raw[target]![row]}, ${score}`);
        });
      }
    }),
    { numRuns: 300, seed: 71 },
  );
});

test("one target of float32 is the very ensemble that was written", () => {
  fc.assert(
    fc.property(arbitraryCase(4, 3), (c) => {
      fc.pre(c.trees.every((tree) => typeof tree !== "number"));
      const bytes = treesToOnnx5(c.trees, c.featureCount, { targets: 1, double: false });
      assert.deepEqual(ensembleFromOnnx(parseOnnxModel(bytes)), treesToEnsemble(c.trees, c.featureCount));
    }),
    { numRuns: 100, seed: 72 },
  );
});

/** onnxruntime-web 1.30 unrolls small sets of integers from 0 to 30 and cuts off the fractions of values it looks for in others. */
function asIntegers(tree: Tree): Tree {
  if (typeof tree === "number") return tree;
  const branches = { yes: asIntegers(tree.yes), no: asIntegers(tree.no) };
  const members = tree.members?.filter((member) => member >= 0 && Number.isInteger(member));
  if (members === undefined) return { ...tree, ...branches };
  return { ...tree, ...branches, members: members.length > 0 ? members : [1] };
}

/** It also joins tests for equality of one feature where their true branches look alike to it: see equality-tests.ts. */
function asksTwice(tree: Tree): boolean {
  if (typeof tree === "number") return false;
  const { no } = tree;
  const again = typeof no !== "number" && tree.mode % 2 === 0 && no.mode % 2 === 0 && Math.min(tree.mode, no.mode) >= 4;
  return (again && no.feature === tree.feature) || asksTwice(tree.yes) || asksTwice(no);
}

test("onnxruntime scores them the same, where it reads the specification so", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4, 3), arbitraryForm, async (c, form) => {
      const trees = c.trees.map(asIntegers);
      fc.pre(!trees.some(asksTwice));
      const bytes = treesToOnnx5(trees, c.featureCount, form);
      const { outputs } = ensemblesFromOnnx(parseOnnxModel(bytes));
      const rows = rowsFor(c.rows, form);
      const ort = await openOrt(bytes, c.featureCount);
      const expected = await ort.columns(rows, c.count);
      await ort.release();
      outputs.forEach((output, target) => {
        rawScores(output, rows, c.count).forEach((score, row) => {
          assert.ok(
            Math.abs(score - expected[target]![row]!) <= 1e-6,
            `${score}, onnxruntime ${expected[target]![row]}`,
          );
        });
      });
    }),
    { numRuns: 200, seed: 73 },
  );
});

const split = (members: readonly number[], yes: Tree, no: Tree, missingTrue = false): Tree => ({
  feature: 0,
  mode: 6,
  threshold: 0,
  members,
  missingTrue,
  yes,
  no,
});
const rows = Float32Array.of(-1, -0.5, 0, 0.5, 1, 2, 2.5, 40, Number.NaN, Number.POSITIVE_INFINITY);
const form: Form5 = { targets: 1, double: false };
const scoresOf = (trees: readonly Tree[]) =>
  Array.from(rawScores(ensembleFromOnnx(parseOnnxModel(treesToOnnx5(trees, 1, form))), rows, rows.length));
async function ortScores(trees: readonly Tree[]) {
  const ort = await openOrt(treesToOnnx5(trees, 1, form), 1);
  const [column] = await ort.columns(rows, rows.length);
  await ort.release();
  return column!;
}

test("a value is a member or not, and missing goes its way", async () => {
  for (const missingTrue of [false, true]) {
    const trees = [split([0, 2], 1, -1, missingTrue)];
    assert.deepEqual(scoresOf(trees), [-1, -1, 1, -1, -1, 1, -1, -1, missingTrue ? 1 : -1, -1]);
    assert.deepEqual(await ortScores(trees), scoresOf(trees));
  }
});

test("in larger sets onnxruntime cuts fractions off and takes missing for 0; the specification is kept to", async () => {
  const trees = [split([0, 2, 40], 1, -1)];
  assert.deepEqual(scoresOf(trees), [-1, -1, 1, -1, -1, 1, -1, 1, -1, -1]);
  const found = await ortScores(trees);
  assert.equal(found[3], 1, "0.5 would be 0");
  assert.equal(found[8], 1, "missing would be 0");
});

test("transforms are named by the specification's numbers, of which onnxruntime exchanges 1 and 2", async () => {
  const trees: Tree[] = [split([0, 2], 0.25, -1)];
  for (const [post, name] of [
    [1, "SOFTMAX"],
    [2, "LOGISTIC"],
  ] as const) {
    const bytes = treesToOnnx5(trees, 1, { targets: 2, double: false, post });
    const found = ensemblesFromOnnx(parseOnnxModel(bytes));
    assert.equal(found.postTransform, name);
    const ort = await openOrt(bytes, 1);
    const columns = await ort.columns(rows, 1);
    await ort.release();
    const raw = found.outputs.map((output) => rawScores(output, rows, 1)[0]!);
    const other = transformed(raw, name === "SOFTMAX" ? "LOGISTIC" : "SOFTMAX");
    other.forEach((value, target) => {
      assert.ok(Math.abs(value - columns[target]![0]!) <= 1e-6, "onnxruntime does as it should");
    });
  }
});

const base = treeAttributes5([split([0, 2], 1, split([1], -1, 2))], form);
const cases: readonly (readonly [string, RefusalReason, Record<string, Attribute | null>])[] = [
  ["a cycle", "node_reached_twice", { nodes_falsenodeids: { ints: [0, 2] }, nodes_falseleafs: { ints: [0, 1] } }],
  ["two parents", "node_reached_twice", { nodes_truenodeids: { ints: [1, 1] }, nodes_trueleafs: { ints: [0, 1] } }],
  ["a decision that does not exist", "missing_child", { nodes_falsenodeids: { ints: [7, 2] } }],
  ["a leaf that does not exist", "missing_child", { nodes_truenodeids: { ints: [9, 1] } }],
  ["a negative leaf", "missing_child", { nodes_truenodeids: { ints: [-1, 1] } }],
  ["a root that does not exist", "missing_child", { tree_roots: { ints: [2] } }],
  ["no root", "no_tree_ensemble", { tree_roots: { ints: [] } }],
  [
    "a decision that no tree has",
    "node_unreached",
    { nodes_falsenodeids: { ints: [0, 2] }, nodes_falseleafs: { ints: [1, 1] } },
  ],
  ["a leaf that no decision has", "node_unreached", { nodes_truenodeids: { ints: [1, 1] } }],
  ["a leaf flag of 2", "unsupported_attribute", { nodes_trueleafs: { ints: [2, 1] } }],
  [
    "an unknown mode",
    "unsupported_branch_mode",
    { nodes_modes: { bytes: [7, 6] }, membership_values: { singles: [1] } },
  ],
  ["modes of another type", "unsupported_attribute", { nodes_modes: { singles: [6, 6] } }],
  ["splits of another type than the input", "unsupported_attribute", { nodes_splits: { doubles: [0, 0] } }],
  [
    "a NaN split",
    "threshold_not_a_number",
    { nodes_modes: { bytes: [6, 0] }, membership_values: { singles: [1] }, nodes_splits: { singles: [0, Number.NaN] } },
  ],
  ["a set too few", "membership", { membership_values: { singles: [0, 2, Number.NaN] } }],
  ["a set too many", "membership", { membership_values: { singles: [0, Number.NaN, 1, Number.NaN, 2] } }],
  ["an empty set", "membership", { membership_values: { singles: [Number.NaN, 1, Number.NaN] } }],
  ["no sets", "membership", { membership_values: null }],
  ["a feature past the input", "feature_index", { nodes_featureids: { ints: [0, 1] } }],
  ["a missing direction of 2", "missing_value_flag", { nodes_missing_value_tracks_true: { ints: [0, 2] } }],
  ["lists of different lengths", "attribute_lengths", { nodes_trueleafs: { ints: [1] } }],
  ["leaves without targets", "attribute_lengths", { leaf_targetids: { ints: [] } }],
  ["an infinite leaf", "leaf_not_finite", { leaf_weights: { singles: [1, Number.POSITIVE_INFINITY, 2] } }],
  ["a target past the last", "unsupported_classes", { leaf_targetids: { ints: [0, 1, 0] } }],
  ["no targets", "unsupported_classes", { n_targets: null }],
  ["an aggregate that is not known", "unsupported_aggregate", { aggregate_function: { int: 4 } }],
  ["a transform that is not known", "unsupported_post_transform", { post_transform: { int: 5 } }],
  ["a transform of one target", "unsupported_post_transform", { post_transform: { int: 2 } }],
  ["base values, which version 5 has not", "unsupported_attribute", { base_values: { floats: [1] } }],
];

test("the sound model of these is read", () => {
  const bytes = writeOnnx({ operator: "TreeEnsemble", mlVersion: 5, attributes: base, width: 1 });
  assert.equal(ensembleFromOnnx(parseOnnxModel(bytes)).sets.length, 2);
});

for (const [name, reason, changes] of cases)
  test(`refuses ${name}: ${reason}`, () => {
    const attributes: Record<string, Attribute> = {};
    for (const [key, value] of Object.entries({ ...base, ...changes })) if (value !== null) attributes[key] = value;
    const bytes = writeOnnx({ operator: "TreeEnsemble", mlVersion: 5, attributes, width: 1 });
    assert.throws(() => ensemblesFromOnnx(parseOnnxModel(bytes)), { name: "ModelRefusal", reason });
  });
