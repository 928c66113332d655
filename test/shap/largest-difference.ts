/** The largest difference of two lists; NaN where one of either is, infinite where one is longer: no bound lets these pass. */
export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let worst = left.length === right.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < left.length; i++) worst = Math.max(worst, Math.abs(left[i]! - right[i]!));
  return worst;
}
