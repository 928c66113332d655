import type { TreeEnsemble } from "./ensemble.ts";
import { reachedLeaf } from "./reached-leaf.ts";

/**
 * Raw scores (log-odds for a LOGISTIC model) by walking the trees, added up in tree order in float64 (onnxruntime adds in float32).
 *
 * @param rows row-major, `count` x `featureCount`; NaN is a missing value. Doubles for a model that takes doubles only: another
 *   model sees a value rounded to float32, which may lie on the other side of a threshold
 * @returns `count` raw scores
 */
export function rawScores(ensemble: TreeEnsemble, rows: Float32Array | Float64Array, count: number): Float64Array {
  const { featureCount, roots, leaf } = ensemble;
  if (rows instanceof Float64Array && ensemble.inputType === "float32")
    throw new TypeError("rows of doubles for a model that takes float32");
  if (rows.length < count * featureCount)
    throw new RangeError(`${rows.length} values for ${count} rows of ${featureCount}`);
  const scores = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const start = row * featureCount;
    let score = 0;
    for (let tree = 0; tree + 1 < roots.length; tree++)
      score += leaf[reachedLeaf(ensemble, roots[tree]!, rows, start)]!;
    scores[row] = score + ensemble.baseOffset;
  }
  return scores;
}
