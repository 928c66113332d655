import type { GroupPlan } from "./group-plan.ts";
import { leafTable } from "./leaf-table.ts";
import type { MaskWorths } from "./mask-worths.ts";
import type { ShapleyIntegral } from "./shapley-integral.ts";
import { isLive, type LeafShape } from "./tree-shape.ts";

/**
 * Fills a group's table: for each pattern the sum of its leaves' attributions, one number for each slot, and the value of the leaf that
 * the pattern reaches (0 where it is in another group). The pattern number counts the first slot fastest.
 *
 * @param worthsOf what stands in for the rows: how often it passes which conditions
 * @param table row-major, patterns x `stride`, zeros
 * @param lanes where in a pattern's run each slot's number goes, and last where the leaf's value does
 * @returns what every row gets from a group without slots, else 0
 */
export function fillGroupTable(
  plan: GroupPlan,
  worthsOf: MaskWorths,
  integrals: (players: number) => ShapleyIntegral,
  table: Float64Array,
  stride: number,
  lanes: readonly number[],
): number {
  const width = plan.slots.length;
  if (width === 0)
    return plan.leaves.reduce((sum, leaf) => sum + (liveConditions(leaf, plan) === null ? 0 : leaf.value), 0);
  const xMasks = new Int32Array(plan.patterns);
  for (const leaf of plan.leaves) {
    const positions = liveConditions(leaf, plan);
    if (positions === null) continue;
    const conditions = positions.length;
    const worths = worthsOf(positions.map(({ condition }) => condition));
    const attributions = leafTable(leaf.value, conditions, worths, integrals(conditions));
    maskPatterns(plan, positions, xMasks);
    for (let pattern = 0; pattern < plan.patterns; pattern++) {
      const from = xMasks[pattern]! * conditions;
      const to = pattern * stride;
      if (xMasks[pattern] === 2 ** conditions - 1) table[to + lanes[width]!]! += leaf.value;
      for (let j = 0; j < conditions; j++) table[to + lanes[positions[j]!.slot]!]! += attributions[from + j]!;
    }
  }
  return 0;
}

interface LiveCondition {
  readonly slot: number;
  readonly condition: LeafShape["conditions"][number];
}

/** A leaf's conditions without those that are always passed; null where nothing ever reaches the leaf. */
function liveConditions(leaf: LeafShape, plan: GroupPlan): LiveCondition[] | null {
  const live: LiveCondition[] = [];
  for (const condition of leaf.conditions) {
    // No row comes here, and nothing that could stand in for one: without shares these are rows too.
    if (!condition.passes.includes(1) && (condition.share ?? 0) === 0) return null;
    if (!isLive(condition)) continue;
    live.push({ slot: plan.slots.findIndex((slot) => slot.feature === condition.feature), condition });
  }
  return live;
}

/** For each pattern, which of a leaf's conditions it passes. */
function maskPatterns(plan: GroupPlan, positions: readonly LiveCondition[], into: Int32Array): void {
  let size = 1;
  into[0] = 0;
  plan.slots.forEach((slot, i) => {
    const j = positions.findIndex((position) => position.slot === i);
    // From the last class down, since class 0 overwrites what the others are made from.
    for (let name = slot.classCount - 1; name >= 0; name--) {
      const bit = j < 0 ? 0 : positions[j]!.condition.passes[slot.classOf.indexOf(name)]! << j;
      for (let pattern = 0; pattern < size; pattern++) into[name * size + pattern] = into[pattern]! | bit;
    }
    size *= slot.classCount;
  });
}
