import { guardCell } from "../csv/write.ts";
import type { Schema } from "../features/schema.ts";
import type { FirstReading } from "./survey.ts";

/** The mapping of the upload that a file corrects, as if a person had given it: what that one had no column for is in this one neither. */
export function givenAsFirst(schema: Schema, first: FirstReading): [feature: string, column: string][] {
  const isInput = (name: string) =>
    schema.features.some((feature) => feature.name === name) ||
    schema.known_columns.some((known) => known.name === name && known.role === "identifier");
  return [
    // As rejected.csv writes the header.
    ...first.mapping
      .filter(({ feature }) => isInput(feature))
      .map(({ feature, column }): [string, string] => [feature, guardCell(column)]),
    ...first.missing_features.map((feature): [string, string] => [feature, ""]),
  ];
}
