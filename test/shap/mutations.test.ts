import assert from "node:assert/strict";
import { aggregates, branchModes, postTransforms } from "../../src/shap/ensemble.ts";
import { ensemblesFromOnnx, type OnnxEnsembles } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { ModelRefusal } from "../../src/shap/refusal.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { type Attribute, type ModelText, writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { transformed } from "./post-transform.ts";
import { scoreBySpecification } from "./specification-5.ts";
import { type Tree, treeAttributes } from "./tree-text.ts";
import { treeAttributes5 } from "./tree-text-5.ts";

/** The same numbers everywhere (mulberry32). */
let state = 2026;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (count: number): number => Math.floor(random() * count);
const one = <T>(values: readonly T[]): T => values[below(values.length)]!;

const split = (feature: number, mode: number, threshold: number, yes: Tree, no: Tree): Tree => ({
  feature,
  mode,
  threshold,
  missingTrue: threshold > 0,
  yes,
  no,
});
const set = (feature: number, members: readonly number[], yes: Tree, no: Tree): Tree => ({
  ...(split(feature, 6, 0, yes, no) as object as Exclude<Tree, number>),
  members,
});
/** `twin`: whether two true branches below tests for equality of one feature are alike. */
const treesOf = (twin: boolean): Tree[] => [
  split(0, 0, 0.5, set(1, [1, 2, 5], 1, split(0, 4, 0, -1, 0.5)), split(1, 2, 1, 2, set(1, [0, 2], -2, 0.25))),
  split(1, 4, 1, split(0, 3, 0.5, 1, -1), split(1, 4, 2, split(0, 3, twin ? 0.5 : 2, 1, -1), 0.75)),
  0.5,
];

const binary = treeAttributes(treesOf(true), "LOGISTIC");
const apart = treeAttributes(treesOf(false), "LOGISTIC");
const several = { ...apart, classlabels_int64s: { ints: [3, 4, 5] }, post_transform: { string: "SOFTMAX" } };
const ids = (binary.class_ids as { ints: readonly number[] }).ints.map((_, i) => i % 3);
const classes = { ...several, class_ids: { ints: ids }, base_values: { floats: [0.5, 0, -0.25] } };
const { classlabels_int64s: _, ...regression } = binary;
const targets = Object.fromEntries(
  Object.entries({ ...regression, post_transform: { string: "NONE" } }).map(([name, value]) => [
    name.replace("class_", "target_"),
    value,
  ]),
);
const forms: readonly (readonly [string, Record<string, Attribute>, Partial<ModelText>])[] = [
  ["two classes", binary, {}],
  ["three classes", classes, {}],
  [
    "one target",
    { ...targets, n_targets: { int: 1 }, base_values: { floats: [1] } },
    { operator: "TreeEnsembleRegressor" },
  ],
  [
    "three targets",
    {
      ...targets,
      nodes_values: apart.nodes_values!,
      target_ids: { ints: ids },
      n_targets: { int: 3 },
      aggregate_function: { string: "AVERAGE" },
    },
    { operator: "TreeEnsembleRegressor" },
  ],
];
const form5: Record<string, Attribute> = treeAttributes5(treesOf(true), { targets: 2, double: false });

const numbers = [-1, 0, 1, 2, 3, 5, 7, 99, 2 ** 31, 2 ** 32 + 1];
const reals = [0, -0, 0.5, 1, 2, -1, 0.1, 1e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const words = [...branchModes, ...branchModes, "LEAF", "LEAF", ...postTransforms, ...aggregates, ""];

function mutateList<T>(list: readonly T[], other: readonly T[]): T[] {
  const at = below(list.length);
  const kind = below(10);
  if (kind === 0) return list.filter((_, i) => i !== at);
  if (kind === 1) return [...list, one(other)];
  if (kind < 4) {
    const to = below(list.length);
    return list.map((value, i) => (i === at ? list[to]! : i === to ? list[at]! : value));
  }
  if (kind < 7) return list.map((value, i) => (i === at ? one(list) : value));
  return list.map((value, i) => (i === at ? one(other) : value));
}

function mutate(attributes: Readonly<Record<string, Attribute>>): Record<string, Attribute> {
  const name = one(Object.keys(attributes));
  const value = attributes[name]!;
  const { [name]: __, ...others } = attributes;
  if (below(40) === 0) return others;
  if ("ints" in value) return { ...others, [name]: { ints: mutateList(value.ints, numbers) } };
  if ("floats" in value) return { ...others, [name]: { floats: mutateList(value.floats, reals) } };
  if ("singles" in value) return { ...others, [name]: { singles: mutateList(value.singles, reals) } };
  if ("bytes" in value) return { ...others, [name]: { bytes: mutateList(value.bytes, [0, 1, 2, 3, 4, 5, 6, 7]) } };
  if ("strings" in value) return { ...others, [name]: { strings: mutateList(value.strings, words) } };
  if ("int" in value) return { ...others, [name]: { int: one(numbers) } };
  return { ...others, [name]: { string: one(words) } };
}

const cells = [0, 1, 2, 5, 0.5, -1, 3, Number.NaN, 1.5, Number.POSITIVE_INFINITY];
const count = cells.length ** 2;
const rows = Float32Array.from({ length: 2 * count }, (_, i) =>
  i % 2 === 0 ? cells[(i >> 1) % cells.length]! : cells[Math.floor((i >> 1) / cells.length)]!,
);

function readOrRefuse(
  attributes: Record<string, Attribute>,
  text: Partial<ModelText>,
): [OnnxEnsembles, Uint8Array] | string {
  const bytes = writeOnnx({ attributes, width: 2, ...text });
  try {
    return [ensemblesFromOnnx(parseOnnxModel(bytes)), bytes];
  } catch (error) {
    assert.ok(error instanceof ModelRefusal, `${JSON.stringify(attributes)}: ${error}`);
    return error.reason;
  }
}

const near = (a: number, b: number) =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));

for (const [name, attributes, text] of forms)
  test(`of 400 models of ${name} with one or two changes each is refused by name or scored as by onnxruntime`, async () => {
    const refused = new Map<string, number>();
    let read = 0;
    for (let i = 0; i < 400; i++) {
      const changed = below(3) === 0 ? mutate(mutate(attributes)) : mutate(attributes);
      const found = readOrRefuse(changed, text);
      if (typeof found === "string") {
        refused.set(found, (refused.get(found) ?? 0) + 1);
        continue;
      }
      read += 1;
      const [{ outputs, columns, postTransform }, bytes] = found;
      const raw = outputs.map((output) => rawScores(output, rows, count));
      const ort = await openOrt(bytes, 2);
      const expected = await ort.columns(rows, count);
      await ort.release();
      for (let row = 0; row < count; row++) {
        const own = transformed(
          raw.map((scores) => scores[row]!),
          postTransform,
        );
        own.forEach((value, output) => {
          const right = expected[columns[output]!]![row]!;
          assert.ok(near(value, right), `${JSON.stringify(changed)}: row ${row}: ${value}, onnxruntime ${right}`);
        });
      }
    }
    assert.ok(read > 40 && refused.size > 8, `${read} read, refused for ${[...refused.keys()].join(", ")}`);
  });

test("of 400 models of version 5 each is refused by name or scored as the specification words it", () => {
  const refused = new Map<string, number>();
  let read = 0;
  for (let i = 0; i < 400; i++) {
    const changed = below(3) === 0 ? mutate(mutate(form5)) : mutate(form5);
    const found = readOrRefuse(changed, { operator: "TreeEnsemble", mlVersion: 5 });
    if (typeof found === "string") {
      refused.set(found, (refused.get(found) ?? 0) + 1);
      continue;
    }
    read += 1;
    const raw = found[0].outputs.map((output) => rawScores(output, rows, count));
    for (let row = 0; row < count; row += 3)
      scoreBySpecification(changed, rows.subarray(2 * row, 2 * row + 2)).forEach((score, target) => {
        assert.ok(near(raw[target]![row]!, score), `${JSON.stringify(changed)}: ${raw[target]![row]}, ${score}`);
      });
  }
  assert.ok(read > 40 && refused.size > 8, `${read} read, refused for ${[...refused.keys()].join(", ")}`);
});
