import assert from "node:assert/strict";
import { test } from "node:test";
import { ensembleFromOnnx, type FromOnnxOptions } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import type { RefusalReason } from "../../src/shap/refusal.ts";
import { type Attribute, bytes, integer, join, type ModelText, writeOnnx } from "./onnx-writer.ts";
import { type Tree, treeAttributes } from "./tree-text.ts";

const tree: Tree = {
  feature: 0,
  mode: 0,
  threshold: 0.5,
  missingTrue: false,
  yes: { feature: 1, mode: 0, threshold: 1, missingTrue: true, yes: -1, no: 2 },
  no: 3,
};
// Node 0 has children 1 and 4, node 1 has children 2 and 3.
const sound = treeAttributes([tree, 0.5], "LOGISTIC");

function read(changes: Record<string, Attribute | null>, text: Partial<ModelText> = {}, options: FromOnnxOptions = {}) {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries({ ...sound, ...changes })) if (value !== null) attributes[name] = value;
  return ensembleFromOnnx(parseOnnxModel(writeOnnx({ attributes, width: 2, ...text })), options);
}

test("the sound model is read", () => {
  const ensemble = read({});
  assert.deepEqual(Array.from(ensemble.roots), [0, 5, 6]);
  assert.equal(ensemble.postTransform, "LOGISTIC");
});

const ints = (...values: number[]): Attribute => ({ ints: values });
const floats = (...values: number[]): Attribute => ({ floats: values });
const text = (string: string): Attribute => ({ string });

const cases: readonly (readonly [string, RefusalReason, Record<string, Attribute | null>, Partial<ModelText>?])[] = [
  ["a cycle", "node_reached_twice", { nodes_falsenodeids: ints(4, 0, 0, 0, 0, 0) }],
  ["a node that is its own child", "node_reached_twice", { nodes_falsenodeids: ints(4, 1, 0, 0, 0, 0) }],
  ["a node that two parents leave out", "node_unreached", { nodes_falsenodeids: ints(4, 2, 0, 0, 0, 0) }],
  ["a node that both branches leave out", "node_unreached", { nodes_truenodeids: ints(4, 2, 0, 0, 0, 0) }],
  [
    "nodes apart from the tree",
    "node_unreached",
    {
      nodes_modes: { strings: ["LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "LEAF"] },
      class_nodeids: ints(0, 2, 3, 0),
      class_treeids: ints(0, 0, 0, 1),
    },
  ],
  ["a child that does not exist", "missing_child", { nodes_truenodeids: ints(1, 9, 0, 0, 0, 0) }],
  ["a negative child", "missing_child", { nodes_truenodeids: ints(1, -1, 0, 0, 0, 0) }],
  ["a node id of 33 bits", "node_id", { nodes_nodeids: ints(0, 1, 2, 3, 2 ** 32 + 4, 0) }],
  ["a tree of id -1", "node_id", { nodes_treeids: ints(0, 0, 0, 0, 0, -1) }],
  ["a node given twice", "duplicate_node", { nodes_nodeids: ints(0, 1, 2, 3, 3, 0) }],
  [
    "a tree in two runs",
    "tree_order",
    {
      nodes_modes: { strings: ["LEAF", "LEAF", "LEAF", "LEAF", "LEAF", "LEAF"] },
      nodes_treeids: ints(0, 1, 0, 0, 0, 0),
      nodes_nodeids: ints(0, 0, 1, 2, 3, 4),
      class_treeids: ints(0, 1),
      class_nodeids: ints(0, 0),
      class_ids: ints(0, 0),
      class_weights: floats(1, 2),
    },
  ],
  ["a feature past the input", "feature_index", { nodes_featureids: ints(0, 2, 0, 0, 0, 0) }],
  ["a negative feature", "feature_index", { nodes_featureids: ints(-1, 1, 0, 0, 0, 0) }],
  ["a NaN threshold", "threshold_not_a_number", { nodes_values: floats(Number.NaN, 1, 0, 0, 0, 0) }],
  ["an infinite leaf", "leaf_not_finite", { class_weights: floats(-1, Number.POSITIVE_INFINITY, 3, 0.5) }],
  ["a NaN base value", "leaf_not_finite", { base_values: floats(Number.NaN) }],
  [
    "a leaf without weight",
    "leaf_weights",
    {
      class_treeids: ints(0, 0, 0),
      class_nodeids: ints(2, 3, 4),
      class_ids: ints(0, 0, 0),
      class_weights: floats(-1, 2, 3),
    },
  ],
  ["a leaf with two weights", "leaf_weights", { class_nodeids: ints(2, 2, 4, 0) }],
  [
    "a weight at a node that is no leaf",
    "leaf_weights",
    {
      class_treeids: ints(0, 0, 0, 1, 0),
      class_nodeids: ints(2, 3, 4, 0, 1),
      class_ids: ints(0, 0, 0, 0, 0),
      class_weights: floats(1, 2, 3, 4, 5),
    },
  ],
  ["lists of different lengths", "attribute_lengths", { nodes_values: floats(0.5, 1) }],
  ["a short list of missing directions", "attribute_lengths", { nodes_missing_value_tracks_true: ints(1) }],
  ["a missing direction of 2", "missing_value_flag", { nodes_missing_value_tracks_true: ints(0, 2, 0, 0, 0, 0) }],
  [
    "an unknown branch mode",
    "unsupported_branch_mode",
    { nodes_modes: { strings: ["BRANCH_IN", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "LEAF"] } },
  ],
  ["softmax", "unsupported_post_transform", { post_transform: text("SOFTMAX") }],
  ["probit", "unsupported_post_transform", { post_transform: text("PROBIT") }],
  ["three classes", "unsupported_classes", { classlabels_int64s: ints(0, 1, 2) }],
  ["one class", "unsupported_classes", { classlabels_int64s: ints(1) }],
  ["a weight of class 2", "unsupported_classes", { class_ids: ints(0, 0, 2, 0) }],
  ["labels of both kinds", "unsupported_classes", { classlabels_strings: { strings: ["no", "yes"] } }],
  ["two base values", "unsupported_base_values", { base_values: floats(0.1, 0.2) }],
  ["an aggregate that is no sum", "unsupported_aggregate", { aggregate_function: text("AVERAGE") }],
  ["an attribute that is not known", "unsupported_attribute", { nodes_weights: floats(1) }],
  ["an attribute of another type", "attribute_type", { post_transform: ints(1) }],
  [
    "no nodes",
    "no_tree_ensemble",
    Object.fromEntries(
      Object.keys(sound)
        .filter((name) => name.startsWith("nodes_") || name.startsWith("class_"))
        .map((name) => [name, null]),
    ),
  ],
  ["version 5 of ai.onnx.ml", "unsupported_version", {}, { mlVersion: 5 }],
  ["the operator of version 5 in version 4", "unsupported_version", {}, { operator: "TreeEnsemble", mlVersion: 4 }],
  ["another operator", "no_tree_ensemble", {}, { operator: "LinearClassifier" }],
  ["the operator in another domain", "no_tree_ensemble", {}, { domain: "com.example" }],
  ["an input of integers", "unsupported_input", {}, { inputType: 7 }],
  ["an input without width", "unsupported_input", {}, { width: 0 }],
  [
    "a second node of trees",
    "graph_form",
    {},
    { graphExtra: bytes(1, join(bytes(2, "other"), bytes(4, "TreeEnsembleRegressor"), bytes(7, "ai.onnx.ml"))) },
  ],
  ["a value made twice", "graph_form", {}, { graphExtra: bytes(1, join(bytes(2, "scores"), bytes(4, "Identity"))) }],
];

for (const [name, reason, changes, model] of cases)
  test(`refuses ${name}: ${reason}`, () => {
    assert.throws(() => read(changes, model), { name: "ModelRefusal", reason });
  });

test("refuses more nodes or more depth than the budget", () => {
  assert.throws(() => read({}, {}, { maxTreeNodes: 5 }), { reason: "too_many_nodes" });
  assert.throws(() => read({}, {}, { maxDepth: 1 }), { reason: "too_deep" });
});

test("takes the width from the caller where the graph leaves it open, and holds both to each other", () => {
  assert.equal(read({}, { width: 0 }, { featureCount: 3 }).featureCount, 3);
  assert.throws(() => read({}, {}, { featureCount: 3 }), { reason: "unsupported_input" });
});

test("an infinite threshold is sound, a regressor of two targets or with LOGISTIC is not", () => {
  const ensemble = read({ nodes_values: floats(Number.POSITIVE_INFINITY, 1, 0, 0, 0, 0) });
  assert.equal(ensemble.threshold[0], Number.POSITIVE_INFINITY);
  const target = Object.fromEntries(
    Object.entries(sound).map(([name, value]) => [name.replace("class_", "target_"), value]),
  );
  const regressor = (changes: Record<string, Attribute>) => () => {
    const { classlabels_int64s: _, ...attributes } = { ...target, ...changes };
    return ensembleFromOnnx(parseOnnxModel(writeOnnx({ operator: "TreeEnsembleRegressor", attributes, width: 2 })));
  };
  assert.equal(regressor({ n_targets: { int: 1 }, post_transform: text("NONE") })().featureCount, 2);
  assert.throws(regressor({ n_targets: { int: 2 }, post_transform: text("NONE") }), { reason: "unsupported_classes" });
  assert.throws(regressor({ n_targets: { int: 1 } }), { reason: "unsupported_post_transform" });
});

test("refuses a graph that changes the scores on their way out", () => {
  const through = (...after: NonNullable<ModelText["after"]>) => read({ post_transform: text("NONE") }, { after });
  assert.equal(through(["Identity"]).featureCount, 2);
  for (const after of [
    ["Sqrt"],
    ["Mul", Number.NaN],
    ["Mul", 0],
    ["Mul", 2],
    ["Div", 0],
    ["Div", 3],
    ["Mul"],
    ["Add", 1],
  ] as const)
    assert.throws(() => through(after), { reason: "unsupported_output" }, after.join(" "));
  assert.throws(() => through(["Exp"], ["Exp"]), { reason: "unsupported_output" });
  assert.throws(() => through(["Exp"], ["Mul", -1]), { reason: "unsupported_output" });
  assert.throws(() => through(["Exp"]), { reason: "unsupported_post_transform" });
  const changed = (...after: NonNullable<ModelText["after"]>) => read({}, { after });
  assert.equal(changed(["Mul", 1]).postTransform, "LOGISTIC");
  assert.throws(() => changed(["Div", 2]), { reason: "unsupported_output" });
  assert.throws(() => changed(["Exp"]), { reason: "unsupported_output" });
  assert.throws(() => parseOnnxModel(integer(1, 8)), { reason: "missing_field" });
});
