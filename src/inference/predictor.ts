/** Synchronous answers of the inference thread, in the API's words. */
import type { Models, Predictor } from "../api/services.ts";
import type { Inference } from "./client.ts";

export function createPredictor(inference: Inference, models: Models): Predictor {
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
    async interactions(digest, prediction) {
      const model = models.byDigest(digest);
      return model.presentInteractions(prediction, await inference.interactions(digest, prediction.values));
    },
    suggestMapping: ({ model, head }) => inference.suggest(models.get(model).digest, head),
  };
}
