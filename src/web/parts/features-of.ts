import type { Feature, Schema } from "../../features/schema.ts";

/** The features of a model as `GET /v1/models` gives them; none where the model is not there. */
export function featuresOf(schema: unknown): readonly Feature[] {
  return (schema as Schema | undefined)?.features ?? [];
}

/** Feature → what a person calls it. */
export function labelsOf(schema: unknown): ReadonlyMap<string, string> {
  return new Map(featuresOf(schema).map(({ name, label }) => [name, label]));
}
