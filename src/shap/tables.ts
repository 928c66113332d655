import { type BundlePlan, planBundles } from "./bundle-plan.ts";
import type { Cuts, FeatureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import type { Game } from "./game.ts";
import { type GroupPlan, maxLeafPatterns, planGroups } from "./group-plan.ts";
import { fillGroupTable } from "./group-table.ts";
import { backgroundWorths, coverWorths } from "./mask-worths.ts";
import { createShapleyIntegrals } from "./shapley-integral.ts";
import { type LeafCondition, type TreeShape, treeShape } from "./tree-shape.ts";

/** All tables of an ensemble, and how to find a row's place in them. */
export interface Tables {
  readonly bundles: readonly TableBundle[];
  /** Attributions (log-odds) and behind them the value of the leaf: group after group, pattern after pattern, lane after lane. */
  readonly attributions: Float64Array;
  /** For each tree that has leaves without tables, which: they are explained by walking (`walk.ts`). */
  readonly rest: ReadonlyMap<number, LeafNumbers>;
  /** Raw score that every row gets from trees that decide nothing. */
  readonly constant: number;
}

/** Leaves of one tree by their number from left (true) to right, or all of them. */
export type LeafNumbers = ReadonlySet<number> | "all";

/** Groups of one tree whose tables have the same lanes (`bundle-plan.ts`). */
export interface TableBundle {
  /** Input column of each lane; the lane behind them is the leaf's value. */
  readonly columns: Int32Array;
  readonly pairs: number;
  readonly groups: readonly TableGroup[];
}

export interface TableGroup {
  /** Where the group's run in `attributions` starts. */
  readonly start: number;
  readonly slots: readonly TableSlot[];
}

export interface TableSlot {
  readonly column: number;
  /** The tree's own cuts of the column. */
  readonly cuts: Cuts;
  /** For each of the tree's bins, what it adds to a row's place: in pairs of lanes, from the group's start. */
  readonly places: Int32Array;
}

export interface TableLimits {
  /** Bytes of all tables together. */
  readonly maxTableBytes: number;
  /** Most patterns of one group. */
  readonly maxPatterns: number;
}

/** Leaves beyond which a tree is not even planned: its tables would be too large. */
const maxLeaves = 4096;
/** Share of a tree's leaves beyond which none of them gets a table: a forest of deep trees took 118 MB then, and was no faster. */
const mostDeepLeaves = 0.25;
/** Most that a tree may take of the bytes, in equal shares of them: one tree of a deep forest would take all, for a hundredth of the work. */
const largestShare = 8;
/** Trees in a row, from the smallest up, that take too much: then no larger one is tried. */
const enoughTooLarge = 8;
/** Bins have 16 bits. */
const maxBins = 65_536;

/**
 * @param bins bins of the whole ensemble, for each input column
 * @param allocate makes room for the attributions: zeros
 */
export function buildTables(
  ensemble: TreeEnsemble,
  bins: readonly FeatureBins[],
  game: Game,
  limits: TableLimits,
  allocate: (length: number) => Float64Array,
): Tables {
  const plans = planTrees(ensemble, bins, game, limits);
  let length = 0;
  for (const plan of plans.values()) length += plan.numbers;
  const attributions = allocate(length);
  const integrals = createShapleyIntegrals();
  const bundles: TableBundle[] = [];
  const rest = new Map<number, LeafNumbers>();
  let constant = 0;
  let at = 0;
  for (let tree = 0; tree + 1 < ensemble.roots.length; tree++) {
    const plan = plans.get(tree);
    if (plan === undefined) rest.set(tree, "all");
    else {
      layOut(plan);
      if (plan.rest.size > 0) rest.set(tree, plan.rest);
    }
  }
  return { bundles, attributions, rest, constant };

  function layOut(plan: TreePlan): void {
    const { shape } = plan;
    const worthsOf =
      game.kind === "interventional" ? backgroundWorths(game.background, ensemble.featureCount, shape) : coverWorths;
    for (const group of plan.constants)
      constant += fillGroupTable(group, worthsOf, integrals, new Float64Array(0), 1, []);
    for (const { groups, features, pairs } of plan.bundles) {
      const laidOut = groups.map((group) => {
        const start = at;
        at += group.patterns * pairs * 2;
        const lanes = [...group.slots.map((slot) => features.indexOf(slot.feature)), features.length];
        fillGroupTable(group, worthsOf, integrals, attributions.subarray(start, at), pairs * 2, lanes);
        let stride = pairs;
        const slots = group.slots.map(({ feature, classOf, classCount }) => {
          const places = classOf.map((name) => name * stride);
          stride *= classCount;
          return { column: shape.features[feature]!, cuts: shape.bins[feature]!.cuts, places };
        });
        return { start, slots };
      });
      bundles.push({
        columns: Int32Array.from(features, (feature) => shape.features[feature]!),
        pairs,
        groups: laidOut,
      });
    }
  }
}

interface TreePlan {
  readonly shape: TreeShape;
  readonly bundles: readonly BundlePlan[];
  /** Groups that decide nothing. */
  readonly constants: readonly GroupPlan[];
  readonly rest: ReadonlySet<number>;
  /** Numbers of the bundles' tables. */
  readonly numbers: number;
  readonly bytes: number;
}

/** Plans all trees with as many patterns to a group as fit; if even small groups do not fit, the trees of most leaves go without. */
function planTrees(
  ensemble: TreeEnsemble,
  bins: readonly FeatureBins[],
  game: Game,
  limits: TableLimits,
): Map<number, TreePlan> {
  const shares = game.kind === "path-dependent" ? game.shares : null;
  const shapes = new Map<number, TreeShape>();
  for (let tree = 0; tree + 1 < ensemble.roots.length; tree++)
    if (ensemble.roots[tree + 1]! - ensemble.roots[tree]! < 2 * maxLeaves)
      shapes.set(tree, treeShape(ensemble, tree, shares));
  const smallFirst = [...shapes].sort(([, a], [, b]) => a.leaves.length - b.leaves.length);
  const share = Math.min(1, largestShare / shapes.size) * limits.maxTableBytes;
  for (let patterns = limits.maxPatterns; ; patterns = Math.floor(patterns / 4)) {
    const plans = new Map<number, TreePlan>();
    let bytes = 0;
    let tooLarge = 0;
    for (const [tree, shape] of smallFirst) {
      const plan = planTree(shape, bins, patterns);
      if (plan === null) continue;
      if (plan.bytes > share) {
        // Larger trees would not do better, and planning them takes seconds.
        if (++tooLarge === enoughTooLarge) break;
        continue;
      }
      tooLarge = 0;
      bytes += plan.bytes;
      if (bytes > limits.maxTableBytes) break;
      plans.set(tree, plan);
    }
    if (bytes <= limits.maxTableBytes || patterns <= 64) return plans;
  }
}

/** True where so many leaves are too deep for tables that tables for the others would hardly shorten the walk. */
function isDeep({ leaves }: TreeShape): boolean {
  const classesOf = ({ passes }: LeafCondition) => (passes.includes(0) && passes.includes(1) ? 2 : 1);
  const deep = leaves.filter(
    ({ conditions }) => conditions.reduce((product, own) => product * classesOf(own), 1) > maxLeafPatterns,
  );
  return deep.length > leaves.length * mostDeepLeaves;
}

function planTree(shape: TreeShape, bins: readonly FeatureBins[], patterns: number): TreePlan | null {
  if (shape.features.some((column) => bins[column]!.samples.length > maxBins) || isDeep(shape)) return null;
  const { groups, rest } = planGroups(shape, patterns);
  const bundles = planBundles(groups.filter((group) => group.slots.length > 0));
  let numbers = 0;
  let lookUps = 0;
  for (const bundle of bundles) {
    lookUps += 32 + 8 * bundle.pairs;
    for (const group of bundle.groups) {
      numbers += group.patterns * bundle.pairs * 2;
      lookUps += 32;
      // What either kernel keeps of a slot: two bytes for each bin of the ensemble, or two vectors for each step and a head.
      for (const { feature, classOf } of group.slots)
        lookUps += Math.max(2 * bins[shape.features[feature]!]!.samples.length, 32 * classOf.length + 32);
    }
  }
  const constants = groups.filter((group) => group.slots.length === 0);
  return { shape, bundles, constants, rest, numbers, bytes: numbers * 8 + lookUps };
}
