import type { Background } from "./background.ts";
import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import type { InteractionExplainer } from "./interactions.ts";
import { mostTests } from "./most-tests.ts";
import { ModelRefusal } from "./refusal.ts";
import { shapleyWeights } from "./shapley-weights.ts";
import { splitPairs } from "./split-pairs.ts";

/**
 * Exact interventional SHAP interaction values (Fujimoto, Kojadinovic and Marichal, Games and Economic Behavior 55, 2006; Lundberg et al.,
 * Nature Machine Intelligence 2, 2020), one row at a time. Every tree is walked against every background row, forking where the two go different
 * ways on a feature not yet taken; a leaf that needs a features from the row and b from the background is a game of a + b players, whose
 * pairs have a value in closed form. Costs trees x background rows x leaves visited x (a + b)²: for single rows on request.
 *
 * @param mostSteps nodes visited and pairs added for one row, over all trees and background rows: beyond it, ModelRefusal `too_costly`
 */
export function createInterventionalInteractions(
  ensemble: TreeEnsemble,
  { rows: background, count, shares }: Background,
  mostSteps: number,
): InteractionExplainer {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const shapley = shapleyWeights(Math.min(featureCount, mostTests(ensemble, roots.subarray(0, -1).keys())));
  /** Whose value a feature has on the current way: 0 undecided, 1 the row's, 2 the background row's. */
  const taken = new Uint8Array(featureCount);
  const fromRow: number[] = [];
  const fromBackground: number[] = [];
  let row: Float32Array | Float64Array = background;
  let b = 0;
  let share = 0;
  let steps = 0;
  /** Full interaction of each pair above the diagonal, SHAP values on it. */
  let sums = new Float64Array(0);

  return {
    explainRow(values) {
      if (values.length !== featureCount) throw new RangeError(`${values.length} values are no row of ${featureCount}`);
      row = values;
      sums = new Float64Array(featureCount * featureCount);
      steps = 0;
      for (let other = 0; other < count; other++) {
        b = other * featureCount;
        share = shares[other]!;
        if (share === 0) continue;
        for (let tree = 0; tree + 1 < roots.length; tree++) {
          walk(roots[tree]!);
          if (steps > mostSteps)
            throw new ModelRefusal("too_costly", `${steps} steps after ${other + 1} of ${count} background rows`);
        }
      }
      return splitPairs(sums, featureCount);
    },
  };

  function walk(node: number): void {
    const column = feature[node]!;
    steps += 1;
    if (column < 0) {
      addLeaf(leaf[node]! * share);
      return;
    }
    const rowChild = takesTrueBranch(ensemble, node, row[column]!) ? trueChild[node]! : falseChild[node]!;
    const otherChild = takesTrueBranch(ensemble, node, background[b + column]!) ? trueChild[node]! : falseChild[node]!;
    if (rowChild === otherChild || taken[column] !== 0) {
      walk(taken[column] === 2 ? otherChild : rowChild);
      return;
    }
    taken[column] = 1;
    fromRow.push(column);
    walk(rowChild);
    fromRow.pop();
    taken[column] = 2;
    fromBackground.push(column);
    walk(otherChild);
    fromBackground.pop();
    taken[column] = 0;
  }

  /**
   * The game "worth so much when all of a players are in and all of b are out". A pair inside has (a-2)! b! / (a+b-1)! of it, a pair outside
   * a! (b-2)! / (a+b-1)!, a mixed pair minus (a-1)! (b-1)! / (a+b-1)!: Shapley weights of one player less.
   */
  function addLeaf(worth: number): void {
    const a = fromRow.length;
    const o = fromBackground.length;
    if (worth === 0 || a + o === 0) return;
    steps += (a + o) * (a + o);
    const aloneInside = a === 0 ? 0 : worth * shapley.inside(a, o);
    const aloneOutside = o === 0 ? 0 : -worth * shapley.outside(a, o);
    const inside = a < 2 ? 0 : worth * shapley.inside(a - 1, o);
    const outside = o < 2 ? 0 : worth * shapley.outside(a, o - 1);
    const mixed = a === 0 || o === 0 ? 0 : -worth * shapley.inside(a, o - 1);
    for (let i = 0; i < a; i++) {
      add(fromRow[i]!, fromRow[i]!, aloneInside);
      for (let j = i + 1; j < a; j++) add(fromRow[i]!, fromRow[j]!, inside);
      for (let j = 0; j < o; j++) add(fromRow[i]!, fromBackground[j]!, mixed);
    }
    for (let i = 0; i < o; i++) {
      add(fromBackground[i]!, fromBackground[i]!, aloneOutside);
      for (let j = i + 1; j < o; j++) add(fromBackground[i]!, fromBackground[j]!, outside);
    }
  }

  function add(i: number, j: number, value: number): void {
    sums[i < j ? i * featureCount + j : j * featureCount + i]! += value;
  }
}
