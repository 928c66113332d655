import type { IssueCode } from "../issue-kinds.ts";
import { displayValue } from "./decode-value.ts";
import { encodeCustomers } from "./encode-customers.ts";
import type { ValueNote } from "./encoded-rows.ts";
import { invalid } from "./given-mapping.ts";
import { type Issue, shorten } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { Feature, Schema } from "./schema.ts";

/** One value for all customers of a file. */
export interface Constant {
  readonly feature: string;
  /** As the model knows it: a category's value, or a number in the feature's unit. */
  readonly value: string | number;
  /** float32. */
  readonly encoded: number;
  readonly note: ValueNote | null;
}

/**
 * Values that a person gives for the whole file, feature → text, read like the cells of a file that has a column of the feature's own name.
 * Throws `mapping_invalid` where a value cannot be read, or the mapping names a column for the same feature.
 */
export function readConstants(
  schema: Schema,
  given: Readonly<Record<string, string>>,
  mapping: Readonly<Record<string, string>>,
): readonly Constant[] {
  const features = Object.keys(given).map((name): Feature => {
    const feature = schema.features.find((each) => each.name === name);
    if (feature === undefined) throw invalid(`The model has no feature named ${JSON.stringify(shorten(name))}.`);
    if (Object.hasOwn(mapping, name) && mapping[name]!.trim() !== "")
      throw invalid(
        `${name} is given twice: as the column ${JSON.stringify(shorten(mapping[name]!))} and as a constant.`,
      );
    return feature;
  });
  if (features.length === 0) return [];
  const { encoded, mapped } = encodeCustomers([given], { ...schema, features });
  const constants = features.map((feature, i): Constant => {
    const { name, label } = feature;
    const unusable = (why: string) =>
      invalid(`The constant ${JSON.stringify(shorten(given[name]!))} cannot be used for ${label} (${name}): ${why}`);
    if (!mapped.mapping.some((entry) => entry.feature === name))
      throw unusable("its mark may part the fraction or the thousands; write the fraction with two digits or four.");
    const [error] = encoded.rejected.flatMap(({ errors }) => errors.filter((each) => each.feature === name));
    if (error !== undefined) throw unusable(error.message);
    // Where another value is at fault the row is not there, and that value's error is thrown.
    const value = encoded.count === 0 ? Number.NaN : encoded.features[i]!;
    const shown = displayValue(feature, value);
    if (encoded.count > 0 && shown === null) throw unusable("it says that there is no value.");
    const note = encoded.notes.get(0)?.[name] ?? null;
    return { feature: name, value: shown ?? "", encoded: value, note };
  });
  if (encoded.count === 0) throw invalid("The constants cannot be read together.");
  return constants;
}

/** What is told of them. @param found the columns that would be used without them */
export function constantIssues(
  schema: Schema,
  constants: readonly Constant[],
  found: readonly ColumnMapping[],
): Issue[] {
  return constants.flatMap(({ feature, value, note }) => {
    const label = schema.features.find(({ name }) => name === feature)!.label;
    const issue = (code: IssueCode, severity: Issue["severity"], column: string | null, message: string): Issue => {
      return { code, severity, column, feature, count: 1, message, examples: [] };
    };
    const far = note === "outside_training_range" ? " It lies outside what the model has seen in training." : "";
    const told = `${label} was given for the whole file: ${value}.${far}`;
    const column = found.find((entry) => entry.feature === feature)?.column;
    return [
      issue("constant_value", far === "" ? "info" : "warning", null, told),
      ...(column === undefined
        ? []
        : [issue("constant_over_column", "warning", column, `${told} The column that seems to hold it is not used.`)]),
    ];
  });
}
