/** Synchronous answers of the inference thread, in the API's words. */
import type { Predictor } from "../api/services.ts";
import type { Inference } from "./client.ts";
import { explainChanges } from "./explain-changes.ts";
import type { LoadedModels } from "./loaded-models.ts";

export function createPredictor(inference: Inference, models: LoadedModels): Predictor {
  return {
    async predict({ model: name, customers, explain }) {
      const model = models.get(name);
      const { predictions, rejected, mapping } = await inference.predict(model.digest, customers);
      const present = explain ? model.presentDetail : model.present;
      return {
        model: { name: model.name, version: model.version, digest: model.digest },
        predictions: predictions.map((prediction) => present(prediction, mapping)),
        rejected: rejected.map(({ row, errors }) => ({
          row,
          issues: errors.map(({ code, column, feature, message, value }) => ({
            code,
            severity: "error" as const,
            column,
            feature,
            count: 1,
            message,
            examples: [{ row, value }],
          })),
        })),
      };
    },
    explainChanges: (request) => explainChanges(inference, models, request),
    suggestMapping: ({ model, head }) => inference.suggest(models.get(model).digest, head),
  };
}
