import type { Model } from "../model/load.ts";
import type { DifferenceOutcome, DifferenceRequest } from "./answers.ts";

/** Pairs of encoded rows, and by which feature their raw scores differ. */
export function splitDifferences(model: Model, { rows, before, count }: DifferenceRequest): DifferenceOutcome {
  const contributions = new Float64Array(count * model.schema.features.length);
  model.splitDifference(rows, before, count, contributions);
  return { contributions, scoresBefore: model.rawScores(before, count) };
}
