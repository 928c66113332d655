import { takesTrueBranch } from "./branch.ts";
import { featureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { ModelRefusal } from "./refusal.ts";

/** Children may differ from their parent by this part of it: float32 sums of weights or Hessians. */
const tolerance = 1e-3;

/**
 * For each node the share of its parent's cover that went there, so that two children have 1 together; 1 for a root.
 *
 * A child without cover has share 0: nothing is expected there, but a row that goes there is explained like any other. The ways of
 * a *decision* without cover have no shares; such a decision is refused if any row can reach it, and has shares of 0 if none can.
 *
 * @throws ModelRefusal `covers_missing`, `covers_invalid`, `covers_zero`
 */
export function coverShares(ensemble: TreeEnsemble): Float64Array {
  const { cover, roots, feature, trueChild, falseChild } = ensemble;
  if (cover === null)
    throw new ModelRefusal("covers_missing", "the model does not say how many rows reached each node: count them");
  const shares = new Float64Array(feature.length);
  for (const root of roots.subarray(0, -1)) shares[root] = 1;
  for (let node = 0; node < feature.length; node++) {
    const own = cover[node]!;
    if (!(own >= 0 && own < Number.POSITIVE_INFINITY))
      throw new ModelRefusal("covers_invalid", `node ${node} has cover ${own}`);
    if (feature[node]! < 0) continue;
    const yes = cover[trueChild[node]!]!;
    const no = cover[falseChild[node]!]!;
    const sum = yes + no;
    if (!(Math.abs(sum - own) <= tolerance * own))
      throw new ModelRefusal("covers_invalid", `node ${node} has cover ${own}, its children ${yes} and ${no}`);
    if (sum > 0) {
      shares[trueChild[node]!] = yes / sum;
      shares[falseChild[node]!] = no / sum;
    } else if (canBeReached(ensemble, node))
      throw new ModelRefusal("covers_zero", `node ${node} decides, but no row reached it: count covers from more rows`);
  }
  return shares;
}

/** Whether some row gets there: each feature needs a value that passes all its tests on the way. */
function canBeReached(ensemble: TreeEnsemble, node: number): boolean {
  const parents = new Map<number, number>();
  const root = ensemble.roots.findLast((first) => first <= node)!;
  for (let parent = root; parent < node; parent++)
    if (ensemble.feature[parent]! >= 0) {
      parents.set(ensemble.trueChild[parent]!, parent);
      parents.set(ensemble.falseChild[parent]!, parent);
    }
  const testsOf = new Map<number, { readonly test: number; readonly holds: boolean }[]>();
  for (let child = node, test = parents.get(child); test !== undefined; child = test, test = parents.get(child)) {
    const column = ensemble.feature[test]!;
    testsOf.set(column, [...(testsOf.get(column) ?? []), { test, holds: child === ensemble.trueChild[test] }]);
  }
  return [...testsOf.values()].every((tests) =>
    featureBins(
      ensemble,
      tests.map(({ test }) => test),
    ).samples.some((x) => tests.every(({ test, holds }) => takesTrueBranch(ensemble, test, x) === holds)),
  );
}
