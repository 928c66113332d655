import { normaliseHeader } from "./normalise.ts";
import { onceFor } from "./once-for.ts";
import type { Schema } from "./schema.ts";
import { targetsOf } from "./target.ts";

/** Whether a text is a name that the schema knows for a feature or for another column; tells a header row from a preamble. */
export const knownHeaders: (schema: Schema) => (header: string) => boolean = onceFor((schema) => {
  const keys = new Set(targetsOf(schema).flatMap((target) => [...target.keys]));
  return (header) => {
    const { key, units } = normaliseHeader(header);
    return keys.has(key) || keys.has(key + units.join(""));
  };
});
