import { isLive, type LeafCondition, type LeafShape, type TreeShape } from "./tree-shape.ts";

/**
 * A group: neighbouring leaves of one tree whose attributions come from one table. What the table must tell apart is, for each
 * feature, which of the group's conditions a value passes: bins that pass the same ones are one class, and a pattern is a class for
 * each feature. So tests of one feature do not multiply, and impossible patterns have no entry.
 */
export interface GroupPlan {
  readonly leaves: readonly LeafShape[];
  /** The tree's features that have more than one class here, or a share of cover (then one class may be all there is). */
  readonly slots: readonly GroupSlot[];
  /** Product of the slots' class counts: entries of the table. */
  readonly patterns: number;
}

export interface GroupSlot {
  readonly feature: number;
  readonly classCount: number;
  /** Class of each bin. */
  readonly classOf: Int32Array;
}

/** A place in a group's table is counted in pairs of lanes and has 16 bits. */
export const maxPlaces = 65_536;

/** Most patterns of a leaf on its own: twelve features on its way. */
export const maxLeafPatterns = 4096;

/** A tree's leaves in groups, and those that no table holds. */
export interface GroupPlans {
  readonly groups: readonly GroupPlan[];
  /** Numbers of the leaves that need more patterns than a leaf may have (about 13 different features on one way). */
  readonly rest: ReadonlySet<number>;
}

/**
 * Cuts a tree's leaves into groups of at most `maxPatterns` patterns so that a row costs least. A leaf that needs more on its own gets
 * up to `maxLeafPatterns`.
 */
export function planGroups(shape: TreeShape, maxPatterns: number): GroupPlans {
  const { leaves } = shape;
  const rest = new Set<number>();
  // cheapest[i]: least cost of the leaves before i; from[i]: where their last group starts.
  const cheapest = new Float64Array(leaves.length + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(leaves.length + 1);
  cheapest[0] = 0;
  for (let start = 0; start < leaves.length; start++) {
    const classes = createClasses(shape);
    for (let end = start + 1; end <= leaves.length; end++) {
      classes.add(leaves[end - 1]!);
      const limit = end === start + 1 ? Math.max(maxPatterns, maxLeafPatterns) : maxPatterns;
      const patterns = classes.patterns();
      if (patterns > limit || patterns * pairsOf(classes.slotCount()) > maxPlaces) {
        if (end > start + 1) break;
        rest.add(start);
        cheapest[end] = cheapest[start]!;
        from[end] = start;
        break;
      }
      const cost = cheapest[start]! + groupCost(classes.slotCount(), patterns);
      if (cost < cheapest[end]!) {
        cheapest[end] = cost;
        from[end] = start;
      }
    }
  }
  const groups: GroupPlan[] = [];
  for (let end = leaves.length; end > 0; end = from[end]!) {
    if (rest.has(end - 1)) continue;
    const classes = createClasses(shape);
    const members = leaves.slice(from[end]!, end);
    for (const leaf of members) classes.add(leaf);
    groups.push({ leaves: members, slots: classes.slots(), patterns: classes.patterns() });
  }
  return { groups: groups.reverse(), rest };
}

/** Pairs of lanes that so many features and the leaf's value take. */
export function pairsOf(features: number): number {
  return (features + 2) >> 1;
}

/**
 * What a group costs a row, in about the time of one slot's share. The last term stands for tables that outgrow the cache nearest to the
 * processor: with it a small table beats a large one that holds a leaf or two more. Both numbers are measured.
 */
function groupCost(slots: number, patterns: number): number {
  return slots + 2 + (slots * patterns) / 100;
}

/** Classes of bins under a growing set of leaves. */
function createClasses(shape: TreeShape) {
  const classOf = new Map<number, Int32Array>();
  const counts = new Map<number, number>();
  const live = new Set<number>();
  const seen = new Set<LeafCondition>();
  return {
    add(leaf: LeafShape): void {
      for (const condition of leaf.conditions) {
        // Neighbouring leaves share the conditions of their common way.
        if (seen.has(condition)) continue;
        seen.add(condition);
        const { feature, passes } = condition;
        if (isLive(condition)) live.add(feature);
        const own = classOf.get(feature) ?? new Int32Array(passes.length);
        const names = new Int32Array(2 * (counts.get(feature) ?? 1)).fill(-1);
        let count = 0;
        for (let bin = 0; bin < passes.length; bin++) {
          const key = own[bin]! * 2 + passes[bin]!;
          if (names[key] === -1) names[key] = count++;
          own[bin] = names[key]!;
        }
        classOf.set(feature, own);
        counts.set(feature, count);
      }
    },
    patterns(): number {
      let product = 1;
      for (const count of counts.values()) product *= count;
      return product;
    },
    slotCount(): number {
      return live.size;
    },
    slots(): GroupSlot[] {
      const slots: GroupSlot[] = [];
      for (let feature = 0; feature < shape.features.length; feature++) {
        const classCount = counts.get(feature) ?? 1;
        if (live.has(feature)) slots.push({ feature, classCount, classOf: classOf.get(feature)! });
      }
      return slots;
    },
  };
}
