/**
 * |base value + sum of a row's SHAP values - its raw score|, log-odds: how far an explanation is from adding up. Added one after the other, in the order
 * of the features.
 *
 * @param shapValues row-major; the row's start at `start`, `width` of them
 */
export function additivityError(
  baseValue: number,
  shapValues: ArrayLike<number>,
  start: number,
  width: number,
  rawScore: number,
): number {
  let sum = baseValue;
  for (let i = start; i < start + width; i++) sum += shapValues[i]!;
  return Math.abs(sum - rawScore);
}
