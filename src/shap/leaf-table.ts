import type { ShapleyWeights } from "./shapley-weights.ts";

/**
 * Attributions of one leaf for every way a row can pass its conditions, averaged over the background. Bit j of a mask says that
 * condition j is passed. With x for the row and b for a background row, the leaf is reached by the coalition S where every condition
 * is passed by x if its feature is in S, else by b: so it counts only where `x | b` is full, the features that only x passes must be in,
 * those that only b passes must be out.
 *
 * @param masks mask of each background row, `masks.length` of them
 * @returns row-major, 2^conditions x conditions
 */
export function leafTable(value: number, conditions: number, masks: Int32Array, weights: ShapleyWeights): Float64Array {
  const size = 2 ** conditions;
  const full = size - 1;
  const counts = new Float64Array(size);
  for (const mask of masks) counts[mask]! += 1;
  const present = Int32Array.from(counts.keys()).filter((mask) => counts[mask]! > 0);
  const table = new Float64Array(size * conditions);
  if (value === 0) return table;
  for (let x = 0; x < size; x++) {
    const at = x * conditions;
    let outside = 0;
    for (const b of present) {
      if ((x | b) !== full) continue;
      const onlyX = x & ~b;
      const onlyB = b & ~x;
      const worth = (value * counts[b]!) / masks.length;
      const inCount = bitCount(onlyX);
      const outCount = bitCount(onlyB);
      if (outCount > 0) outside -= worth * weights.outside(inCount, outCount);
      if (inCount === 0) continue;
      const share = worth * weights.inside(inCount, outCount);
      for (let rest = onlyX; rest !== 0; rest &= rest - 1) table[at + (31 - Math.clz32(rest & -rest))]! += share;
    }
    // What x does not pass, every b that counts passes: these features all get the same.
    for (let j = 0; j < conditions; j++) if ((x & (1 << j)) === 0) table[at + j] = outside;
  }
  return table;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
