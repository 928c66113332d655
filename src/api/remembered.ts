import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { examples } from "./examples.ts";
import { checkModelAndMapping } from "./feature-names.ts";
import { readJson } from "./json-body.ts";
import { type Operation, operation } from "./operation.ts";
import { plainText } from "./request-values.ts";
import { sendJson } from "./send-json.ts";
import type { Models, RememberedEntry, Services } from "./services.ts";
import { ModelName } from "./upload-options.ts";

const FeatureName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a feature"),
  v.description("Name of a feature of the model."),
);

export const Remembered = v.strictObject({
  model: v.pipe(v.nullable(v.string()), v.description("As the upload asked for it; null: the default model.")),
  feature: v.string(),
  label: v.pipe(v.string(), v.description("What a person calls the feature.")),
  column: v.string(),
  unit: v.pipe(
    v.nullable(v.string()),
    v.description("Of the column's values; null: the feature's own, or the one that the column's name says."),
  ),
  units: v.pipe(v.array(v.string()), v.description("Units that it may be; empty where none is converted.")),
  remembered_at: v.pipe(v.string(), v.isoTimestamp()),
});
export const RememberedList = v.strictObject({ data: v.array(Remembered) });
export type RememberedList = v.InferOutput<typeof RememberedList>;

export const RememberedChange = v.strictObject({
  column: v.pipe(plainText(limits.headerCharacters), v.minLength(1, "must name a column")),
  unit: v.exactOptional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z_]{1,32}$/, "must be a unit"))), null),
});

const params = v.strictObject({ feature: FeatureName });
const query = v.strictObject({ model: v.exactOptional(ModelName) });
const Schema = v.object({
  features: v.array(v.object({ name: v.string(), label: v.string(), unit: v.optional(v.string()) })),
});

/** GET /v1/mappings */
export function listRemembered(services: Services): Operation {
  return operation(
    {
      id: "listRemembered",
      group: "Mapping and templates",
      summary: "List remembered columns",
      description:
        "What you asked to have remembered when you answered questions: later files with exactly such a column are mapped that way, as long as its values fit. What no longer fits is not used, and told with the file.",
      answers: { 200: { description: "The columns.", schema: RememberedList, example: examples.rememberedList } },
      problems: ["database_unavailable"],
    },
    {},
    async ({ tenantId }) => {
      const entries = await services.uploads.listRemembered(tenantId);
      return sendJson<typeof RememberedList>({ data: entries.map((entry) => viewRemembered(services, entry)) });
    },
  );
}

/** PUT /v1/mappings/{feature} */
export function putRemembered(services: Services): Operation {
  return operation(
    {
      id: "putRemembered",
      group: "Mapping and templates",
      summary: "Remember a column",
      description: "Says for later files which column holds the feature, in place of what was remembered.",
      body: [{ media: "application/json", schema: RememberedChange, example: { column: "MRR", unit: "cents" } }],
      answers: { 204: { description: "It is remembered." } },
      problems: [
        "bad_request",
        "body_incomplete",
        "cross_origin",
        "too_large",
        "unsupported_media_type",
        "mapping_invalid",
        "model_not_found",
        "not_found",
        "database_unavailable",
      ],
    },
    { params, query },
    async ({ tenantId, request, body, params: { feature }, query: { model } }) => {
      const { column, unit } = await readJson(request, body, RememberedChange);
      checkModelAndMapping(services, model, { [feature]: column }, unit === null ? undefined : { [feature]: unit });
      await services.uploads.rememberColumn(tenantId, model ?? "", feature, { column, unit });
      return new Response(null, { status: 204 });
    },
  );
}

/** DELETE /v1/mappings/{feature} */
export function deleteRemembered({ uploads }: Services): Operation {
  return operation(
    {
      id: "deleteRemembered",
      group: "Mapping and templates",
      summary: "Forget a column",
      description: "Later files are looked at as if it had never been said. Files that are scored stay as they are.",
      answers: { 204: { description: "It is forgotten." } },
      problems: ["bad_request", "cross_origin", "not_found", "database_unavailable"],
    },
    { params, query },
    async ({ tenantId, params: { feature }, query: { model } }) => {
      if (await uploads.forgetColumn(tenantId, model ?? "", feature)) return new Response(null, { status: 204 });
      throw new RetainWiseError("not_found", `No column is remembered for ${feature}.`);
    },
  );
}

function viewRemembered(
  { models, unitsFor }: Pick<Services, "models" | "unitsFor">,
  { model, feature, column, unit, rememberedAt }: RememberedEntry,
) {
  const found = featureOf(models, model, feature);
  return {
    model: model === "" ? null : model,
    feature,
    label: found?.label ?? feature,
    ...{ column, unit },
    units: found?.unit === undefined ? [] : [...unitsFor(found.unit)],
    remembered_at: rememberedAt.toISOString(),
  };
}

/** A model that is gone or not ready keeps nobody from seeing and deleting what was said of its features. */
function featureOf(models: Models, model: string, feature: string) {
  const schemas = models.list().filter(({ name }) => model === "" || name === model);
  for (const { schema } of schemas) {
    const parsed = v.safeParse(Schema, schema);
    const found = parsed.success ? parsed.output.features.find(({ name }) => name === feature) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
