import { takesTrueBranch } from "./branch.ts";
import { type FeatureBins, featureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";

/** One tree as the conditions of its leaves. A tree's features are its own, numbered from 0 in order of first test. */
export interface TreeShape {
  /** Input column of each of the tree's features. */
  readonly features: readonly number[];
  /** The bins that this tree tells apart, for each of its features. */
  readonly bins: readonly FeatureBins[];
  /** Leaves from left (true) to right. */
  readonly leaves: readonly LeafShape[];
}

export interface LeafShape {
  readonly value: number;
  /** One condition for each feature tested on the way: several tests of one feature are one player's. */
  readonly conditions: readonly LeafCondition[];
}

export interface LeafCondition {
  /** The tree's number of the feature. */
  readonly feature: number;
  /** For each bin, 1 where a value in it passes every test of this feature on the way to the leaf. */
  readonly passes: Uint8Array;
  /** Product of the shares of the ways taken by this feature's tests; null where nobody asked for them. */
  readonly share: number | null;
}

/** False where a condition can be left out: whatever is known of its feature, it is passed. */
export function isLive({ passes, share }: LeafCondition): boolean {
  return passes.includes(0) || (share !== null && share !== 1);
}

/** @param shares of its parent's cover that reached a node, see `coverShares` */
export function treeShape(ensemble: TreeEnsemble, tree: number, shares: Float64Array | null): TreeShape {
  const root = ensemble.roots[tree]!;
  const end = ensemble.roots[tree + 1]!;
  const nodesOf = new Map<number, number[]>();
  for (let node = root; node < end; node++) {
    const column = ensemble.feature[node]!;
    if (column < 0) continue;
    const nodes = nodesOf.get(column);
    if (nodes === undefined) nodesOf.set(column, [node]);
    else nodes.push(node);
  }
  const features = [...nodesOf.keys()];
  const numberOf = new Map(features.map((column, i) => [column, i]));
  const bins = features.map((column) => featureBins(ensemble, nodesOf.get(column)!));
  const leaves: LeafShape[] = [];

  // Depth first, true branch first; conditions are shared between a node and its children until one of them adds a test.
  const stack: { node: number; conditions: readonly LeafCondition[] }[] = [{ node: root, conditions: [] }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, conditions } = item;
    const column = ensemble.feature[node]!;
    if (column < 0) {
      leaves.push({ value: ensemble.leaf[node]!, conditions });
      continue;
    }
    const feature = numberOf.get(column)!;
    const { samples } = bins[feature]!;
    const at = conditions.findIndex((condition) => condition.feature === feature);
    const before = conditions[at];
    const others = at < 0 ? conditions : conditions.toSpliced(at, 1);
    // Plain loops: the trees of a forest have thousands of nodes and hundreds of bins.
    const holding = new Uint8Array(samples.length);
    const failing = new Uint8Array(samples.length);
    for (let bin = 0; bin < samples.length; bin++) {
      if (before !== undefined && before.passes[bin] === 0) continue;
      if (takesTrueBranch(ensemble, node, samples[bin]!)) holding[bin] = 1;
      else failing[bin] = 1;
    }
    const push = (child: number, passes: Uint8Array) => {
      const share = shares === null ? null : shares[child]! * (before?.share ?? 1);
      stack.push({ node: child, conditions: [...others, { feature, passes, share }] });
    };
    push(ensemble.falseChild[node]!, failing);
    push(ensemble.trueChild[node]!, holding);
  }
  return { features, bins, leaves };
}
