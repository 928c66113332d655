import { takesTrueBranch } from "../../src/shap/branch.ts";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { type Attribution, attributionOf } from "./brute-force.ts";

/**
 * Path-dependent SHAP values by their definition: the worth of a set of features is the expected score where a test of a feature in the
 * set goes the row's way, and any other test both ways by cover (Lundberg et al. 2020, algorithm 1). 2^features expectations.
 */
export function bruteForcePath(ensemble: TreeEnsemble, row: Float32Array): Attribution {
  const { featureCount, roots, feature, trueChild, falseChild, leaf, cover, baseOffset } = ensemble;
  const expect = (node: number, set: number): number => {
    const column = feature[node]!;
    if (column < 0) return leaf[node]!;
    const yes = trueChild[node]!;
    const no = falseChild[node]!;
    if (((set >> column) & 1) === 1) return expect(takesTrueBranch(ensemble, node, row[column]!) ? yes : no, set);
    const all = cover![yes]! + cover![no]!;
    // Ways without cover are not followed: what is expected below them may not exist.
    const part = (child: number) => (cover![child] === 0 ? 0 : (cover![child]! / all) * expect(child, set));
    return part(yes) + part(no);
  };
  const worth = Float64Array.from({ length: 2 ** featureCount }, (_, set) =>
    roots.subarray(0, -1).reduce((sum, root) => sum + expect(root, set), baseOffset),
  );
  return attributionOf(worth, featureCount);
}
