import type { Background } from "./background.ts";
import { binOf } from "./cuts.ts";
import type { LeafCondition, TreeShape } from "./tree-shape.ts";

/**
 * How often what stands in for a row passes which of a leaf's conditions: all that a leaf's table has to know of the perturbation. Bit
 * j of a mask says that condition j is passed; the worths of all 2^conditions masks sum to 1.
 */
export type MaskWorths = (conditions: readonly LeafCondition[]) => Float64Array;

/** The share of the background's rows that have a mask. */
export function backgroundWorths(
  { rows, count, shares }: Background,
  featureCount: number,
  shape: TreeShape,
): MaskWorths {
  const bins = shape.features.map((column, i) =>
    Int32Array.from({ length: count }, (_, row) => binOf(shape.bins[i]!.cuts, rows[row * featureCount + column]!)),
  );
  return (conditions) => {
    const masks = new Int32Array(count);
    conditions.forEach(({ feature, passes }, j) => {
      const own = bins[feature]!;
      for (let row = 0; row < count; row++) masks[row]! |= passes[own[row]!]! << j;
    });
    const worths = new Float64Array(2 ** conditions.length);
    for (let row = 0; row < count; row++) worths[masks[row]!]! += shares[row]!;
    return worths;
  };
}

/** Each condition is passed for its share of the cover, whatever the others. */
export const coverWorths: MaskWorths = (conditions) => {
  const worths = new Float64Array(2 ** conditions.length);
  worths[0] = 1;
  conditions.forEach(({ share }, j) => {
    const size = 2 ** j;
    for (let mask = 0; mask < size; mask++) {
      const worth = worths[mask]!;
      worths[size + mask] = worth * share!;
      worths[mask] = worth * (1 - share!);
    }
  });
  return worths;
};
