import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { shapleyWeights } from "./shapley-weights.ts";

/**
 * Explains whole trees without tables, one row against each background row: a walk that forks where the two go different ways on a
 * feature not yet taken. Exact for every tree; costs trees x background rows x nodes visited, and no memory. After Lundberg et al.,
 * Nature Machine Intelligence 2 (2020), algorithm 3 of the supplement.
 */
export interface TreeWalk {
  /** Adds the trees' attributions of one row; `into[column * stride]` is the column's. Answers their part of the raw score. */
  explainRow(rows: Float32Array, start: number, into: Float64Array, at: number, stride: number): number;
}

export function createTreeWalk(
  ensemble: TreeEnsemble,
  trees: readonly number[],
  background: Float32Array,
  count: number,
): TreeWalk {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const weights = shapleyWeights(Math.min(featureCount, deepestOf(ensemble, trees)));
  /** Whose value a feature has on the current way: 0 undecided, 1 the row's, 2 the background row's. */
  const taken = new Uint8Array(featureCount);
  const sums = new Float64Array(featureCount);
  let rows: Float32Array = background;
  let x = 0;
  let b = 0;
  /** What the features taken from the row gain below the node just walked, and those taken from the background lose. */
  let inside = 0;
  let outside = 0;

  return {
    explainRow(from, start, into, at, stride) {
      rows = from;
      x = start;
      sums.fill(0);
      for (const tree of trees)
        for (let row = 0; row < count; row++) {
          b = row * featureCount;
          walk(roots[tree]!, 0, 0);
        }
      for (let column = 0; column < featureCount; column++) into[at + column * stride]! += sums[column]! / count;
      return trees.reduce((sum, tree) => sum + leafOf(roots[tree]!), 0);
    },
  };

  /** Value of the leaf that the row itself reaches. */
  function leafOf(root: number): number {
    let node = root;
    while (feature[node]! >= 0)
      node = takesTrueBranch(ensemble, node, rows[x + feature[node]!]!) ? trueChild[node]! : falseChild[node]!;
    return leaf[node]!;
  }

  function walk(node: number, fromRow: number, fromBackground: number): void {
    const column = feature[node]!;
    if (column < 0) {
      inside = fromRow === 0 ? 0 : leaf[node]! * weights.inside(fromRow, fromBackground);
      outside = fromBackground === 0 ? 0 : leaf[node]! * weights.outside(fromRow, fromBackground);
      return;
    }
    const rowChild = takesTrueBranch(ensemble, node, rows[x + column]!) ? trueChild[node]! : falseChild[node]!;
    const backgroundChild = takesTrueBranch(ensemble, node, background[b + column]!)
      ? trueChild[node]!
      : falseChild[node]!;
    if (rowChild === backgroundChild || taken[column] !== 0) {
      walk(taken[column] === 2 ? backgroundChild : rowChild, fromRow, fromBackground);
      return;
    }
    taken[column] = 1;
    walk(rowChild, fromRow + 1, fromBackground);
    const insideRow = inside;
    const outsideRow = outside;
    taken[column] = 2;
    walk(backgroundChild, fromRow, fromBackground + 1);
    taken[column] = 0;
    sums[column]! += insideRow - outside;
    inside += insideRow;
    outside += outsideRow;
  }
}

function deepestOf(ensemble: TreeEnsemble, trees: readonly number[]): number {
  const depth = new Int32Array(ensemble.feature.length);
  let deepest = 0;
  for (const tree of trees)
    for (let node = ensemble.roots[tree]!; node < ensemble.roots[tree + 1]!; node++) {
      deepest = Math.max(deepest, depth[node]!);
      if (ensemble.feature[node]! < 0) continue;
      // Parents stand before their children.
      depth[ensemble.trueChild[node]!] = depth[node]! + 1;
      depth[ensemble.falseChild[node]!] = depth[node]! + 1;
    }
  return deepest;
}
