import { normaliseHeader } from "../../src/features/normalise.ts";
import type { Schema } from "../../src/features/schema.ts";

/** The schema without the spellings that the headers are: neither synonyms nor false friends; a feature's own name and label stay. */
export function forgetHeaders(schema: Schema, headers: readonly string[]): Schema {
  const keyOf = (text: string) => {
    const { key, units } = normaliseHeader(text);
    return key + units.join("");
  };
  const forgotten = new Set(headers.map(keyOf));
  const keep = (texts: readonly string[]) => texts.filter((text) => !forgotten.has(keyOf(text)));
  return {
    ...schema,
    features: schema.features.map((feature) => ({
      ...feature,
      synonyms: keep(feature.synonyms),
      false_friends: keep(feature.false_friends),
    })),
    known_columns: schema.known_columns.map((known) => ({
      ...known,
      synonyms: keep(known.synonyms),
      false_friends: keep(known.false_friends),
    })),
  };
}
