import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { attachment } from "./filename.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { ModelFacts, Models, Services } from "./services.ts";
import { ModelName } from "./upload-options.ts";
import { ModelId } from "./upload-view.ts";

export const TemplateList = v.strictObject({
  data: v.array(
    v.strictObject({ name: v.string(), model: ModelId, url: v.pipe(v.string(), v.description("Address of the CSV.")) }),
  ),
});

/** GET /v1/templates */
export function listTemplates({ models }: Services): Operation {
  return operation(
    {
      id: "listTemplates",
      group: "Mapping and templates",
      summary: "List CSV templates",
      description: "One template for each model, made from the model's schema.",
      answers: { 200: { description: "The templates.", schema: TemplateList, example: examples.templateList } },
      problems: [],
    },
    {},
    () =>
      sendJson<typeof TemplateList>({
        data: newestModels(models).map(({ name, version, digest }) => ({
          name,
          model: { name, version, digest },
          url: `/v1/templates/${name}.csv`,
        })),
      }),
  );
}

/** GET /v1/templates/{name}.csv */
export function getTemplate({ models }: Services): Operation {
  return operation(
    {
      id: "getTemplate",
      group: "Mapping and templates",
      summary: "Download a CSV template",
      description:
        "A header, a line of guidance (recognised and not scored) and examples: put your customers in their place.",
      answers: {
        200: {
          description: "The CSV.",
          media: "text/csv",
          example: examples.templateCsv,
          headers: { "content-disposition": "A file name for the download." },
        },
      },
      problems: ["not_found"],
    },
    { params: v.strictObject({ name: ModelName }) },
    ({ params: { name } }) => {
      const model = newestModels(models).find((each) => each.name === name);
      if (model === undefined)
        throw new RetainWiseError("not_found", "There is no template of that name; GET /v1/templates lists them.");
      return new Response(model.template, {
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": attachment(`${name}.template.csv`),
        },
      });
    },
  );
}

/** The newest version of each name, as `models.get` would give it. */
function newestModels(models: Models): ModelFacts[] {
  const names = new Set(models.list().map(({ name }) => name));
  return [...names].map((name) => models.get(name));
}
