import assert from "node:assert/strict";
import { test } from "node:test";
import { ensemblesFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { type Attribute, writeOnnx } from "./onnx-writer.ts";
import { type Tree, treeAttributes, treesToOnnx } from "./tree-text.ts";
import { treeAttributes5 } from "./tree-text-5.ts";

const split = (feature: number, threshold: number, yes: Tree, no: Tree, members?: readonly number[]): Tree => ({
  feature,
  mode: members === undefined ? 0 : 6,
  threshold,
  ...(members === undefined ? {} : { members }),
  missingTrue: false,
  yes,
  no,
});
/** Nodes 0 (split), 1 (split), 2, 3, 4, and tree 1 of nodes 0, 1, 2. */
const trees = [split(0, 0.5, split(1, 1, -1, 2), 3), split(0, 1, 1, 2)];
const real = [10, 7, 4, 3, 3, 10, 1, 9];

function read(rates: Attribute | null, extra: Record<string, Attribute> = {}, inputType = 1) {
  const { nodes_values, class_weights, ...attributes } = treeAttributes(trees, "NONE");
  const all: Record<string, Attribute> = { ...attributes, ...extra };
  if (inputType === 1) Object.assign(all, { nodes_values, class_weights });
  if (rates !== null) all["doubles" in rates ? "nodes_hitrates_as_tensor" : "nodes_hitrates"] = rates;
  return ensemblesFromOnnx(parseOnnxModel(writeOnnx({ attributes: all, width: 2, inputType })));
}

test("the rows that reached each node are read where they add up", () => {
  const { outputs, coverRefusal } = read({ floats: real });
  assert.deepEqual(Array.from(outputs[0]!.cover!), real);
  assert.equal(coverRefusal, null);
});

test("shares add up too, to the precision of float32", () => {
  const shares = real.map((rows) => rows / 10);
  const { outputs } = read({ floats: shares });
  assert.deepEqual(Array.from(outputs[0]!.cover!), shares.map(Math.fround));
});

test("a model of doubles has them as doubles", () => {
  const doubles = (values: number[]): Attribute => ({ doubles: values });
  const extra = {
    nodes_values_as_tensor: doubles([0.5, 1, 0, 0, 0, 1, 0, 0]),
    class_weights_as_tensor: doubles([-1, 2, 3, 1, 2]),
  };
  assert.deepEqual(Array.from(read({ doubles: real }, extra, 11).outputs[0]!.cover!), real);
});

const refused: readonly (readonly [string, Attribute | null, RegExp])[] = [
  ["none", null, /no nodes_hitrates/],
  ["one for every node, as converters write it", { floats: real.map(() => 1) }, /1 for every node/],
  ["too few", { floats: real.slice(1) }, /7 numbers for 8/],
  ["a decision that is not the sum of its branches", { floats: [10, 7, 4, 2, 3, 10, 1, 9] }, /node 1 of tree 0 is 7/],
  ["a share off by a thousandth", { floats: [10.01, 7, 4, 3, 3, 10, 1, 9] }, /node 0 of tree 0/],
  ["a negative one", { floats: [10, 7, 8, -1, 3, 10, 1, 9] }, /-1/],
  ["one that is no number", { floats: [10, 7, 4, 3, 3, 10, 1, Number.NaN] }, /NaN/],
  ["a tree that no row reached", { floats: [10, 7, 4, 3, 3, 0, 0, 0] }, /a root, is 0/],
];
for (const [name, rates, why] of refused)
  test(`no covers of ${name}: the reason says so, and the model is read all the same`, () => {
    const { outputs, coverRefusal } = read(rates);
    assert.equal(outputs[0]!.cover, null);
    assert.match(coverRefusal ?? "", why);
  });

test("a set of categories has the rows of its first test", () => {
  const tree = [split(0, 0, 1, 2, [1, 2, 3])];
  const attributes = treeAttributes(tree, "NONE");
  // Test for 1, the true branch, test for 2, test for 3, the false branch.
  const rates = { floats: [10, 6, 8, 5, 4] };
  const bytes = writeOnnx({ attributes: { ...attributes, nodes_hitrates: rates }, width: 1 });
  const { outputs } = ensemblesFromOnnx(parseOnnxModel(bytes));
  assert.deepEqual(Array.from(outputs[0]!.cover!), [10, 6, 4]);
});

test("each class keeps the covers of its own trees", () => {
  const attributes: Record<string, Attribute> = {
    ...treeAttributes(trees, "NONE"),
    class_ids: { ints: [0, 0, 0, 2, 2] },
    classlabels_int64s: { ints: [4, 5, 6] },
    nodes_hitrates: { floats: real },
  };
  const { outputs, labels } = ensemblesFromOnnx(parseOnnxModel(writeOnnx({ attributes, width: 2 })));
  assert.deepEqual(
    outputs.map((output) => Array.from(output.cover!)),
    [real.slice(0, 5), [], real.slice(5)],
  );
  assert.deepEqual(labels, [4, 5, 6]);
});

test("version 5 has none of the leaves", () => {
  const attributes = {
    ...treeAttributes5(trees, { targets: 1, double: false }),
    nodes_hitrates: { singles: [10, 7, 10] },
  };
  const bytes = writeOnnx({ operator: "TreeEnsemble", mlVersion: 5, attributes, width: 2 });
  const { outputs, coverRefusal } = ensemblesFromOnnx(parseOnnxModel(bytes));
  assert.equal(outputs[0]!.cover, null);
  assert.match(coverRefusal ?? "", /3 numbers for 8 nodes and leaves/);
  assert.equal(ensemblesFromOnnx(parseOnnxModel(treesToOnnx(trees, 2))).outputs[0]!.cover, null);
});
