import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { type ShapleyWeights, shapleyWeights } from "./shapley-weights.ts";

/**
 * Splits the difference of the raw scores of two rows by feature: interventional SHAP values of the one with the other as the only background
 * row. Exact, and without tables: a walk through both ways at once that forks only where the rows part on a feature not yet taken, so it
 * visits no leaf twice. A feature whose values fall on the same sides of all tests gets exactly 0. After Lundberg et al., Nature Machine
 * Intelligence 2 (2020), algorithm 3 of the supplement.
 */
export interface Difference {
  /**
   * The sum of a row's contributions is its raw score less the other's.
   *
   * @param rows row-major, `count` x `featureCount`; NaN is a missing value
   * @param before the rows to compare with, one for each, in the same form
   * @param out row-major, `count` x `featureCount`, in units of the raw score (log-odds for a LOGISTIC model); overwritten
   */
  split(rows: Float32Array, before: Float32Array, count: number, out: Float64Array): void;
}

export function createDifference(ensemble: TreeEnsemble): Difference {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  let weights: ShapleyWeights = shapleyWeights(0);
  let players = 0;
  /** Whose value a feature has on the current way: 0 undecided, 1 the row's, 2 the other's. */
  const taken = new Uint8Array(featureCount);
  const sums = new Float64Array(featureCount);
  let x: Float32Array = new Float32Array(0);
  let b: Float32Array = x;
  let start = 0;
  /** What the features taken from the row gain below the node just walked, and those taken from the other lose. */
  let inside = 0;
  let outside = 0;

  return {
    split(rows, before, count, out) {
      const values = count * featureCount;
      if (rows.length < values || before.length < values || out.length < values)
        throw new RangeError(
          `${rows.length} values against ${before.length} and room for ${out.length}, for ${count} rows of ${featureCount}`,
        );
      x = rows;
      b = before;
      for (let row = 0; row < count; row++) {
        start = row * featureCount;
        makeRoom();
        sums.fill(0);
        for (let tree = 0; tree + 1 < roots.length; tree++) walk(roots[tree]!, 0, 0);
        out.set(sums, start);
      }
    },
  };

  /** Weights for as many features as differ between the two rows: no way can fork more often. */
  function makeRoom(): void {
    let different = 0;
    for (let i = start; i < start + featureCount; i++) if (!Object.is(x[i], b[i])) different++;
    if (different <= players) return;
    players = different;
    weights = shapleyWeights(players);
  }

  function walk(root: number, fromRow: number, fromOther: number): void {
    let node = root;
    for (let column = feature[node]!; column >= 0; column = feature[node]!) {
      const own = takesTrueBranch(ensemble, node, x[start + column]!) ? trueChild[node]! : falseChild[node]!;
      const other = takesTrueBranch(ensemble, node, b[start + column]!) ? trueChild[node]! : falseChild[node]!;
      if (own !== other && taken[column] === 0) {
        fork(column, own, other, fromRow, fromOther);
        return;
      }
      node = taken[column] === 2 ? other : own;
    }
    inside = fromRow === 0 ? 0 : leaf[node]! * weights.inside(fromRow, fromOther);
    outside = fromOther === 0 ? 0 : leaf[node]! * weights.outside(fromRow, fromOther);
  }

  function fork(column: number, own: number, other: number, fromRow: number, fromOther: number): void {
    taken[column] = 1;
    walk(own, fromRow + 1, fromOther);
    const insideOwn = inside;
    const outsideOwn = outside;
    taken[column] = 2;
    walk(other, fromRow, fromOther + 1);
    taken[column] = 0;
    sums[column]! += insideOwn - outside;
    inside += insideOwn;
    outside += outsideOwn;
  }
}
