import type { TreeEnsemble } from "./ensemble.ts";
import { reachedLeaf } from "./reached-leaf.ts";

/**
 * The ensemble with covers counted from data: for each node the rows (or their weight) that reach it, missing values included.
 *
 * @param rows row-major, rows x `featureCount`; NaN is a missing value
 * @param weights one for each row, not negative; 1 where not given
 * @throws RangeError where the values are no rows, or the weights not one for each
 */
export function withCovers(ensemble: TreeEnsemble, rows: Float32Array, weights?: Float64Array): TreeEnsemble {
  const { featureCount, roots, feature, trueChild, falseChild } = ensemble;
  const count = rows.length / featureCount;
  if (!Number.isInteger(count)) throw new RangeError(`${rows.length} values are no rows of ${featureCount}`);
  if (weights !== undefined && weights.length !== count)
    throw new RangeError(`${weights.length} weights for ${count} rows`);
  const cover = new Float64Array(feature.length);
  for (let tree = 0; tree + 1 < roots.length; tree++)
    for (let row = 0; row < count; row++)
      cover[reachedLeaf(ensemble, roots[tree]!, rows, row * featureCount)]! += weights?.[row] ?? 1;
  // Sums from the leaves up, so that children add up to their parent to the last bit: parents stand before their children.
  for (let node = feature.length - 1; node >= 0; node--)
    if (feature[node]! >= 0) cover[node] = cover[trueChild[node]!]! + cover[falseChild[node]!]!;
  return { ...ensemble, cover };
}
