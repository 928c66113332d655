import { limits } from "../limits.ts";
import { categoryReader } from "./category-reader.ts";
import { impliedStates } from "./implied-state.ts";
import { type Issue, shorten } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Schema } from "./schema.ts";

/**
 * Values that are common in the training data and that no row of a mapped column has: an export that writes two of them as one ("Bank
 * Withdrawal"), or "No internet service" as "No", looks like this and like nothing else. A warning and no question: a company may do without.
 */
export function absentValues(
  schema: Schema,
  mapping: readonly ColumnMapping[],
  profiles: readonly ColumnProfile[],
): Issue[] {
  const implied = impliedStates(schema);
  const isMapped = (position: number) => mapping.some((entry) => entry.feature === schema.features[position]?.name);
  return schema.features.flatMap((feature, position): Issue[] => {
    const entry = mapping.find((each) => each.feature === feature.name);
    const shares = feature.distribution.shares;
    if (feature.kind === "numeric" || entry === undefined || shares === undefined) return [];
    const profile = profiles[entry.index]!;
    if (profile.distinct === null) return [];
    const read = categoryReader(feature);
    const seen = new Set(profile.distinct.map(({ text }) => read(text)));
    if (profile.count - profile.blank - profile.missing < limits.absentRows) return [];
    const own = implied[position] ?? null;
    const absent = feature.categories.flatMap(({ code, value }, i) => {
      // What another column settles is put in where it belongs.
      const isSettled = own?.code === code && isMapped(own.parent);
      return seen.has(code) || shares[i]! < limits.absentShare || isSettled ? [] : [{ value, share: shares[i]! }];
    });
    if (absent.length === 0) return [];
    const usual = absent.map(({ value, share }) => `"${value}" (${Math.round(share * 100)} %)`).join(" and ");
    const message = `No row of ${JSON.stringify(shorten(entry.column))} says ${usual}, which is usual among the customers that the model learned from.`;
    const issue = { column: entry.column, feature: feature.name, count: 1, examples: [] };
    // One value throughout is a segment of the customers: nothing has been written as something else.
    const known = feature.categories.filter(({ code }) => seen.has(code));
    if (known.length === 1) {
      const all = `Every row of ${JSON.stringify(shorten(entry.column))} says "${known[0]!.value}".`;
      return [{ ...issue, code: "constant_column", severity: "info", message: all }];
    }
    const wrong = "If the file writes it as another value, these customers are scored wrongly.";
    return [{ ...issue, code: "usual_value_absent", severity: "warning", message: `${message} ${wrong}` }];
  });
}
