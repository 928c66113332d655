import type { Issue } from "../features/issue.ts";
import { type MapInput, type MapResult, mapColumns } from "../features/mapper.ts";
import type { RememberedColumn } from "../store/remembered-columns.ts";

type Pair = readonly [feature: string, remembered: RememberedColumn];

/**
 * Maps with what the tenant asked to have remembered: a pair counts where the file has exactly that column, nothing was said about the
 * feature this time, and the column's values do not speak against it. A pair that no longer fits is left out and told, and the mapper decides (or
 * asks) as if it had never been remembered.
 */
export function mapWithMemory(input: MapInput, remembered: ReadonlyMap<string, RememberedColumn>): MapResult {
  const given = input.given ?? new Map<string, string>();
  const present: readonly Pair[] = [...remembered].filter(
    ([feature, { column }]) => !given.has(feature) && input.headers.filter((header) => header === column).length === 1,
  );
  let fitting = present;
  while (fitting.length > 0) {
    const mapped = mapColumns({
      ...input,
      given: new Map([...given, ...fitting.map(([feature, { column }]) => [feature, column] as const)]),
      units: new Map([
        ...fitting.flatMap(([feature, { unit }]) => (unit === null ? [] : [[feature, unit] as const])),
        ...(input.units ?? []),
      ]),
    });
    const told = mapped.issues.filter((issue) => issue.severity !== "info").map(({ feature }) => feature);
    const doubted = new Set<string | null>([...told, ...mapped.questions.map(({ feature }) => feature)]);
    const certain = fitting.filter(([feature]) => !doubted.has(feature));
    if (certain.length === fitting.length) {
      const features = new Set(fitting.map(([feature]) => feature));
      return withUnfit(markRemembered(mapped, features), present, fitting);
    }
    fitting = certain;
  }
  return withUnfit(mapColumns(input), present, []);
}

function markRemembered(mapped: MapResult, features: ReadonlySet<string>): MapResult {
  const mapping = mapped.mapping.map((entry) =>
    features.has(entry.feature)
      ? { ...entry, method: "remembered" as const, why: "it was chosen for an earlier file" }
      : entry,
  );
  return { ...mapped, mapping };
}

function withUnfit(mapped: MapResult, present: readonly Pair[], fitting: readonly Pair[]): MapResult {
  const unfit = present.filter((pair) => !fitting.includes(pair));
  return { ...mapped, issues: [...mapped.issues, ...unfit.map(unfitIssue)] };
}

function unfitIssue([feature, { column, unit }]: Pair): Issue {
  const read = unit === null ? "" : ` in ${unit.replaceAll("_", " ")}`;
  return {
    code: "remembered_mapping_unfit",
    severity: "warning",
    column,
    feature,
    count: 1,
    message: `For an earlier file ${JSON.stringify(column)} was said to hold ${feature.replaceAll("_", " ")}${read}; its values do not fit that any more, so it was looked at anew.`,
    examples: [],
  };
}
