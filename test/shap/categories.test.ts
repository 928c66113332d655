import assert from "node:assert/strict";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx, ensemblesFromOnnx, type FromOnnxOptions } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { bruteForce } from "./brute-force.ts";
import { writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { type Tree, treesToOnnx } from "./tree-text.ts";

const splits = (feature: number, members: readonly number[], yes: Tree, no: Tree, missingTrue = false): Tree => ({
  feature,
  mode: 6,
  threshold: 0,
  members,
  missingTrue,
  yes,
  no,
});
/** Sets within sets, each written as tests for equality with one shared true branch. */
const nested = splits(0, [0, 2, 5], splits(1, [1, 3], splits(0, [0, 5], 1, 2), 4), splits(1, [0, 3], -1, -2), true);
const rows = Float32Array.from(
  { length: 72 },
  (_, i) => (i % 2 === 0 ? [0, 1, 2, 5, 3, 2.5] : [0, 1, 3, Number.NaN, -1, 4])[(i >> 1) % 6]!,
);
rows[10] = Number.NaN;

test("tests for equality with one true branch are one test for membership, scored and explained as by onnxruntime", async () => {
  const bytes = treesToOnnx([nested], 2);
  const ensemble = ensembleFromOnnx(parseOnnxModel(bytes));
  assert.deepEqual(
    ensemble.sets.map((set) => Array.from(set)),
    [
      [0, 2, 5],
      [1, 3],
      [0, 5],
      [0, 3],
    ],
  );
  assert.equal(ensemble.feature.length, 9);
  const ort = await openOrt(bytes, 2);
  const expected = await ort.lastColumn(rows, 36);
  assert.deepEqual(Array.from(rawScores(ensemble, rows, 36)), Array.from(expected));
  const background = rows.subarray(0, 14);
  const out = new Float64Array(72);
  createExplainer(ensemble, { kind: "interventional", background }).explain(rows, 36, out);
  for (let row = 0; row < 36; row += 5) {
    const oracle = await bruteForce(ort.lastColumn, background, rows.subarray(row * 2, row * 2 + 2));
    oracle.shapValues.forEach((value, f) => {
      assert.ok(Math.abs(value - out[row * 2 + f]!) <= 1e-12);
    });
  }
  await ort.release();
});

for (const [name, changed] of [
  ["one member less", splits(0, [0, 2], 1, -1)],
  ["one member changed", splits(0, [0, 2, 4], 1, -1)],
  ["the direction of missing values", splits(0, [0, 2, 5], 1, -1, true)],
  ["the branches exchanged", splits(0, [0, 2, 5], -1, 1)],
] as const)
  test(`another score with ${name}`, () => {
    const score = (tree: Tree) =>
      rawScores(ensembleFromOnnx(parseOnnxModel(treesToOnnx([tree], 1))), Float32Array.of(0, 2, 4, 5, Number.NaN), 5);
    assert.notDeepEqual(score(splits(0, [0, 2, 5], 1, -1)), score(changed));
  });

interface Nodes {
  readonly modes: readonly string[];
  readonly features?: readonly number[];
  readonly values: readonly number[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
  readonly missing?: readonly number[];
  /** Leaf and its weights. */
  readonly weights: readonly (readonly [number, readonly number[]])[];
}

/** One tree as a regressor, by lists. */
function write(nodes: Nodes): Uint8Array {
  const size = nodes.modes.length;
  const weights = nodes.weights.flatMap(([node, values]) => values.map((value, id) => ({ node, id, value })));
  return writeOnnx({
    operator: "TreeEnsembleRegressor",
    width: 2,
    attributes: {
      nodes_treeids: { ints: new Array(size).fill(0) },
      nodes_nodeids: { ints: nodes.modes.map((_, i) => i) },
      nodes_featureids: { ints: nodes.features ?? new Array(size).fill(0) },
      nodes_modes: { strings: nodes.modes.map((mode) => (mode === "LEAF" ? mode : `BRANCH_${mode}`)) },
      nodes_values: { floats: nodes.values },
      nodes_truenodeids: { ints: nodes.yes },
      nodes_falsenodeids: { ints: nodes.no },
      nodes_missing_value_tracks_true: { ints: nodes.missing ?? new Array(size).fill(0) },
      target_treeids: { ints: weights.map(() => 0) },
      target_nodeids: { ints: weights.map((weight) => weight.node) },
      target_ids: { ints: weights.map((weight) => weight.id) },
      target_weights: { floats: weights.map((weight) => weight.value) },
      n_targets: { int: nodes.weights[0]![1].length },
    },
  });
}
const read = (nodes: Nodes, options: FromOnnxOptions = {}) => ensemblesFromOnnx(parseOnnxModel(write(nodes)), options);
const chain: Nodes = {
  modes: ["EQ", "EQ", "LEAF", "LEAF"],
  values: [1, 2, 0, 0],
  yes: [2, 2, 0, 0],
  no: [1, 3, 0, 0],
  weights: [
    [2, [5]],
    [3, [7]],
  ],
};
const some = Float32Array.of(1, 0, 2, 0, 3, 0, Number.NaN, 0, 1, Number.NaN, 2, Number.NaN);

test("where the tests treat missing values differently onnxruntime takes the first one's word: refused", async () => {
  const ort = await openOrt(write({ ...chain, missing: [0, 1, 0, 0] }), 2);
  assert.equal((await ort.lastColumn(some, 4))[3], 7, "the second test's word is not taken");
  await ort.release();
  assert.throws(() => read({ ...chain, missing: [0, 1, 0, 0] }), { reason: "equality_tests" });
  const first = read({ ...chain, missing: [1, 0, 0, 0] }).outputs[0]!;
  assert.deepEqual(Array.from(rawScores(first, some, 4)), [5, 5, 7, 5]);
});

/** Two true branches of three nodes each. */
const twins: Nodes = {
  modes: ["EQ", "EQ", "LEQ", "LEAF", "LEQ", "LEAF", "LEAF", "LEAF", "LEAF"],
  features: [0, 0, 1, 0, 1, 0, 0, 0, 0],
  values: [1, 2, 0, 0, 0, 0, 0, 0, 0],
  yes: [2, 4, 5, 0, 7, 0, 0, 0, 0],
  no: [1, 3, 6, 0, 8, 0, 0, 0, 0],
  weights: [
    [3, [7, 7]],
    [5, [1, 2]],
    [6, [3, 4]],
    [7, [1, 2]],
    [8, [3, 4]],
  ],
};

test("true branches that look alike to onnxruntime and are not: refused", async () => {
  assert.equal(read(twins).outputs[0]!.feature.length, 9, "alike indeed");
  const missing = { ...twins, missing: [0, 0, 0, 0, 1, 0, 0, 0, 0] };
  const weights = { ...twins, weights: twins.weights.map((w) => (w[0] === 7 ? ([7, [1, 9]] as const) : w)) };
  const ortColumn = async (nodes: Nodes) => {
    const ort = await openOrt(write(nodes), 2);
    const columns = await ort.columns(some, 6);
    await ort.release();
    return columns;
  };
  assert.equal((await ortColumn(missing))[0]![5], 3, "the direction is passed over");
  assert.equal((await ortColumn(weights))[1]![1], 2, "the second weight is passed over");
  assert.throws(() => read(missing), { reason: "equality_tests" });
  assert.throws(() => read(weights), { reason: "equality_tests" });
  const other = { ...twins, values: [1, 2, 0, 0, 0.5, 0, 0, 0, 0] };
  assert.equal(read(other).outputs[0]!.feature.length, 9, "not alike, and not taken for it");
});

test("any other node with two parents is a copy for each, within the budget", async () => {
  const shared: Nodes = {
    modes: ["LEQ", "LEQ", "GT", "LEAF", "LEAF", "LEAF"],
    values: [0, 2, 1, 0, 0, 0],
    yes: [2, 3, 4, 0, 0, 0],
    no: [1, 2, 5, 0, 0, 0],
    weights: [
      [3, [1]],
      [4, [2]],
      [5, [3]],
    ],
  };
  const { outputs } = read(shared);
  assert.equal(outputs[0]!.feature.length, 9);
  const ort = await openOrt(write(shared), 2);
  const expected = await ort.lastColumn(some, 6);
  await ort.release();
  assert.deepEqual(Array.from(rawScores(outputs[0]!, some, 6)), Array.from(expected));
  assert.throws(() => read(shared, { maxTreeNodes: 8 }), { reason: "too_many_nodes" });
});

/** Each decision's branches are both the next one: 2^depth leaves. */
function ladder(depth: number, first = 0): Pick<Nodes, "modes" | "values" | "yes" | "no"> {
  const steps = Array.from({ length: depth }, (_, i) => first + i + 1);
  return {
    modes: [...steps.map(() => "LEQ"), "LEAF"],
    values: [...steps.map(() => 0), 0],
    yes: [...steps, 0],
    no: [...steps, 0],
  };
}

test("few nodes that are many trees are refused at once", () => {
  const started = performance.now();
  assert.throws(() => read({ ...ladder(60), weights: [[60, [1]]] }), { reason: "too_many_nodes" });
  assert.ok(performance.now() - started < 1_000);
});

test("sets within sets that look alike are compared and read at once", async () => {
  const depth = 12;
  const links = 8;
  /** Sets of 8 within each other's true branch, a leaf otherwise. */
  const block = (first: number) => {
    const id = (level: number, link: number) => first + level * (links + 1) + link;
    const nodes: { mode: string; feature: number; value: number; yes: number; no: number; leaf?: number }[] = [];
    for (let level = 0; level < depth; level++) {
      for (let link = 0; link < links; link++)
        nodes.push({
          mode: "EQ",
          feature: level % 2,
          value: link + 1 + 8 * level,
          yes: id(level + 1, 0),
          no: id(level, link + 1),
        });
      nodes.push({ mode: "LEAF", feature: 0, value: 0, yes: 0, no: 0, leaf: level });
    }
    nodes.push({ mode: "LEAF", feature: 0, value: 0, yes: 0, no: 0, leaf: 99 });
    return nodes;
  };
  const one = block(2);
  const other = block(2 + one.length);
  const all = [
    { mode: "EQ", feature: 0, value: 1, yes: 2, no: 1 },
    { mode: "EQ", feature: 0, value: 2, yes: 2 + one.length, no: 2 + one.length + other.length },
    ...one,
    ...other,
    { mode: "LEAF", feature: 0, value: 0, yes: 0, no: 0, leaf: 0 },
  ];
  const nodes: Nodes = {
    modes: all.map((n) => n.mode),
    features: all.map((n) => n.feature),
    values: all.map((n) => n.value),
    yes: all.map((n) => n.yes),
    no: all.map((n) => n.no),
    weights: all.flatMap((n, i) => ("leaf" in n && n.leaf !== undefined ? [[i, [n.leaf]] as const] : [])),
  };
  const started = performance.now();
  const { outputs } = read(nodes);
  assert.ok(performance.now() - started < 2_000);
  assert.equal(outputs[0]!.sets.length, 2 * depth);
  const ort = await openOrt(write(nodes), 2);
  const expected = await ort.lastColumn(rows, 36);
  await ort.release();
  assert.deepEqual(Array.from(rawScores(outputs[0]!, rows, 36)), Array.from(expected));
});

test("a cycle through a shared node is refused", () => {
  const cycle: Nodes = {
    modes: ["EQ", "EQ", "LEQ", "LEAF"],
    values: [1, 2, 0, 0],
    yes: [2, 2, 1, 0],
    no: [1, 3, 3, 0],
    weights: [[3, [1]]],
  };
  assert.throws(() => read(cycle), { reason: "node_reached_twice" });
  const around: Nodes = { ...chain, no: [1, 0, 0, 0], modes: ["EQ", "EQ", "LEAF", "LEAF"] };
  assert.throws(() => read(around), { reason: "node_reached_twice" });
});
