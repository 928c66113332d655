import type { EncodedRows } from "../features/encoded-rows.ts";
import { limits } from "../limits.ts";
import type { Model } from "../model/load.ts";
import { additivityError } from "../shap/additivity-error.ts";

/** Scores of one block, a value a customer; `shapValues` row-major `count` × features, log-odds. Good until the next block is scored. */
export interface Scores {
  readonly count: number;
  /** P(churn), float32 as the model gave it. */
  readonly probabilities: Float32Array;
  /** Log-odds, the sum of the leaves that a row reaches; zeros where nothing was explained. */
  readonly rawScores: Float64Array;
  /** Zeros where nothing was explained. */
  readonly shapValues: Float64Array;
  /** |baseValue + Σ shap − rawScore|, log-odds. */
  readonly additivityErrors: Float64Array;
  /** 1: the explanation adds up and belongs to this probability. */
  readonly explained: Uint8Array;
  readonly work: ScoringWork;
}

/** What scoring a block took and how exact it was, for metrics. */
export interface ScoringWork {
  readonly predictionSeconds: number;
  /** 0 where nothing was explained. */
  readonly explanationSeconds: number;
  /** Largest additivity error, log-odds; one that is no number counts as `limits.worstAdditivityError`. Null where nothing was explained. */
  readonly largestAdditivityError: number | null;
}

export type RowScorer = (rows: EncodedRows) => Promise<Scores>;

/**
 * Predicts and explains block after block. The probability is the runtime's, the raw score the sum of the leaves reached, the SHAP values the
 * sums of their tables; a row on which they disagree shows no reasons.
 */
export function createRowScorer(model: Model, explain: boolean): RowScorer {
  const width = model.schema.features.length;
  let room = roomFor(0, width);

  return async ({ count, features }) => {
    if (room.rawScores.length < count) room = roomFor(count, width);
    const shapValues = room.shapValues.subarray(0, count * width);
    const rawScores = room.rawScores.subarray(0, count);
    const additivityErrors = room.additivityErrors.subarray(0, count);
    const explained = room.explained.subarray(0, count);
    const started = performance.now();
    const probabilities = count === 0 ? new Float32Array(0) : await model.predict(features, count);
    const predicted = performance.now();
    let largest = 0;
    if (explain) {
      model.explain(features, count, shapValues, rawScores);
      for (let row = 0; row < count; row++) {
        const additivity = additivityError(model.baseValue, shapValues, row * width, width, rawScores[row]!);
        const agreement = Math.abs(1 / (1 + Math.exp(-rawScores[row]!)) - probabilities[row]!);
        additivityErrors[row] = additivity;
        if (!(additivity <= largest))
          largest = Number.isNaN(additivity)
            ? limits.worstAdditivityError
            : Math.min(additivity, limits.worstAdditivityError);
        // Written so that NaN counts as a failure.
        explained[row] = additivity <= limits.additivityError && agreement <= limits.agreementError ? 1 : 0;
      }
    }
    const work = {
      predictionSeconds: (predicted - started) / 1_000,
      explanationSeconds: explain ? (performance.now() - predicted) / 1_000 : 0,
      largestAdditivityError: explain && count > 0 ? largest : null,
    };
    return { count, probabilities, rawScores, shapValues, additivityErrors, explained, work };
  };
}

/** Used for block after block: fresh arrays for each would outgrow the file's own memory before they are collected. */
function roomFor(rows: number, width: number) {
  return {
    shapValues: new Float64Array(rows * width),
    rawScores: new Float64Array(rows),
    additivityErrors: new Float64Array(rows),
    explained: new Uint8Array(rows),
  };
}
