import { limits } from "../limits.ts";
import { type Issue, shorten } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Schema } from "./schema.ts";

/**
 * Mapped columns of numbers that are all equal in a file of enough customers. An export writes a default into a field that it does not have, and
 * nothing else shows it; a company with one price is the other case, so it is a warning and no question.
 */
export function constantNumbers(
  schema: Schema,
  mapping: readonly ColumnMapping[],
  profiles: readonly ColumnProfile[],
): Issue[] {
  return schema.features.flatMap((feature): Issue[] => {
    const entry = mapping.find((each) => each.feature === feature.name);
    if (feature.kind !== "numeric" || entry === undefined) return [];
    const { count, blank, missing, distinct } = profiles[entry.index]!;
    const [only, other] = distinct?.filter(({ text }) => text !== "") ?? [];
    if (only === undefined || other !== undefined || count - blank - missing < limits.absentRows) return [];
    const value = JSON.stringify(shorten(only.text));
    const message = `Every value of ${JSON.stringify(shorten(entry.column))} is ${value}; customers do not usually have all the same. If it is a default, they are scored wrongly.`;
    const [code, severity] = ["constant_column", "warning"] as const;
    return [{ code, severity, column: entry.column, feature: feature.name, count: 1, message, examples: [] }];
  });
}
