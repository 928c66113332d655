import type { EncodedRows } from "../features/encoded-rows.ts";
import { limits } from "../limits.ts";
import type { Model } from "../model/load.ts";

/** Scores of one block, a value a customer; `shapValues` row-major `count` × features, log-odds. */
export interface Scores {
  readonly count: number;
  /** P(churn), float32 as the model gave it. */
  readonly probabilities: Float32Array;
  /** Log-odds, the sum of the leaves that a row reaches; zeros where nothing was explained. */
  readonly rawScores: Float64Array;
  /** Zeros where nothing was explained. */
  readonly shapValues: Float64Array;
  /** The worse of |baseValue + Σ shap − rawScore| (log-odds) and |logistic(rawScore) − probability|. */
  readonly additivityErrors: Float64Array;
  /** 1: the explanation adds up and belongs to this probability. */
  readonly explained: Uint8Array;
}

/**
 * Predicts and explains. The probability is the runtime's, the raw score the sum of the leaves reached, the SHAP values the sums of their
 * tables; a row on which they disagree shows no reasons.
 */
export async function scoreRows(model: Model, { count, features }: EncodedRows, explain: boolean): Promise<Scores> {
  const width = model.schema.features.length;
  const shapValues = new Float64Array(count * width);
  const additivityErrors = new Float64Array(count);
  const explained = new Uint8Array(count);
  if (count === 0) {
    return {
      count,
      probabilities: new Float32Array(0),
      rawScores: new Float64Array(0),
      shapValues,
      additivityErrors,
      explained,
    };
  }
  const probabilities = await model.predict(features, count);
  const rawScores = new Float64Array(count);
  if (explain) {
    model.explain(features, count, shapValues, rawScores);
    for (let row = 0; row < count; row++) {
      let sum = model.baseValue;
      for (let i = row * width; i < (row + 1) * width; i++) sum += shapValues[i]!;
      const additivity = Math.abs(sum - rawScores[row]!);
      const agreement = Math.abs(1 / (1 + Math.exp(-rawScores[row]!)) - probabilities[row]!);
      additivityErrors[row] = additivity;
      // Written so that NaN counts as a failure.
      explained[row] = additivity <= limits.additivityError && agreement <= limits.agreementError ? 1 : 0;
    }
  }
  return { count, probabilities, rawScores, shapValues, additivityErrors, explained };
}
