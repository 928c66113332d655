import { type GroupPlan, maxPlaces, pairsOf } from "./group-plan.ts";

/**
 * A bundle: neighbouring groups of one tree whose tables have the same lanes, one for each feature that any of them has a slot for and one
 * for the leaf's value. A row's lanes are summed over the bundle's groups first, and then added once to the row's sums.
 */
export interface BundlePlan {
  readonly groups: readonly GroupPlan[];
  /** The tree's features in ascending order: lane i is `features[i]`, the lane behind them the leaf's value. */
  readonly features: readonly number[];
  /** Lanes of the tables, in pairs; the last lane may be empty. */
  readonly pairs: number;
}

/** Most groups of one bundle; a tree of more is many bundles. */
const maxBundleGroups = 16;

/** Cuts the groups of a tree, which all have slots, into bundles so that a row costs least. */
export function planBundles(groups: readonly GroupPlan[]): BundlePlan[] {
  const cheapest = new Float64Array(groups.length + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(groups.length + 1);
  cheapest[0] = 0;
  for (let start = 0; start < groups.length; start++) {
    const features = new Set<number>();
    let patterns = 0;
    for (let end = start + 1; end <= Math.min(groups.length, start + maxBundleGroups); end++) {
      const group = groups[end - 1]!;
      for (const slot of group.slots) features.add(slot.feature);
      patterns = Math.max(patterns, group.patterns);
      const pairs = pairsOf(features.size);
      if (end > start + 1 && patterns * pairs > maxPlaces) break;
      const cost = cheapest[start]! + bundleCost(end - start, pairs);
      if (cost < cheapest[end]!) {
        cheapest[end] = cost;
        from[end] = start;
      }
    }
  }
  const plans: BundlePlan[] = [];
  for (let end = groups.length; end > 0; end = from[end]!) {
    const members = groups.slice(from[end]!, end);
    const features = new Set(members.flatMap((group) => group.slots.map((slot) => slot.feature)));
    plans.push({
      groups: members,
      features: [...features].sort((a, b) => a - b),
      pairs: pairsOf(features.size),
    });
  }
  return plans.reverse();
}

/** In about the time of one addition of a pair: what the lanes of each group and of the bundle itself cost a row; measured. */
function bundleCost(groups: number, pairs: number): number {
  return groups * (2 + pairs) + pairs * 2 + 2;
}
