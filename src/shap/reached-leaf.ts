import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";

/** The node of the leaf that the row at `start` reaches from `root`. */
export function reachedLeaf(
  ensemble: TreeEnsemble,
  root: number,
  rows: Float32Array | Float64Array,
  start: number,
): number {
  const { feature, trueChild, falseChild } = ensemble;
  let node = root;
  for (let column = feature[node]!; column >= 0; column = feature[node]!)
    node = takesTrueBranch(ensemble, node, rows[start + column]!) ? trueChild[node]! : falseChild[node]!;
  return node;
}
