/** Which columns a tenant asked to have remembered: seen, edited, deleted. */
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { RememberedMapping } from "../store/remembered-columns.ts";
import { examples } from "./examples.ts";
import { checkModelAndMapping } from "./feature-names.ts";
import { readJson } from "./json-body.ts";
import { type Operation, operation } from "./operation.ts";
import { plainText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { Models, Services } from "./services.ts";

/** Stands for the default model where uploads name none; no model's name begins so. */
const defaultModel = "_default";

const Model = v.pipe(
  v.string(),
  v.regex(/^(_default|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/, "must be the name of a model, or _default"),
  v.description("The model as uploads name it; `_default` for uploads that name none."),
);
const FeatureName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature"),
  v.description("Feature of the model."),
);
const Key = v.strictObject({ model: Model, feature: FeatureName });

export const Remembered = v.strictObject({
  model: Model,
  feature: v.string(),
  label: v.pipe(
    v.nullable(v.string()),
    v.description("The feature's name for people; null where the model is not there."),
  ),
  column: v.pipe(v.string(), v.description("Column of the file, exactly as in its header.")),
  unit: v.pipe(
    v.nullable(v.string()),
    v.description("Unit of its values as it was said; null: what the column's name says, else the feature's own."),
  ),
  units: v.pipe(v.array(v.string()), v.description("Units that it may be; empty where none is converted.")),
  remembered_at: v.pipe(v.string(), v.isoTimestamp()),
});

export const RememberedList = v.strictObject({ data: v.array(Remembered) });
export type RememberedList = v.InferOutput<typeof RememberedList>;

export const RememberedColumn = v.strictObject({
  column: v.pipe(plainText(limits.headerCharacters), v.regex(/\S/, "must name a column")),
  unit: v.exactOptional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z_]{1,32}$/, "must be a unit"))), null),
});

/** GET /v1/mappings */
export function listRemembered(services: Services): Operation {
  return operation(
    {
      id: "listRememberedMappings",
      group: "Mapping and templates",
      summary: "List remembered mappings",
      description:
        "What was answered with `remember: true`: later uploads of that model use these columns as long as their values fit; an issue `remembered_mapping_unfit` says where they do not.",
      answers: {
        200: { description: "All of them.", schema: RememberedList, example: { data: [examples.rememberedMapping] } },
      },
      problems: [],
    },
    {},
    async ({ tenantId }) => {
      const remembered = await services.uploads.listRemembered(tenantId);
      return sendJson<typeof RememberedList>({ data: remembered.map((each) => view(each, services)) });
    },
  );
}

/** PUT /v1/mappings/{model}/{feature} */
export function putRemembered(services: Services): Operation {
  return operation(
    {
      id: "putRememberedMapping",
      group: "Mapping and templates",
      summary: "Set a remembered mapping",
      description:
        "Which column later uploads of the model hold the feature in. What was remembered of it is replaced.",
      body: [{ media: "application/json", schema: RememberedColumn, example: { column: "Months with us" } }],
      answers: {
        200: { description: "As it is remembered now.", schema: Remembered, example: examples.rememberedMapping },
      },
      problems: [
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "not_found",
        "too_large",
        "unsupported_media_type",
        "mapping_invalid",
        "model_not_found",
      ],
    },
    { params: Key },
    async ({ tenantId, params: { model, feature }, request, body }) => {
      const { column, unit } = await readJson(request, body, RememberedColumn);
      const name = model === defaultModel ? undefined : model;
      checkModelAndMapping(services, name, { [feature]: column }, unit === null ? undefined : { [feature]: unit });
      const key = { model: name ?? "", feature };
      const remembered = await services.uploads.putRemembered(tenantId, key, { column, unit });
      return sendJson<typeof Remembered>(view(remembered, services));
    },
  );
}

/** DELETE /v1/mappings/{model}/{feature} */
export function deleteRemembered({ uploads }: Services): Operation {
  return operation(
    {
      id: "deleteRememberedMapping",
      group: "Mapping and templates",
      summary: "Forget a remembered mapping",
      description:
        "Later uploads are mapped as if nothing had been said of the feature. Earlier results stay as they are.",
      answers: { 204: { description: "It is forgotten." } },
      problems: ["bad_request", "cross_origin", "not_found"],
    },
    { params: Key },
    async ({ tenantId, params: { model, feature } }) => {
      const forgotten = await uploads.deleteRemembered(tenantId, { model: stored(model), feature });
      if (forgotten === 0) throw new RetainWiseError("not_found", `Nothing is remembered of ${feature} for ${model}.`);
      return new Response(null, { status: 204 });
    },
  );
}

/** DELETE /v1/mappings?model= */
export function deleteAllRemembered({ uploads }: Services): Operation {
  return operation(
    {
      id: "deleteRememberedMappings",
      group: "Mapping and templates",
      summary: "Forget all remembered mappings of a model",
      description:
        "Later uploads of the model are mapped as if nothing had ever been said. Earlier results stay as they are.",
      answers: { 204: { description: "Nothing is remembered for the model." } },
      problems: ["bad_request", "cross_origin"],
    },
    { query: v.strictObject({ model: Model }) },
    async ({ tenantId, query: { model } }) => {
      await uploads.deleteRemembered(tenantId, { model: stored(model), feature: null });
      return new Response(null, { status: 204 });
    },
  );
}

function stored(model: string): string {
  return model === defaultModel ? "" : model;
}

function view(
  { model, feature, column, unit, rememberedAt }: RememberedMapping,
  { models, unitsFor }: Pick<Services, "models" | "unitsFor">,
) {
  const found = featureOf(models, model, feature);
  return {
    model: model === "" ? defaultModel : model,
    feature,
    label: found?.label ?? null,
    ...{ column, unit },
    units: found?.unit === undefined ? [] : [...unitsFor(found.unit)],
    remembered_at: rememberedAt.toISOString(),
  };
}

const Features = v.object({
  features: v.array(v.object({ name: v.string(), label: v.string(), unit: v.optional(v.string()) })),
});

function featureOf(models: Models, model: string, feature: string) {
  const schema =
    models.list().find(({ name }) => name === model)?.schema ?? (model === "" ? defaultSchema(models) : null);
  const known = v.safeParse(Features, schema);
  return known.success ? known.output.features.find(({ name }) => name === feature) : undefined;
}

function defaultSchema(models: Models): unknown {
  try {
    return models.get(null).schema;
  } catch (error) {
    if (error instanceof RetainWiseError && error.code === "model_unavailable") return null;
    throw error;
  }
}
