/** Interaction values of one customer in the API's words. */
import type { InteractionsView } from "../api/presented.ts";
import { RetainWiseError } from "../errors.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { StoredPrediction } from "../store/upload.ts";

/**
 * @param values features × features, row-major, log-odds
 * @throws RetainWiseError `internal` where a row of them is not the SHAP value that was stored: the two are computed apart
 */
export function presentInteractions(
  { features }: Schema,
  stored: StoredPrediction,
  values: Float64Array,
): InteractionsView {
  const width = features.length;
  let additivityError = 0;
  const pairs: { features: [string, string]; shap_value: number }[] = [];
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) {
      const value = values[i * width + j]!;
      sum += value;
      if (j > i && value !== 0) pairs.push({ features: [features[i]!.name, features[j]!.name], shap_value: value });
    }
    additivityError = Math.max(additivityError, Math.abs(sum - stored.shapValues[i]!));
  }
  if (!(additivityError <= limits.additivityError))
    throw new RetainWiseError("internal", "The interaction values do not sum to the SHAP values.");
  return {
    main: features.map(({ name }, i) => ({ feature: name, shap_value: values[i * width + i]! })),
    pairs: pairs.sort((a, b) => Math.abs(b.shap_value) - Math.abs(a.shap_value)),
    additivity_error: additivityError,
  };
}
