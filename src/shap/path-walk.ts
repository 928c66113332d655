import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { reachedLeaf } from "./reached-leaf.ts";
import { createShapleyIntegrals, type ShapleyIntegral } from "./shapley-integral.ts";
import type { TreeWalk } from "./walk.ts";

/**
 * Path-dependent attributions of whole trees without tables. With every feature known with probability p, a leaf is reached with the product
 * over its features of p x (1 where the row passes) + (1 - p) x share of cover. The walk carries this product at each point of
 * the integral (`shapley-integral.ts`) down the tree and the sums of leaves back up; a feature's gain is read off where it is
 * tested, and taken back where it is tested again. Costs a row trees x leaves x half the features on a way, where TreeSHAP (Lundberg et al.,
 * Nature Machine Intelligence 2, 2020, algorithm 2) costs trees x leaves x depth squared; the idea of sums at fixed points is that of Linear
 * TreeShap (Yu et al., NeurIPS 2022).
 *
 * @param shares of its parent's cover that went to a node, see `coverShares`
 */
export function createPathWalk(ensemble: TreeEnsemble, trees: readonly number[], shares: Float64Array): TreeWalk {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const integrals = createShapleyIntegrals();
  /** For each node: the last node before it that a test of the same feature leads to, or -1; and the product of all their shares. */
  const before = new Int32Array(feature.length).fill(-1);
  const share = shares.slice();
  const plans = trees.map((tree) => {
    const { players, depth } = describeTree(roots[tree]!);
    return { root: roots[tree]!, depth, integral: integrals(players) };
  });
  const room = plans.reduce((most, { depth, integral }) => Math.max(most, (depth + 1) * integral.points.length), 0);
  /** By depth and point: how much of the way's leaves is reached, and the sum of leaves below. */
  const reach = new Float64Array(room);
  const sums = new Float64Array(room);
  /** 1: the row has passed every test of this feature on the way. */
  const passes = new Uint8Array(featureCount).fill(1);
  let rows: Float32Array = new Float32Array(0);
  let x = 0;
  let into: Float64Array = sums;
  let at = 0;
  let stride = 0;

  return {
    explainRow(fromRows, start, toInto, toAt, toStride) {
      rows = fromRows;
      x = start;
      into = toInto;
      at = toAt;
      stride = toStride;
      let reached = 0;
      for (const { root, integral } of plans) {
        reach.fill(1, 0, integral.points.length);
        walk(root, 0, integral);
        reached += leaf[reachedLeaf(ensemble, root, rows, x)]!;
      }
      return reached;
    },
  };

  function walk(node: number, own: number, integral: ShapleyIntegral): void {
    const { points } = integral;
    const count = points.length;
    const column = feature[node]!;
    if (column < 0) {
      for (let q = 0; q < count; q++) sums[own + q] = leaf[node]! * reach[own + q]!;
      return;
    }
    sums.fill(0, own, own + count);
    const rowChild = takesTrueBranch(ensemble, node, rows[x + column]!) ? trueChild[node]! : falseChild[node]!;
    const wasPassed = passes[column]!;
    const next = own + count;
    for (const child of [trueChild[node]!, falseChild[node]!]) {
      const passed = child === rowChild ? wasPassed : 0;
      const all = share[child]!;
      // Neither the row nor anything expected comes here.
      if (passed === 0 && all === 0) continue;
      const last = before[child]!;
      const allBefore = last < 0 ? 1 : share[last]!;
      for (let q = 0; q < count; q++) {
        const p = points[q]!;
        const way = reach[own + q]! * (p * passed + (1 - p) * all);
        reach[next + q] = last < 0 ? way : way / (p * wasPassed + (1 - p) * allBefore);
      }
      passes[column] = passed;
      walk(child, next, integral);
      for (let q = 0; q < count; q++) sums[own + q]! += sums[next + q]!;
      // Where the row has failed this feature before, it lost all there.
      if (wasPassed === 0) continue;
      const gain = passed === 0 ? -failing(next, integral) : passing(next, integral, all);
      into[at + column * stride]! += last < 0 ? gain : gain - passing(next, integral, allBefore);
    }
    passes[column] = wasPassed;
  }

  /** What the row's passing gives the leaves summed up at `from`: reach without this feature's factor, x (1 - all). */
  function passing(from: number, { points, weights }: ShapleyIntegral, all: number): number {
    let gain = 0;
    for (let q = 0; q < points.length; q++) {
      const p = points[q]!;
      gain += (weights[q]! * sums[from + q]!) / (p + (1 - p) * all);
    }
    return gain * (1 - all);
  }

  /** What its failing takes from them: the share of cover is in the factor, and cancels. */
  function failing(from: number, { points, weights }: ShapleyIntegral): number {
    let lost = 0;
    for (let q = 0; q < points.length; q++) lost += (weights[q]! * sums[from + q]!) / (1 - points[q]!);
    return lost;
  }

  /** Fills `before` and `share` of one tree; answers how many features its ways have at most, and how many tests. */
  function describeTree(root: number): { players: number; depth: number } {
    const lastOf = new Int32Array(featureCount).fill(-1);
    let players = 0;
    let deepest = 0;
    const describe = (node: number, features: number, depth: number): void => {
      players = Math.max(players, features);
      deepest = Math.max(deepest, depth);
      const column = feature[node]!;
      if (column < 0) return;
      const last = lastOf[column]!;
      for (const child of [trueChild[node]!, falseChild[node]!]) {
        before[child] = last;
        if (last >= 0) share[child] = shares[child]! * share[last]!;
        lastOf[column] = child;
        describe(child, last < 0 ? features + 1 : features, depth + 1);
      }
      lastOf[column] = last;
    };
    describe(root, 0, 0);
    return { players, depth: deepest };
  }
}
