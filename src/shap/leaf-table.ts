import type { ShapleyIntegral } from "./shapley-integral.ts";

/**
 * Attributions of one leaf for every way a row can pass its conditions. Bit j of a mask says that condition j is passed. With x for the row and
 * b for what stands in for it, the coalition S reaches the leaf where every condition is passed by x if its feature is in S, else by b.
 *
 * With every player in with probability p, b is no hindrance where all that it fails is passed by x and in: so the leaf is reached
 * with sum over b of worth(b) p^(failed by b), over those b that fail nothing that x fails (and nothing that x fails may be in: times
 * 1 - p for each). These sums over all subsets are made for all x at once, by k x 2^k additions for each point of the integral.
 * Condition j's gain is the difference of two of them: with x, and with x that does not pass j.
 *
 * @param worthOfMask the share of each mask b, 2^conditions of them, sum 1
 * @returns row-major, 2^conditions x conditions
 */
export function leafTable(
  value: number,
  conditions: number,
  worthOfMask: Float64Array,
  { points, weights }: ShapleyIntegral,
): Float64Array {
  const size = 2 ** conditions;
  const full = size - 1;
  const table = new Float64Array(size * conditions);
  if (value === 0 || conditions === 0) return table;
  /** By x: the integrals of the reach with all of x, and of the reach with one condition less than some x. */
  const withAll = new Float64Array(size);
  const withOneLess = new Float64Array(size);
  const reach = new Float64Array(size);
  const bits = new Uint8Array(size);
  for (let mask = 1; mask < size; mask++) bits[mask] = bits[mask >> 1]! + (mask & 1);
  const powers = new Float64Array(conditions + 1);
  const others = new Float64Array(conditions + 1);
  for (let q = 0; q < points.length; q++) {
    const p = points[q]!;
    powers[0] = 1;
    others[0] = weights[q]! / p;
    for (let i = 1; i <= conditions; i++) {
      powers[i] = powers[i - 1]! * p;
      others[i] = others[i - 1]! * (1 - p);
    }
    for (let failed = 0; failed < size; failed++) reach[failed] = worthOfMask[full ^ failed]! * powers[bits[failed]!]!;
    for (let bit = 1; bit < size; bit *= 2)
      for (let high = bit; high < size; high += 2 * bit)
        for (let x = high; x < high + bit; x++) reach[x]! += reach[x - bit]!;
    for (let x = 0; x < size; x++) {
      const missing = conditions - bits[x]!;
      withAll[x]! += reach[x]! * others[missing]!;
      if (missing > 0) withOneLess[x]! += reach[x]! * others[missing - 1]!;
    }
  }
  for (let x = 0, at = 0; x < size; x++)
    for (let j = 0; j < conditions; j++) table[at++] = value * (withAll[x]! - withOneLess[x & ~(1 << j)]!);
  return table;
}
