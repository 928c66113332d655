import { isLive, type LeafShape, type TreeShape } from "./tree-shape.ts";

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

/**
 * Cuts a tree's leaves into groups of at most `maxPatterns` patterns so that a row costs least. A leaf that needs more on its own gets
 * up to `maxLeafPatterns`; null where even that is too few (about 13 different features on one way).
 */
export function planGroups(shape: TreeShape, maxPatterns: number, maxLeafPatterns = 4096): GroupPlan[] | null {
  const { leaves } = shape;
  // cheapest[i]: least cost of the leaves before i; from[i]: where their last group starts.
  const cheapest = new Float64Array(leaves.length + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(leaves.length + 1);
  cheapest[0] = 0;
  for (let start = 0; start < leaves.length; start++) {
    const classes = createClasses(shape);
    for (let end = start + 1; end <= leaves.length; end++) {
      classes.add(leaves[end - 1]!);
      const limit = end === start + 1 ? Math.max(maxPatterns, maxLeafPatterns) : maxPatterns;
      if (classes.patterns() > limit) {
        if (end === start + 1) return null;
        break;
      }
      const cost = cheapest[start]! + groupCost(classes.slotCount(), classes.patterns());
      if (cost < cheapest[end]!) {
        cheapest[end] = cost;
        from[end] = start;
      }
    }
  }
  const plans: GroupPlan[] = [];
  for (let end = leaves.length; end > 0; end = from[end]!) {
    const classes = createClasses(shape);
    const members = leaves.slice(from[end]!, end);
    for (const leaf of members) classes.add(leaf);
    plans.push({ leaves: members, slots: classes.slots(), patterns: classes.patterns() });
  }
  return plans.reverse();
}

/** In units of one slot's work for one row; the last term is for tables that outgrow the cache nearest to the processor. */
function groupCost(slots: number, patterns: number): number {
  return slots + 0.5 + (slots * patterns) / 16_384;
}

/** Bytes of a group's table. */
export function tableBytesOf(plan: GroupPlan): number {
  return plan.patterns * (plan.slots.length + 1) * 8;
}

/** Classes of bins under a growing set of leaves. */
function createClasses(shape: TreeShape) {
  const classOf = new Map<number, Int32Array>();
  const counts = new Map<number, number>();
  const live = new Set<number>();
  return {
    add(leaf: LeafShape): void {
      for (const condition of leaf.conditions) {
        const { feature, passes } = condition;
        if (isLive(condition)) live.add(feature);
        const old = classOf.get(feature) ?? new Int32Array(passes.length);
        const renamed = new Map<number, number>();
        const next = old.map((oldClass, bin) => {
          const key = oldClass * 2 + passes[bin]!;
          const name = renamed.get(key) ?? renamed.size;
          renamed.set(key, name);
          return name;
        });
        classOf.set(feature, next);
        counts.set(feature, renamed.size);
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
