import type { TreeEnsemble } from "./ensemble.ts";
import { createGame } from "./game.ts";
import { createInterventionalInteractions } from "./interventional-interactions.ts";
import { createPathInteractions } from "./path-interactions.ts";
import type { Perturbation } from "./perturbation.ts";

export interface InteractionExplainer {
  /**
   * The interaction values of one row: `featureCount` x `featureCount`, row-major, symmetric, log-odds. Off the diagonal half of what the
   * two features do together and not apart, on it what is left of a feature's SHAP value: row i sums to the SHAP value of feature i, and all
   * of it with the expected value to the raw score.
   *
   * @param row `featureCount` values; NaN is a missing value
   */
  explainRow(row: Float32Array | Float64Array): Float64Array;
}

export interface InteractionOptions {
  /** Most nodes visited and pairs added for one row, over all trees and background rows: beyond it `too_costly` is thrown. No limit by default; interventional only. */
  readonly mostSteps?: number;
}

/**
 * Exact SHAP interaction values of one ensemble, one row at a time, by walking its trees.
 *
 * @throws ModelRefusal like `createExplainer`
 */
export function createInteractionExplainer(
  ensemble: TreeEnsemble,
  perturbation: Perturbation,
  { mostSteps = Number.POSITIVE_INFINITY }: InteractionOptions = {},
): InteractionExplainer {
  const game = createGame(ensemble, perturbation);
  return game.kind === "interventional"
    ? createInterventionalInteractions(ensemble, game.background, mostSteps)
    : createPathInteractions(ensemble, game.shares);
}
