import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { Schema } from "./operation.ts";
import { answerSchemas, requestSchemas } from "./schemas.ts";

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Checks and changes of a pipeline that JSON Schema has no word for; their meaning is in the descriptions. */
const ignoreActions = ["check", "transform", "to_lower_case", "parse_json", "finite"];
const shared = {
  target: "draft-2020-12",
  errorMode: "throw",
  ignoreActions,
  overrideRef: ({ referenceId }: { readonly referenceId: string }) => `#/components/schemas/${referenceId}`,
} as const;

/** The named schemas, for `components.schemas`. Answers may grow, so clients must not refuse fields that they do not know. */
export function componentSchemas(): Record<string, JsonSchema> {
  const answers = toJsonSchemaDefs(answerSchemas, { ...shared, typeMode: "output" });
  const requests = toJsonSchemaDefs(requestSchemas, { ...shared, typeMode: "input" });
  return { ...mapValues(answers, openForGrowth), ...mapValues(requests, plain) };
}

/** A schema in place: what is named becomes a reference. */
export function answerSchema(schema: Schema): JsonSchema {
  return openForGrowth(
    withoutDefinitions(toJsonSchema(schema, { ...shared, typeMode: "output", definitions: { ...answerSchemas } })),
  );
}

/** What a client sends as JSON. */
export function requestSchema(schema: Schema): JsonSchema {
  return withoutDefinitions(toJsonSchema(schema, { ...shared, typeMode: "input", definitions: { ...requestSchemas } }));
}

/** Text that stands for a value: a number of a query is documented as a number. */
export function textSchema(schema: Schema): JsonSchema {
  const converted = withoutDefinitions(toJsonSchema(schema, { ...shared, typeMode: "output" }));
  const number = converted.type === "integer" || converted.type === "number";
  return number && typeof converted.default === "string"
    ? { ...converted, default: Number(converted.default) }
    : converted;
}

function withoutDefinitions(schema: unknown): JsonSchema {
  const { $schema: _schema, $defs: _defs, ...rest } = plain(schema);
  return rest;
}

function openForGrowth(schema: unknown): JsonSchema {
  return plain(schema, (key, value: unknown) =>
    key === "additionalProperties" && value === false ? undefined : value,
  );
}

function plain(schema: unknown, replacer?: (key: string, value: unknown) => unknown): JsonSchema {
  const copy: JsonSchema = JSON.parse(JSON.stringify(schema, replacer));
  return copy;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
