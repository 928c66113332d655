import { binOf, type FeatureBins } from "./cuts.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import type { Game } from "./game.ts";
import { type GroupPlan, planGroups, tableBytesOf } from "./group-plan.ts";
import { fillGroupTable } from "./group-table.ts";
import { backgroundWorths, coverWorths } from "./mask-worths.ts";
import { createShapleyIntegrals } from "./shapley-integral.ts";
import { type TreeShape, treeShape } from "./tree-shape.ts";

/** All tables of an ensemble in three flat arrays, and how to walk them. */
export interface Tables {
  readonly trees: readonly TableTree[];
  /** Trees without tables: they are explained by walking (`walk.ts`). */
  readonly walked: readonly number[];
  /** Attributions (log-odds) and behind them the value of the leaf, group after group, pattern after pattern. */
  readonly attributions: Float64Array;
  /** For each group and slot: what a bin of the tree adds to the place in the group's table. */
  readonly codes: Int32Array;
  /** For each tree and feature: the tree's own bin of each bin of the whole ensemble. */
  readonly treeBins: Uint16Array;
  readonly bytes: number;
  /** Raw score that every row gets from trees that decide nothing. */
  readonly constant: number;
}

export interface TableTree {
  /** Input column of each of the tree's features, and where its run in `treeBins` starts. */
  readonly columns: Int32Array;
  readonly binStarts: Int32Array;
  readonly groups: readonly TableGroup[];
}

export interface TableGroup {
  /** Where the group's run in `attributions` starts. */
  readonly start: number;
  /** For each slot: the tree's feature, its input column, and where its run in `codes` starts. */
  readonly features: Int32Array;
  readonly columns: Int32Array;
  readonly codeStarts: Int32Array;
}

export interface TableLimits {
  /** Bytes of all tables together. */
  readonly maxTableBytes: number;
  /** Most patterns of one group. */
  readonly maxPatterns: number;
}

/** Leaves beyond which a tree is not even planned: its tables would be too large. */
const maxLeaves = 4096;

/** @param bins bins of the whole ensemble, for each input column */
export function buildTables(
  ensemble: TreeEnsemble,
  bins: readonly FeatureBins[],
  game: Game,
  limits: TableLimits,
): Tables {
  const plans = planTrees(ensemble, bins, game, limits);
  const sizes = { attributions: 0, codes: 0, treeBins: 0 };
  for (const plan of plans.values()) {
    sizes.treeBins += plan.treeBins;
    for (const group of plan.groups) {
      sizes.attributions += group.patterns * (group.slots.length + 1);
      for (const slot of group.slots) sizes.codes += slot.classOf.length;
    }
  }
  const attributions = new Float64Array(sizes.attributions);
  const codes = new Int32Array(sizes.codes);
  const treeBins = new Uint16Array(sizes.treeBins);
  const at = { attributions: 0, codes: 0, treeBins: 0 };
  const integrals = createShapleyIntegrals();
  const trees: TableTree[] = [];
  const walked: number[] = [];
  let constant = 0;
  for (let tree = 0; tree + 1 < ensemble.roots.length; tree++) {
    const plan = plans.get(tree);
    if (plan === undefined) walked.push(tree);
    else trees.push(layOut(plan));
  }
  const bytes = attributions.byteLength + codes.byteLength + treeBins.byteLength;
  return { trees, walked, attributions, codes, treeBins, bytes, constant };

  function layOut({ shape, groups }: TreePlan): TableTree {
    const binStarts = new Int32Array(shape.features.length);
    shape.features.forEach((column, i) => {
      const { cuts } = shape.bins[i]!;
      binStarts[i] = at.treeBins;
      for (const sample of bins[column]!.samples) treeBins[at.treeBins++] = binOf(cuts, sample);
    });
    const worthsOf =
      game.kind === "interventional" ? backgroundWorths(game.background, ensemble.featureCount, shape) : coverWorths;
    const laidOut = groups.map((group) => {
      const start = at.attributions;
      at.attributions += group.patterns * (group.slots.length + 1);
      constant += fillGroupTable(group, worthsOf, integrals, attributions.subarray(start, at.attributions));
      let stride = group.slots.length + 1;
      const codeStarts = group.slots.map((slot) => {
        const codeStart = at.codes;
        for (const name of slot.classOf) codes[at.codes++] = name * stride;
        stride *= slot.classCount;
        return codeStart;
      });
      return {
        start,
        features: Int32Array.from(group.slots, (slot) => slot.feature),
        columns: Int32Array.from(group.slots, (slot) => shape.features[slot.feature]!),
        codeStarts: Int32Array.from(codeStarts),
      };
    });
    return { columns: Int32Array.from(shape.features), binStarts, groups: laidOut.filter((g) => g.columns.length > 0) };
  }
}

interface TreePlan {
  readonly shape: TreeShape;
  readonly groups: readonly GroupPlan[];
  readonly treeBins: number;
  readonly bytes: number;
}

/** Plans all trees with as many patterns to a group as fit; if even small groups do not fit, the largest trees go without. */
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
  for (let patterns = limits.maxPatterns; ; patterns = Math.floor(patterns / 4)) {
    const plans = new Map<number, TreePlan>();
    for (const [tree, shape] of shapes) {
      const plan = planTree(shape, bins, patterns);
      if (plan !== null) plans.set(tree, plan);
    }
    const sorted = [...plans].sort(([, a], [, b]) => a.bytes - b.bytes);
    const total = sorted.reduce((sum, [, plan]) => sum + plan.bytes, 0);
    if (total > limits.maxTableBytes && patterns > 64) continue;
    let used = 0;
    const fitting = sorted.filter(([, plan]) => {
      used += plan.bytes;
      return used <= limits.maxTableBytes;
    });
    return new Map(fitting);
  }
}

function planTree(shape: TreeShape, bins: readonly FeatureBins[], patterns: number): TreePlan | null {
  const groups = planGroups(shape, patterns);
  if (groups === null || shape.features.some((column) => bins[column]!.samples.length > 65_536)) return null;
  const treeBins = shape.features.reduce((sum, column) => sum + bins[column]!.samples.length, 0);
  let bytes = treeBins * 2;
  for (const group of groups) {
    bytes += tableBytesOf(group);
    for (const slot of group.slots) bytes += slot.classOf.length * 4;
  }
  return { shape, groups, treeBins, bytes };
}
