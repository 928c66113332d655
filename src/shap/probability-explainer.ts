import { readBackground } from "./background.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { createInterventionalWalk } from "./interventional-walk.ts";
import type { Interventional } from "./perturbation.ts";
import { ModelRefusal } from "./refusal.ts";
import { rawScores } from "./score.ts";

export interface ProbabilityExplainer {
  /** Mean probability of the background: what a row's values are added to. */
  readonly expectedValue: number;
  /**
   * `expectedValue` + the sum of a row's values = its probability.
   *
   * @param rows row-major, `count` x `featureCount`; NaN is a missing value
   * @param out row-major, `count` x `featureCount`, probability; overwritten
   */
  explain(rows: Float32Array, count: number, out: Float64Array): void;
}

/**
 * Attributions of the probability by the rule of shap's `TreeExplainer(model_output="probability")`: the log-odds attributions of a row
 * against *one* background row, times the difference of their probabilities over the difference of their scores (1 where the scores
 * are equal), averaged over the background. They are not the Shapley values of the probability itself: that is no sum of trees.
 *
 * No tables: each row has factors of its own, and costs all trees x nodes visited x background rows still to be told apart there.
 *
 * @throws ModelRefusal `unsupported_output_space` for a model whose scores are no log-odds, or `background`
 */
export function createProbabilityExplainer(ensemble: TreeEnsemble, perturbation: Interventional): ProbabilityExplainer {
  const { featureCount, roots, postTransform } = ensemble;
  if (postTransform !== "LOGISTIC")
    throw new ModelRefusal("unsupported_output_space", `the model makes its output by ${postTransform}, not LOGISTIC`);
  const background = readBackground(perturbation, featureCount);
  const trees = Array.from({ length: roots.length - 1 }, (_, tree) => tree);
  const walk = createInterventionalWalk(ensemble, trees, background);
  const scores = rawScores(ensemble, background.rows, background.count);
  const shares = new Float64Array(background.count);
  return {
    expectedValue: scores.reduce((sum, score, b) => sum + sigmoid(score) * background.shares[b]!, 0),
    explain(rows, count, out) {
      if (out.length < count * featureCount)
        throw new RangeError(`room for ${out.length} values, for ${count} rows of ${featureCount}`);
      out.fill(0, 0, count * featureCount);
      rawScores(ensemble, rows, count).forEach((score, row) => {
        for (let b = 0; b < background.count; b++) shares[b] = background.shares[b]! * slope(score, scores[b]!);
        walk.explainRow(rows, row * featureCount, out, row * featureCount, 1, shares);
      });
    },
  };
}

/** (sigmoid(a) - sigmoid(b)) / (a - b); 1 where they are equal, as in shap. */
function slope(a: number, b: number): number {
  const difference = a - b;
  if (difference === 0) return 1;
  // Close scores: their probabilities' difference would lose its digits.
  const rise =
    Math.abs(difference) < 1 ? sigmoid(b) * (1 - sigmoid(a)) * Math.expm1(difference) : sigmoid(a) - sigmoid(b);
  return rise / difference;
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
