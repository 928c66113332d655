import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { createInteractionExplainer } from "../../src/shap/interactions.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { createPathInteractions } from "../../src/shap/path-interactions.ts";
import { withCovers } from "../../src/shap/with-covers.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { bruteForcePathInteractions } from "./brute-force-interactions.ts";
import { largestDifference } from "./largest-difference.ts";
import { treesToEnsemble } from "./tree-text.ts";

/** Shares of two children that sum to one, from a list that is used over and over; some are 0 and 1. */
function drawnShares({ feature, trueChild, falseChild }: TreeEnsemble, parts: readonly number[]): Float64Array {
  const shares = new Float64Array(feature.length).fill(1);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node]! < 0) continue;
    shares[trueChild[node]!] = parts[node % parts.length]! / 8;
    shares[falseChild[node]!] = 1 - shares[trueChild[node]!]!;
  }
  return shares;
}

const cases = fc.tuple(arbitraryCase(5, 5), fc.array(fc.nat(8), { minLength: 1, maxLength: 20 }));

test("path-dependent interactions equal the definition to 1e-11 on random ensembles and shares", () => {
  fc.assert(
    fc.property(cases, ([c, parts]) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      const shares = drawnShares(ensemble, parts);
      const explainer = createPathInteractions(ensemble, shares);
      for (let at = 0; at < c.rows.length; at += c.featureCount) {
        const row = c.rows.subarray(at, at + c.featureCount);
        const error = largestDifference(explainer.explainRow(row), bruteForcePathInteractions(ensemble, shares, row));
        assert.ok(error <= 1e-11, `off by ${error}`);
      }
    }),
    { numRuns: 200, seed: 71 },
  );
});

test("other shares give other interactions, so the comparison can fail", () => {
  const tree = { feature: 0, mode: 0, threshold: 0, missingTrue: false, yes: 1, no: 0 };
  const ensemble = treesToEnsemble([{ ...tree, yes: { ...tree, feature: 1 } }], 2);
  const row = Float32Array.of(-1, -1);
  const right = createPathInteractions(ensemble, drawnShares(ensemble, [2])).explainRow(row);
  // Both features known 1, either alone 1/4, neither 1/16: (1 - 1/4 - 1/4 + 1/16) / 2.
  assert.ok(Math.abs(right[1]! - 9 / 32) < 1e-15);
  assert.ok(largestDifference(right, bruteForcePathInteractions(ensemble, drawnShares(ensemble, [3]), row)) > 0.01);
});

interface Facts {
  readonly training: readonly (readonly (number | null)[])[];
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly interactions: readonly (readonly number[])[];
}

const rowOf = (cells: readonly (number | null)[]) => Float32Array.from(cells, (cell) => cell ?? Number.NaN);

for (const name of ["lightgbm", "sklearn"]) {
  const file = (end: string) => readFileSync(new URL(`fixtures/reference-${name}.${end}`, import.meta.url));
  const { training, inputs, interactions } = JSON.parse(file("json").toString()) as Facts;
  const ensemble = ensembleFromOnnx(parseOnnxModel(new Uint8Array(file("onnx"))));
  const worst = (counted: readonly (readonly (number | null)[])[]) => {
    const rows = Float32Array.from(counted.flat(), (cell) => cell ?? Number.NaN);
    const explainer = createInteractionExplainer(withCovers(ensemble, rows), { kind: "path-dependent" });
    return Math.max(
      ...inputs.map((cells, i) => largestDifference(explainer.explainRow(rowOf(cells)), interactions[i]!)),
    );
  };

  test(`path-dependent interactions are shap's own of the original model, to 1e-5 of the range (${name})`, () => {
    const sizes = interactions.flat().map(Math.abs);
    assert.equal(inputs.length, 60);
    assert.ok(worst(training) <= 1e-5 * Math.max(...sizes), String(worst(training)));
    // Covers of most of the rows are others, and would be seen.
    assert.ok(worst(training.slice(0, -40)) > 1e-3);
  });
}

test("refuses a row of another width", () => {
  const ensemble = treesToEnsemble([1], 2);
  assert.throws(() => createPathInteractions(ensemble, Float64Array.of(1)).explainRow(new Float32Array(3)));
});
