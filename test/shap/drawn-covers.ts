import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";

/** Covers of any shape, whatever the tests say: drawn numbers at the leaves by their place in the tree, sums above. */
export function drawnCovers(ensemble: TreeEnsemble, draws: readonly number[]): TreeEnsemble {
  const { roots, feature, trueChild, falseChild } = ensemble;
  const cover = new Float64Array(feature.length);
  for (let tree = roots.length - 2; tree >= 0; tree--)
    for (let node = roots[tree + 1]! - 1; node >= roots[tree]!; node--)
      cover[node] =
        feature[node]! < 0
          ? draws[(node - roots[tree]!) % draws.length]!
          : cover[trueChild[node]!]! + cover[falseChild[node]!]!;
  return { ...ensemble, cover };
}

const seven = { minLength: 7, maxLength: 7 };
export const positiveDraws = fc.array(fc.integer({ min: 1, max: 9 }), seven);
/** Leaves, and now and then decisions, without cover. */
export const drawsWithZeros = fc.array(fc.integer({ min: 0, max: 5 }), seven);
