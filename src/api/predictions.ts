import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { ComparisonsAtOnce } from "./comparisons-at-once.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { examples } from "./examples.ts";
import { featureNamesOf } from "./feature-names.ts";
import { findCompletedUpload } from "./find-upload.ts";
import { createMovers, moversEntries } from "./movers.ts";
import { type Operation, operation } from "./operation.ts";
import { PredictionList, PredictionWithAttributions } from "./prediction-view.ts";
import { CursorText, limitText, plainText, rowText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { ModelFacts, Models, Services, Upload } from "./services.ts";
import { summaryOf } from "./upload-view.ts";
import { UploadParams } from "./uploads.ts";

const Drift = v.looseObject({
  feature: v.string(),
  psi: v.pipe(
    v.nullable(v.number()),
    v.description(
      "Population stability index against the training data: under 0.1 alike, over 0.25 other customers than those the model learned from.",
    ),
  ),
  psi_missing: v.pipe(
    v.exactOptional(v.nullable(v.picklist(["not_in_file", "too_few_rows", "no_baseline"]))),
    v.description("Why there is no index: no such column, fewer than 500 rows, or a model that brings no baseline."),
  ),
  missing_share: v.pipe(v.number(), v.description("Share of the rows without a value.")),
  note: v.pipe(v.exactOptional(v.nullable(v.string())), v.description("What a person should know of it.")),
});

export const UploadSummary = v.pipe(
  v.looseObject({
    drift: v.exactOptional(v.array(Drift)),
    outside_training_range: v.pipe(
      v.exactOptional(v.strictObject({ customers: v.pipe(v.number(), v.integer()), share: v.number() })),
      v.description(
        "Scored customers with at least one value outside what the model has seen in training; share is 0 to 1.",
      ),
    ),
    drifted_attribution_share: v.pipe(
      v.exactOptional(v.nullable(v.number())),
      v.description("Share of all absolute SHAP values that belongs to features with an index over 0.25."),
    ),
    ...moversEntries,
  }),
  v.description(
    "Tiers, histogram, global importance (mean absolute SHAP), drift per feature, revenue at risk where a charge is known, and whose score moved most since the upload before.",
  ),
);

/** GET /v1/uploads/{upload_id}/predictions */
export function listPredictions(services: Services): Operation {
  const { uploads, models } = services;
  return operation(
    {
      id: "listPredictions",
      group: "Results",
      summary: "List predictions",
      description: "One page of the scored customers, those most at risk first, each with the strongest reasons.",
      answers: {
        200: { description: "A page of predictions.", schema: PredictionList, example: examples.predictionList },
      },
      problems: ["bad_request", "not_found", "not_ready", "model_unavailable", "database_unavailable"],
    },
    {
      params: UploadParams,
      query: v.strictObject({
        limit: limitText(),
        cursor: CursorText,
        order: v.pipe(
          v.exactOptional(v.picklist(["risk", "row"]), "risk"),
          v.description("risk: most probable first; row: as in the file."),
        ),
        tier: v.exactOptional(v.pipe(v.picklist(["high", "medium", "low"]), v.description("Only this tier."))),
        q: v.exactOptional(
          v.pipe(plainText(limits.searchCharacters), v.description("Part of the customer id; capitals do not matter.")),
        ),
        reason: v.exactOptional(
          v.pipe(
            v.string(),
            v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature"),
            v.description(
              "Only customers of whom this feature is one of the three strongest reasons, and raises the risk.",
            ),
          ),
        ),
      }),
    },
    async ({ tenantId, params, query: { limit, cursor, order, tier = null, q, reason } }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const model = modelOf(models, upload);
      const search = q === undefined || q === "" ? null : q;
      const scope = ["predictions", upload.uploadId, order, tier, search, reason ?? null];
      const filter = { tier, q: search, reason: reason === undefined ? null : placeOf(model, reason) };
      const page = { limit, cursor: decodeCursor(scope, cursor), order, ...filter };
      const { predictions, nextCursor } = await uploads.listPredictions(tenantId, upload.uploadId, page);
      const { mapping = [], issues = [] } = upload.report ?? {};
      const data = predictions.map((prediction) => model.present(prediction, mapping, issues));
      return sendJson<typeof PredictionList>({ data, next_cursor: encodeCursor(scope, nextCursor) });
    },
  );
}

/** Of a feature among those of the model. */
function placeOf(model: ModelFacts, feature: string): number {
  const place = featureNamesOf(model).indexOf(feature);
  if (place >= 0) return place;
  const detail = `The model has no feature named ${feature}.`;
  throw new RetainWiseError("bad_request", detail, {
    issues: [{ code: "unknown_feature", detail, parameter: "reason" }],
  });
}

/** GET /v1/uploads/{upload_id}/predictions/{row} */
export function getPrediction(services: Services): Operation {
  const { uploads, models, predictor } = services;
  return operation(
    {
      id: "getPrediction",
      group: "Results",
      summary: "Get one prediction with every attribution",
      description:
        "The customer of a row of the file, with the SHAP value of every feature and how it was computed. With `interactions=true` also what every two features do together, computed on the spot: some ten milliseconds for the default model, more for more trees, deeper ones and more background rows, and refused beyond about a second. It needs the model that scored the file to be scoring still.",
      answers: {
        200: {
          description: "The prediction.",
          schema: PredictionWithAttributions,
          example: examples.predictionWithAttributions,
        },
      },
      problems: [
        "bad_request",
        "not_found",
        "not_ready",
        "interactions_too_costly",
        "model_unavailable",
        "overloaded",
        "database_unavailable",
      ],
    },
    {
      params: v.strictObject({ ...UploadParams.entries, row: rowText() }),
      query: v.strictObject({
        interactions: v.pipe(
          v.exactOptional(v.picklist(["true", "false"]), "false"),
          v.description("true: the exact SHAP interaction values of every two features as well."),
        ),
      }),
    },
    async ({ tenantId, params, query }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const prediction = await uploads.getPrediction(tenantId, upload.uploadId, params.row);
      if (prediction === null)
        throw new RetainWiseError("not_found", `Row ${params.row} of the file was not scored or does not exist.`);
      const { mapping = [], issues = [] } = upload.report ?? {};
      const model = modelOf(models, upload);
      const detail = model.presentDetail(prediction, mapping, issues);
      if (query.interactions === "false") return sendJson<typeof PredictionWithAttributions>(detail);
      const explained = prediction.explanationStatus === "ok";
      const interactions = explained ? await predictor.interactions(model.digest, prediction) : null;
      return sendJson<typeof PredictionWithAttributions>({ ...detail, interactions });
    },
  );
}

/** GET /v1/uploads/{upload_id}/summary */
export function getSummary(services: Services, atOnce: ComparisonsAtOnce): Operation {
  const moversOf = createMovers(services, atOnce);
  return operation(
    {
      id: "getSummary",
      group: "Results",
      summary: "Get the summary of an upload",
      description:
        "What the file as a whole says: tiers, histogram, what weighs most in the scores, how far the customers differ from those the model learned from.",
      answers: { 200: { description: "The summary.", schema: UploadSummary, example: examples.summary } },
      problems: ["not_found", "not_ready", "database_unavailable"],
    },
    { params: UploadParams },
    async ({ tenantId, params }) => {
      const upload = await findCompletedUpload(services, tenantId, params.upload_id);
      const movers = await moversOf(tenantId, upload);
      return sendJson<typeof UploadSummary>({ ...v.parse(UploadSummary, summaryOf(upload)), ...movers });
    },
  );
}

/** The model that scored the upload. */
export function modelOf(models: Models, upload: Upload): ModelFacts {
  if (upload.model === null) throw new RetainWiseError("internal", "A completed upload without a model.");
  return models.byDigest(upload.model.digest);
}
