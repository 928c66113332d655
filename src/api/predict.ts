import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { examples } from "./examples.ts";
import { FileIssue, viewIssue } from "./issue-view.ts";
import { readJson } from "./json-body.ts";
import { type Operation, operation } from "./operation.ts";
import { Prediction, PredictionWithAttributions } from "./prediction-view.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";
import { ModelName } from "./upload-options.ts";
import { ModelId, modelId } from "./upload-view.ts";

const Cell = v.nullable(
  v.union(
    [
      v.pipe(v.string(), v.maxLength(limits.cellCharacters)),
      v.pipe(v.number(), v.finite("must be a finite number")),
      v.boolean(),
    ],
    "must be text, a number, a boolean or null",
  ),
);

export const PredictRequest = v.strictObject({
  customers: v.pipe(
    v.array(v.record(v.pipe(v.string(), v.maxLength(limits.headerCharacters)), Cell)),
    v.minLength(1, "must hold at least one customer"),
    v.description(`Up to ${limits.predictCustomers} customers: column or feature name → value.`),
  ),
  explain: v.pipe(
    v.exactOptional(v.boolean(), false),
    v.description("Whether every attribution is given, not only the strongest reasons."),
  ),
  interactions: v.pipe(
    v.exactOptional(v.boolean(), false),
    v.description(
      "Whether what every two features do together is given, with every attribution; of one customer only.",
    ),
  ),
  model: v.exactOptional(v.nullable(ModelName)),
});

export const PredictAnswer = v.strictObject({
  model: ModelId,
  predictions: v.array(v.union([PredictionWithAttributions, Prediction])),
  rejected: v.pipe(
    v.array(v.strictObject({ row: v.pipe(v.number(), v.integer()), issues: v.array(FileIssue) })),
    v.description("Customers that could not be scored: place in the list, from 1, and why."),
  ),
});

/** POST /v1/predict */
export function predict({ predictor }: Services): Operation {
  return operation(
    {
      id: "predict",
      group: "Predict at once",
      summary: "Score a few customers at once",
      description: "Nothing is stored. For more customers than a call takes, upload a file.",
      body: [
        {
          media: "application/json",
          schema: PredictRequest,
          example: {
            customers: [{ customer_id: "C-1001", tenure_months: 4, contract: "Month-to-month", monthly_charges: 79.9 }],
            explain: false,
          },
        },
      ],
      answers: {
        200: {
          description: "The predictions, in the order of the customers.",
          schema: PredictAnswer,
          example: examples.predictAnswer,
        },
      },
      problems: [
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "too_large",
        "too_many_customers",
        "interactions_too_costly",
        "unsupported_media_type",
        "required_columns_missing",
        "duplicate_columns",
        "too_many_columns",
        "mapping_invalid",
        "model_not_found",
        "model_unavailable",
        "overloaded",
      ],
    },
    {},
    async ({ request, body }) => {
      const { customers, explain, interactions, model = null } = await readJson(request, body, PredictRequest);
      if (customers.length > limits.predictCustomers) {
        throw new RetainWiseError(
          "too_many_customers",
          `One call takes at most ${limits.predictCustomers} customers; there are ${customers.length}.`,
        );
      }
      if (interactions && customers.length > 1) {
        const detail = "Interactions are given for one customer a call.";
        throw new RetainWiseError("bad_request", detail, {
          issues: [{ code: "invalid", detail, pointer: "/interactions" }],
        });
      }
      refuseManyColumns(customers);
      const answer = await predictor.predict({ model, customers, explain, interactions });
      return sendJson<typeof PredictAnswer>({
        model: modelId(answer.model),
        predictions: answer.predictions,
        rejected: answer.rejected.map(({ row, issues }) => ({ row, issues: issues.map(viewIssue) })),
      });
    },
  );
}

/** Every name is a column of all customers, as in a file: without a bound a few megabytes of names become billions of cells. */
function refuseManyColumns(customers: readonly Readonly<Record<string, unknown>>[]): void {
  const names = new Set<string>();
  for (const customer of customers) {
    for (const name of Object.keys(customer)) names.add(name);
    if (names.size > limits.columnsPerFile) {
      throw new RetainWiseError(
        "too_many_columns",
        `The customers of one call may have at most ${limits.columnsPerFile.toLocaleString("en")} different columns.`,
      );
    }
  }
}
