/** Synchronous answers of the inference thread, in the API's words. */
import type { Predictor } from "../api/services.ts";
import { shorten } from "../features/issue.ts";
import type { StoredPrediction } from "../store/upload.ts";
import type { Inference } from "./client.ts";
import { explainChanges } from "./explain-changes.ts";
import type { LoadedModels } from "./loaded-models.ts";

export function createPredictor(inference: Inference, models: LoadedModels): Predictor {
  const interactionsOf = async (digest: string, prediction: StoredPrediction) => {
    const model = models.byDigest(digest);
    return model.presentInteractions(prediction, await inference.interactions(digest, prediction.values));
  };
  return {
    async predict({ model: name, customers, explain, interactions }) {
      const model = models.get(name);
      const { predictions, rejected, mapping } = await inference.predict(model.digest, customers);
      const view = async (prediction: StoredPrediction) => {
        if (!interactions) return (explain ? model.presentDetail : model.present)(prediction, mapping);
        const explained = prediction.explanationStatus === "ok";
        const found = explained ? await interactionsOf(model.digest, prediction) : null;
        return { ...model.presentDetail(prediction, mapping), interactions: found };
      };
      return {
        model: { name: model.name, version: model.version, digest: model.digest },
        predictions: await Promise.all(predictions.map(view)),
        rejected: rejected.map(({ row, customerId, errors }) => ({
          row,
          issues: errors.map(({ code, column, feature, message, rule, value }) => ({
            code,
            severity: "error" as const,
            column,
            feature,
            count: 1,
            message,
            rule,
            examples: [{ row, value, customer_id: customerId === null ? null : shorten(customerId) }],
          })),
        })),
      };
    },
    interactions: interactionsOf,
    explainChanges: (request) => explainChanges(inference, models, request),
    suggestMapping: ({ model, head }) => inference.suggest(models.get(model).digest, head),
  };
}
