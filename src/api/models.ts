import * as v from "valibot";
import { examples } from "./examples.ts";
import { type Operation, operation } from "./operation.ts";
import { sendJson } from "./send-json.ts";
import type { Services } from "./services.ts";
import { ModelId } from "./upload-view.ts";

export const ModelList = v.strictObject({
  data: v.array(
    v.strictObject({
      ...ModelId.entries,
      background_digest: v.pipe(
        v.string(),
        v.description("SHA-256 (hex) of the sample that the explanations compare with."),
      ),
      card: v.pipe(v.string(), v.description("The model card, Markdown.")),
      schema: v.pipe(v.unknown(), v.description("The feature schema: names, labels, kinds, units, ranges, synonyms.")),
    }),
  ),
});

/** GET /v1/models */
export function listModels({ models }: Services): Operation {
  return operation(
    {
      id: "listModels",
      group: "Models",
      summary: "List models",
      description: "The models that are ready, with their cards and schemas.",
      answers: { 200: { description: "The models.", schema: ModelList, example: examples.modelList } },
      problems: [],
    },
    {},
    () =>
      sendJson<typeof ModelList>({
        data: models.list().map(({ name, version, digest, backgroundDigest, card, schema }) => ({
          name,
          version,
          digest,
          background_digest: backgroundDigest,
          card,
          schema,
        })),
      }),
  );
}
