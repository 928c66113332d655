/** The same customer as two models see it: rows encoded for one schema, in terms of another. */
import { categoryReader } from "./category-reader.ts";
import { displayValue } from "./decode-value.ts";
import type { Feature, Schema } from "./schema.ts";

export interface FeatureMatch {
  /** Features of `to` that `from` has none for, or only one of another kind or unit: missing in every row. */
  readonly missing: readonly string[];
  /**
   * Writes a row into `into` from `at` on, in the order of `to`; NaN = missing. A category goes over by what it means, since its code may be
   * another; one that `to` does not know is missing.
   *
   * @param values one row in the order of `from`; null or NaN = missing
   */
  write(values: readonly (number | null)[], into: Float32Array, at: number): void;
}

export function matchFeatures(from: Schema, to: Schema): FeatureMatch {
  const places = new Map(from.features.map((feature, i) => [feature.name, i]));
  const sources = to.features.map((feature) => {
    const place = places.get(feature.name);
    if (place === undefined) return null;
    const read = readerOf(from.features[place]!, feature);
    return read === null ? null : { place, read };
  });
  return {
    missing: to.features.flatMap(({ name }, i) => (sources[i] === null ? [name] : [])),
    write(values, into, at) {
      sources.forEach((source, i) => {
        const value = source === null ? null : values[source.place];
        into[at + i] = value === null || value === undefined ? Number.NaN : source!.read(value);
      });
    },
  };
}

/** What a value of the one feature is as a value of the other; null when they cannot be compared. */
function readerOf(from: Feature, to: Feature): ((value: number) => number) | null {
  // Of the same schema: what the model was given then, whatever it is.
  if (from === to) return (value) => value;
  if (to.kind === "numeric") return from.kind === "numeric" && from.unit === to.unit ? (value) => value : null;
  if (from.kind === "numeric") return null;
  const codeOf = categoryReader(to);
  return (code) => {
    const value = displayValue(from, code);
    return value === null ? Number.NaN : (codeOf(String(value)) ?? Number.NaN);
  };
}
