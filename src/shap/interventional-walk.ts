import type { Background } from "./background.ts";
import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { mostTests } from "./most-tests.ts";
import { reachedLeaf } from "./reached-leaf.ts";
import { shapleyWeights } from "./shapley-weights.ts";
import type { TreeWalk } from "./walk.ts";

export interface InterventionalWalk extends TreeWalk {
  /** @param shares of the background rows for this row alone, instead of their own; they need not sum to 1 */
  explainRow(
    rows: Float32Array,
    start: number,
    into: Float64Array,
    at: number,
    stride: number,
    shares?: Float64Array,
  ): number;
}

/**
 * Interventional attributions of whole trees without tables. A row goes down a tree once, with the list of those background rows that can
 * still reach what is below together with it: each feature of the way must be passed by the row or by the background row. A leaf is
 * reached by a pair where all that only the row passes is taken from the row (`inside`), and all that only the background row passes is not
 * (`outside`). Costs a row trees x nodes visited x background rows still on the list there; after Lundberg et al.,
 * Nature Machine Intelligence 2 (2020), algorithm 3 of the supplement, which goes down once for each background row.
 */
export function createInterventionalWalk(
  ensemble: TreeEnsemble,
  trees: readonly number[],
  background: Background,
): InterventionalWalk {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const { count } = background;
  const depth = mostTests(ensemble, trees);
  const weights = shapleyWeights(Math.min(featureCount, depth));
  /** Column-major: a node asks one feature of many rows. */
  const columns = Float32Array.from(
    { length: count * featureCount },
    (_, i) => background.rows[(i % count) * featureCount + Math.floor(i / count)]!,
  );
  /** The lists on the current way, one behind the other; `top` is the end of the last. */
  const lists = new Int32Array(count * (depth + 2));
  let top = count;
  for (let b = 0; b < count; b++) lists[b] = b;
  /** By feature and background row: 1 where this row fails a test of it on the way; by background row: how many features it fails. */
  const failed = new Uint8Array(featureCount * count);
  const failures = new Int32Array(count);
  /** By feature: 1 where the explained row fails a test of it on the way. */
  const rowFailed = new Uint8Array(featureCount);
  /** Of the leaves passed so far: what each feature failed by background row b gains from it, and each that the explained row fails loses. */
  const gains = new Float64Array(count);
  let loss = 0;
  let shares = background.shares;
  let rows: Float32Array = background.rows;
  let x = 0;
  let into: Float64Array = gains;
  let at = 0;
  let stride = 0;

  return {
    explainRow(fromRows, start, toInto, toAt, toStride, ownShares = background.shares) {
      rows = fromRows;
      x = start;
      into = toInto;
      at = toAt;
      stride = toStride;
      shares = ownShares;
      let reached = 0;
      for (const tree of trees) {
        gains.fill(0);
        loss = 0;
        walk(roots[tree]!, 0, count, 0);
        reached += leaf[reachedLeaf(ensemble, roots[tree]!, rows, x)]!;
      }
      return reached;
    },
  };

  /** The list is `lists` from `from` to `to`; the explained row fails `rowFailures` features. */
  function walk(node: number, from: number, to: number, rowFailures: number): void {
    const column = feature[node]!;
    if (column < 0) reachLeaf(leaf[node]!, from, to, rowFailures);
    else if (rowFailed[column] === 1) followBackground(node, from, to, rowFailures);
    else part(node, from, to, rowFailures);
  }

  function reachLeaf(value: number, from: number, to: number, rowFailures: number): void {
    if (value === 0) return;
    for (let i = from; i < to; i++) {
      const b = lists[i]!;
      const own = failures[b]!;
      const worth = value * shares[b]!;
      if (own > 0) gains[b]! += worth * weights.inside(own, rowFailures);
      if (rowFailures > 0) loss += worth * weights.outside(own, rowFailures);
    }
  }

  /** The row has failed this feature before, so all on the list have passed it so far, and must go on passing. */
  function followBackground(node: number, from: number, to: number, rowFailures: number): void {
    const column = feature[node]! * count;
    for (const wanted of [true, false]) {
      const first = top;
      for (let i = from; i < to; i++) {
        const b = lists[i]!;
        if (takesTrueBranch(ensemble, node, columns[column + b]!) === wanted) lists[top++] = b;
      }
      if (top > first) walk(wanted ? trueChild[node]! : falseChild[node]!, first, top, rowFailures);
      top = first;
    }
  }

  /** With the row go all; the other way only those that part from it here and have not failed this feature before. */
  function part(node: number, from: number, to: number, rowFailures: number): void {
    const column = feature[node]!;
    const own = column * count;
    const rowHolds = takesTrueBranch(ensemble, node, rows[x + column]!);
    const rowChild = rowHolds ? trueChild[node]! : falseChild[node]!;
    const first = top;
    for (let i = from; i < to; i++) {
      const b = lists[i]!;
      if (failed[own + b] === 0 && takesTrueBranch(ensemble, node, columns[own + b]!) !== rowHolds) lists[top++] = b;
    }
    const end = top;
    if (end === first) {
      walk(rowChild, from, to, rowFailures);
      return;
    }
    let gain = 0;
    for (let i = first; i < end; i++) {
      const b = lists[i]!;
      gain -= gains[b]!;
      failures[b]! += 1;
      failed[own + b] = 1;
    }
    walk(rowChild, from, to, rowFailures);
    for (let i = first; i < end; i++) {
      const b = lists[i]!;
      gain += gains[b]!;
      failures[b]! -= 1;
      failed[own + b] = 0;
    }
    const before = loss;
    rowFailed[column] = 1;
    walk(rowHolds ? falseChild[node]! : trueChild[node]!, first, end, rowFailures + 1);
    rowFailed[column] = 0;
    into[at + column * stride]! += gain - (loss - before);
    top = first;
  }
}
