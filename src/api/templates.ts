import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { examples } from "./examples.ts";
import { attachment } from "./filename.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { CsvTemplate, ModelFacts, Models, Services } from "./services.ts";
import { ModelName } from "./upload-options.ts";
import { ModelId } from "./upload-view.ts";

export const TemplateList = v.strictObject({
  data: v.array(
    v.strictObject({
      name: v.string(),
      title: v.string(),
      description: v.string(),
      model: ModelId,
      url: v.pipe(v.string(), v.description("Address of the CSV.")),
    }),
  ),
});

/** GET /v1/templates */
export function listTemplates({ models }: Services): Operation {
  return operation(
    {
      id: "listTemplates",
      group: "Mapping and templates",
      summary: "List CSV templates",
      description:
        "Files to fill in, made from the models' schemas: each model's own with all of its features, and smaller ones for a trade. A file of such headers is mapped without a question.",
      answers: { 200: { description: "The templates.", schema: TemplateList, example: examples.templateList } },
      problems: [],
    },
    {},
    () =>
      sendJson<typeof TemplateList>({
        data: allTemplates(models).map(({ name, title, description, model: { name: modelName, version, digest } }) => ({
          ...{ name, title, description },
          model: { name: modelName, version, digest },
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
      const template = allTemplates(models).find((each) => each.name === name);
      if (template === undefined)
        throw new RetainWiseError("not_found", "There is no template of that name; GET /v1/templates lists them.");
      return new Response(template.csv, {
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": attachment(`${name}.template.csv`),
        },
      });
    },
  );
}

/** Of the newest version of each model, as `models.get` would give it. A model's own name goes first, then the default model's templates. */
function allTemplates(models: Models): (CsvTemplate & { readonly model: ModelFacts })[] {
  const newest = [...new Set(models.list().map(({ name }) => name))].map((name) => models.get(name));
  const all = newest.flatMap((model) => model.templates.map((template) => ({ ...template, model })));
  const own = all.filter(({ name, model }) => name === model.name);
  const others = all.filter(({ name }) => own.every((each) => each.name !== name));
  return [...own, ...others.filter(({ name }, i) => others.findIndex((each) => each.name === name) === i)];
}
