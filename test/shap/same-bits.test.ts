import assert from "node:assert/strict";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import type { Perturbation } from "../../src/shap/perturbation.ts";
import { test } from "../slow-test.ts";
import { drawnCovers } from "./drawn-covers.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

/** A linear congruential generator: the same numbers everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const width = 12;

function draw(random: () => number, depth: number): Tree {
  if (depth === 0) return (random() - 0.5) / 3;
  return {
    feature: Math.floor(random() * width),
    mode: random() < 0.9 ? 0 : 2,
    threshold: Math.fround(random()),
    missingTrue: random() < 0.5,
    yes: draw(random, depth - 1),
    no: draw(random, depth - 1),
  };
}

/** FNV-1a over the bytes. */
function digest(values: Float64Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}

function explain(kind: Perturbation["kind"], options: ExplainerOptions, leafShift = 0): Float64Array {
  const random = createRandom(5);
  const trees = Array.from({ length: 20 }, () => draw(random, 5));
  const cells = (count: number) =>
    Float32Array.from({ length: count * width }, () => (random() < 0.05 ? Number.NaN : random()));
  const background = cells(40);
  const rows = cells(100);
  const out = new Float64Array(100 * width + 1);
  const ensemble = drawnCovers(treesToEnsemble(trees, width), [1, 2, 3, 4, 5, 6, 7]);
  ensemble.leaf[ensemble.leaf.length - 1]! += leafShift;
  const explainer = createExplainer(ensemble, kind === "interventional" ? { kind, background } : { kind }, options);
  explainer.explain(rows, 100, out);
  out[100 * width] = explainer.expectedValue;
  return out;
}

const digests: readonly (readonly [Perturbation["kind"], string, ExplainerOptions, string])[] = [
  ["interventional", "tables", {}, "203e2d81"],
  ["interventional", "walk", { maxTableBytes: 0 }, "3fb03080"],
  ["path-dependent", "tables", {}, "b1c402c3"],
  ["path-dependent", "walk", { maxTableBytes: 0 }, "eac8997c"],
];

for (const [kind, way, options, expected] of digests)
  test(`every runtime gives the same bits (${kind}, ${way})`, () => {
    assert.equal(digest(explain(kind, options)), expected);
    assert.equal(digest(explain(kind, { ...options, kernel: "plain" })), expected);
    assert.notEqual(digest(explain(kind, options, 1e-9)), expected);
  });
