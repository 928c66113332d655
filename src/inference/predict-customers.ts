import { encodeCustomers } from "../features/encode-customers.ts";
import type { Model } from "../model/load.ts";
import type { Customer, PredictOutcome } from "./answers.ts";
import { createRowScorer } from "./score-rows.ts";
import { storedPrediction } from "./stored-prediction.ts";

/** Scores customers given as JSON by the very steps that score a file. */
export async function predictCustomers(model: Model, customers: readonly Customer[]): Promise<PredictOutcome> {
  const { mapped, encoded } = encodeCustomers(customers, model.schema);
  const scores = await createRowScorer(model, true)(encoded);
  return {
    predictions: Array.from({ length: encoded.count }, (_, i) =>
      storedPrediction(model.schema, encoded, scores, i, ""),
    ),
    rejected: encoded.rejected.map(({ row, customerId, errors }) => ({ row, customerId, errors })),
    mapping: mapped.mapping,
    questions: [...mapped.questions, ...mapped.suggestions],
    work: scores.work,
  };
}
