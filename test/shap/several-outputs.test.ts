import assert from "node:assert/strict";
import fc from "fast-check";
import { aggregates, postTransforms } from "../../src/shap/ensemble.ts";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx, ensemblesFromOnnx, type OnnxEnsembles } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { ModelRefusal } from "../../src/shap/refusal.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import { type Attribute, writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { transformed } from "./post-transform.ts";
import { type Tree, treeAttributes } from "./tree-text.ts";

interface Form {
  readonly operator: "TreeEnsembleClassifier" | "TreeEnsembleRegressor";
  readonly width: number;
  /** For each leaf in turn, over and over: quarters by class or target; null where it has no weight for it. */
  readonly leaves: readonly (readonly (number | null)[])[];
  readonly base: readonly number[];
  readonly post: (typeof postTransforms)[number];
  readonly aggregate: (typeof aggregates)[number];
}

const quarter = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
const arbitraryForm: fc.Arbitrary<Form> = fc.integer({ min: 2, max: 4 }).chain((width) =>
  fc.record({
    operator: fc.constantFrom("TreeEnsembleClassifier", "TreeEnsembleRegressor"),
    width: fc.constant(width),
    leaves: fc.array(
      fc
        .tuple(
          fc.array(fc.option(quarter, { freq: 3 }), { minLength: width, maxLength: width }),
          quarter,
          fc.nat(width - 1),
        )
        .map(([weights, value, id]) => weights.map((weight, i) => (i === id ? value : weight))),
      { minLength: 1, maxLength: 5 },
    ),
    base: fc.oneof(fc.constant([]), fc.array(quarter, { minLength: width, maxLength: width })),
    post: fc.constantFrom(...postTransforms),
    aggregate: fc.constantFrom(...aggregates),
  }),
);

function write(trees: readonly Tree[], featureCount: number, form: Form): Uint8Array {
  const {
    class_treeids,
    class_nodeids,
    class_ids: _,
    class_weights: __,
    classlabels_int64s: ___,
    ...nodes
  } = treeAttributes(trees, "NONE");
  const classifier = form.operator === "TreeEnsembleClassifier";
  const prefix = classifier ? "class" : "target";
  const leaves = (class_nodeids as { ints: readonly number[] }).ints.flatMap((node, i) =>
    form.leaves[i % form.leaves.length]!.flatMap((value, id) =>
      value === null ? [] : [{ tree: (class_treeids as { ints: readonly number[] }).ints[i]!, node, id, value }],
    ),
  );
  const ids = Array.from({ length: form.width }, (_, id) => id);
  const attributes: Record<string, Attribute> = {
    ...nodes,
    [`${prefix}_treeids`]: { ints: leaves.map((leaf) => leaf.tree) },
    [`${prefix}_nodeids`]: { ints: leaves.map((leaf) => leaf.node) },
    [`${prefix}_ids`]: { ints: leaves.map((leaf) => leaf.id) },
    [`${prefix}_weights`]: { floats: leaves.map((leaf) => leaf.value) },
    post_transform: { string: form.post },
    base_values: { floats: form.base },
    ...(classifier
      ? { classlabels_strings: { strings: ids.map((id) => `class ${id}`) } }
      : { n_targets: { int: form.width }, aggregate_function: { string: form.aggregate } }),
  };
  return writeOnnx({ operator: form.operator, attributes, width: featureCount });
}

const mayRefuse = new Set([
  "unsupported_aggregate",
  "unsupported_base_values",
  "unsupported_post_transform",
  "leaf_weights",
  "equality_tests",
]);

function readOrRefuse(bytes: Uint8Array): OnnxEnsembles | null {
  try {
    return ensemblesFromOnnx(parseOnnxModel(bytes));
  } catch (error) {
    assert.ok(error instanceof ModelRefusal && mayRefuse.has(error.reason), String(error));
    return null;
  }
}

const read = new Map<string, number>();

test("classes and targets, leaves without some of them, base values, transforms and aggregates: as onnxruntime, or refused", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(3, 2), arbitraryForm, async (c, form) => {
      const bytes = write(c.trees, c.featureCount, form);
      const found = readOrRefuse(bytes);
      if (found === null) return;
      const kind = `${form.operator} ${form.width > 2 ? "several" : "two"} ${form.post} ${found.aggregate}`;
      read.set(kind, (read.get(kind) ?? 0) + 1);
      const ort = await openOrt(bytes, c.featureCount);
      const expected = await ort.columns(c.rows, c.count);
      await ort.release();
      const raw = found.outputs.map((output) => rawScores(output, c.rows, c.count));
      for (let row = 0; row < c.count; row++)
        transformed(
          raw.map((scores) => scores[row]!),
          found.postTransform,
        ).forEach((value, output) => {
          const right = expected[found.columns[output]!]![row]!;
          const error = Math.abs(value - right) / Math.max(1, Math.abs(right));
          assert.ok(error <= 1e-5 || Object.is(value, right), `${kind}: ${value} and ${right}`);
        });
    }),
    { numRuns: 800, seed: 61 },
  );
});

test("all of these forms were among them", () => {
  for (const post of postTransforms) {
    for (const operator of ["TreeEnsembleClassifier", "TreeEnsembleRegressor"])
      assert.ok((read.get(`${operator} several ${post} SUM`) ?? 0) > 2, `${operator} ${post}`);
    assert.ok((read.get(`TreeEnsembleClassifier two ${post} SUM`) ?? 0) > 0, `two ${post}`);
  }
  for (const aggregate of aggregates)
    assert.ok(
      postTransforms.some((post) => read.has(`TreeEnsembleRegressor several ${post} ${aggregate}`)),
      aggregate,
    );
});

const split = (feature: number, threshold: number, yes: Tree, no: Tree): Tree => ({
  feature,
  mode: 0,
  threshold,
  missingTrue: false,
  yes,
  no,
});
const three: Form = {
  operator: "TreeEnsembleClassifier",
  width: 3,
  leaves: [
    [1, null, 0.5],
    [null, -2, 0.25],
    [0.75, 1, null],
  ],
  base: [0.5, 0, -1],
  post: "SOFTMAX",
  aggregate: "SUM",
};
const trees = [split(0, 0.5, split(1, 0, 0, 0), 0), split(1, 1, 0, 0)];

test("each class of three is explained: its own trees, against the definition on its own raw score", async () => {
  const bytes = write(trees, 2, { ...three, post: "NONE" });
  const found = ensemblesFromOnnx(parseOnnxModel(bytes));
  const ort = await openOrt(bytes, 2);
  const background = Float32Array.of(0, 0, 1, 1, Number.NaN, 2);
  const row = Float32Array.of(0.25, 1.5);
  for (const [output, ensemble] of found.outputs.entries()) {
    const out = new Float64Array(2);
    const explainer = createExplainer(ensemble, { kind: "interventional", background });
    explainer.explain(row, 1, out);
    const column = async (rows: Float32Array, count: number) => (await ort.columns(rows, count))[output]!;
    const oracle = await bruteForce(column, background, row);
    assert.ok(Math.abs(oracle.expectedValue - explainer.expectedValue) <= 1e-6);
    oracle.shapValues.forEach((value, f) => {
      assert.ok(Math.abs(value - out[f]!) <= 1e-6, `output ${output}, feature ${f}: ${out[f]}, ${value}`);
    });
  }
  await ort.release();
});

test("names of classes, columns and transform are told; a product of one raw score refuses the model", () => {
  const model = parseOnnxModel(write(trees, 2, three));
  const found = ensemblesFromOnnx(model);
  assert.deepEqual(found.labels, ["class 0", "class 1", "class 2"]);
  assert.deepEqual(found.columns, [0, 1, 2]);
  assert.equal(found.postTransform, "SOFTMAX");
  assert.throws(() => ensembleFromOnnx(model), { reason: "unsupported_post_transform" });
  const plain = parseOnnxModel(write(trees, 2, { ...three, post: "NONE" }));
  assert.throws(() => ensembleFromOnnx(plain), { reason: "unsupported_classes" });
});

test("a class has the trees that have weights for it, and one without any is its base value", () => {
  const leaves = [[1, null, null]];
  const found = ensemblesFromOnnx(parseOnnxModel(write(trees, 2, { ...three, leaves })));
  assert.deepEqual(
    found.outputs.map((output) => output.roots.length - 1),
    [2, 0, 0],
  );
  const rows = Float32Array.of(0, 0, 1, 1);
  assert.deepEqual(Array.from(rawScores(found.outputs[2]!, rows, 2)), [-1, -1]);
  const out = new Float64Array(4).fill(1);
  createExplainer(found.outputs[2]!, { kind: "interventional", background: rows }).explain(rows, 2, out);
  assert.deepEqual(Array.from(out), [0, 0, 0, 0]);
});

test("the mean of several trees is in the leaves; the least and greatest of several is refused, of one it is the leaf", () => {
  const form: Form = { ...three, operator: "TreeEnsembleRegressor", leaves: [[1, 2, 4]], base: [], post: "NONE" };
  const scores = (some: readonly Tree[], aggregate: Form["aggregate"]) =>
    ensemblesFromOnnx(parseOnnxModel(write(some, 2, { ...form, aggregate }))).outputs.map(
      (output) => rawScores(output, Float32Array.of(0, 0), 1)[0],
    );
  assert.deepEqual(scores(trees, "SUM"), [2, 4, 8]);
  assert.deepEqual(scores(trees, "AVERAGE"), [1, 2, 4]);
  assert.throws(() => scores(trees, "MIN"), { reason: "unsupported_aggregate" });
  assert.throws(() => scores(trees, "MAX"), { reason: "unsupported_aggregate" });
  assert.deepEqual(scores([trees[0]!], "MIN"), [1, 2, 4]);
  assert.deepEqual(scores([trees[0]!], "MAX"), [1, 2, 4]);
});

test("more outputs than the budget are refused before any is made", () => {
  const model = parseOnnxModel(
    write(trees, 2, { ...three, operator: "TreeEnsembleRegressor", post: "NONE", base: [] }),
  );
  assert.throws(() => ensemblesFromOnnx(model, { maxOutputs: 2 }), { reason: "unsupported_classes" });
  assert.throws(() => ensemblesFromOnnx(model, { maxTreeNodes: 20 }), { reason: "too_many_nodes" });
});
