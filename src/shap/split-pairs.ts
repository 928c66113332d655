/**
 * From the full interaction of each pair (above the diagonal) and the SHAP values (on it) to interaction values: half of each pair's to either
 * feature, and what is left of the SHAP value stays on the diagonal. So the matrix is symmetric and row i sums to the SHAP value of i.
 *
 * @param sums `width` x `width`, row-major; overwritten and returned
 */
export function splitPairs(sums: Float64Array, width: number): Float64Array {
  for (let i = 0; i < width; i++)
    for (let j = i + 1; j < width; j++) {
      const half = sums[i * width + j]! / 2;
      sums[i * width + j] = half;
      sums[j * width + i] = half;
      sums[i * width + i]! -= half;
      sums[j * width + j]! -= half;
    }
  return sums;
}
