import { RetainWiseError } from "../errors.ts";
import type { Model } from "../model/load.ts";
import { ModelRefusal } from "../shap/refusal.ts";

/** Interaction values (log-odds) of one stored row: features × features, row-major. */
export function interactionsOf(model: Model, values: readonly (number | null)[]): Float64Array {
  const { length } = model.schema.features;
  if (values.length !== length)
    throw new RetainWiseError("internal", `A row of ${values.length} values for a model of ${length} features.`);
  try {
    return model.interactions(Float32Array.from(values, (value) => value ?? Number.NaN));
  } catch (error) {
    if (!(error instanceof ModelRefusal && error.reason === "too_costly")) throw error;
    throw new RetainWiseError("interactions_too_costly", "The model's trees are too many or too deep.", {
      cause: error,
    });
  }
}
