import { RetainWiseError } from "../errors.ts";
import type { Model } from "../model/load.ts";

/** Interaction values (log-odds) of one stored row: features × features, row-major. */
export function interactionsOf(model: Model, values: readonly (number | null)[]): Float64Array {
  const { length } = model.schema.features;
  if (values.length !== length)
    throw new RetainWiseError("internal", `A row of ${values.length} values for a model of ${length} features.`);
  return model.interactions(Float32Array.from(values, (value) => value ?? Number.NaN));
}
