import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { examples } from "./examples.ts";
import { findCompletedUpload } from "./find-upload.ts";
import { type Operation, operation } from "./operation.ts";
import { modelOf } from "./predictions.ts";
import { wholeNumber } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";
import { ModelId } from "./upload-view.ts";
import { UploadParams } from "./uploads.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const LogOdds = v.pipe(v.number(), v.description("Log-odds."));
const Bound = v.nullable(v.number());

export const Explanation = v.strictObject({
  base_value: LogOdds,
  customers: v.pipe(Count, v.description("Scored customers of the file.")),
  sample: v.pipe(
    v.strictObject({ customers: Count, rows: v.array(Count) }),
    v.description("A uniform sample of the explained customers, by row of the file: the same for the same file."),
  ),
  features: v.pipe(
    v.array(
      v.strictObject({
        feature: v.string(),
        label: v.string(),
        kind: v.picklist(["numeric", "category", "flag"]),
        group: v.string(),
        actionable: v.boolean(),
        mean_abs_shap: v.pipe(v.nullable(v.number()), v.description("Over all customers, log-odds.")),
        sample: v.pipe(
          v.strictObject({
            values: v.array(v.nullable(v.union([v.string(), v.number()]))),
            positions: v.pipe(
              v.array(v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)))),
              v.description("Where the value is among the feature's, for its colour; null for a missing value."),
            ),
            shap_values: v.array(LogOdds),
          }),
          v.description("An entry for each of `sample.rows`: the dots of a beeswarm and of a dependence plot."),
        ),
        dependence: v.pipe(
          v.array(
            v.strictObject({
              value: v.pipe(v.nullable(v.string()), v.description("The category; null for numbers.")),
              from: v.pipe(Bound, v.description("Numbers above it; null where there is no end.")),
              to: v.pipe(Bound, v.description("Numbers up to it; null where there is no end.")),
              missing: v.pipe(v.boolean(), v.description("The customers without a value.")),
              customers: Count,
              mean_shap_value: LogOdds,
            }),
          ),
          v.description("Mean SHAP value over all customers of the file, by value: the line of a dependence plot."),
        ),
      }),
    ),
    v.description("The weightiest first."),
  ),
  method: v.strictObject({ algorithm: v.string(), feature_perturbation: v.string(), output_space: v.literal("raw") }),
  model: ModelId,
  background_digest: v.string(),
});

/** What the explanation needs of a stored summary. */
const StoredSummary = v.looseObject({
  customers: v.exactOptional(Count, 0),
  global_importance: v.exactOptional(
    v.array(v.looseObject({ feature: v.string(), mean_abs_shap: v.nullable(v.number()) })),
    () => [],
  ),
  dependence: v.exactOptional(
    v.array(
      v.looseObject({
        feature: v.string(),
        counts: v.array(v.number()),
        mean_shap: v.array(v.nullable(v.number())),
      }),
    ),
    () => [],
  ),
});

/** GET /v1/uploads/{upload_id}/explanation */
export function getExplanation(services: Services): Operation {
  const { uploads, models } = services;
  return operation(
    {
      id: "getExplanation",
      group: "Results",
      summary: "Get the explanation of a whole upload",
      description:
        "What weighs in the scores of all customers, as data for pictures: mean absolute SHAP value, a sample for a beeswarm, and how each feature's SHAP values go with its values. What goes together in the model need not be a cause.",
      answers: { 200: { description: "The explanation.", schema: Explanation, example: examples.explanation } },
      problems: ["bad_request", "not_found", "not_ready", "model_unavailable", "database_unavailable"],
    },
    {
      params: UploadParams,
      query: v.strictObject({
        rows: v.pipe(
          v.exactOptional(wholeNumber(1, limits.explanationRows), "500"),
          v.description("Most customers of the sample."),
        ),
        features: v.pipe(
          v.exactOptional(wholeNumber(1, limits.explanationFeatures), "20"),
          v.description("Most features, those that weigh most first."),
        ),
      }),
    },
    async ({ tenantId, params, query: { rows, features } }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const model = modelOf(models, upload);
      const stored = v.safeParse(StoredSummary, upload.summary);
      if (!stored.success) throw new RetainWiseError("internal", "The stored summary is none.");
      const { customers, global_importance: importance, dependence } = stored.output;
      // Of the file's own digest, so that the same file gives the same sample.
      const seed = Number.parseInt(upload.sha256.slice(0, 8), 16);
      const sample = await uploads.samplePredictions(tenantId, upload.uploadId, { rows, seed });
      return sendJson<typeof Explanation>(
        model.presentExplanation({ sample, customers, importance, dependence, features }),
      );
    },
  );
}
