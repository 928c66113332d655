import { type MapInput, type MapResult, mapColumns } from "../features/mapper.ts";

/**
 * Maps with what the tenant asked to have remembered: a pair counts where the file has exactly that column, nothing was said about the
 * feature this time, and the column's values do not speak against it. A pair that no longer fits is left out, and the mapper decides (or
 * asks) as if it had never been remembered.
 */
export function mapWithMemory(input: MapInput, remembered: ReadonlyMap<string, string>): MapResult {
  const given = input.given ?? new Map<string, string>();
  let fitting = [...remembered].filter(
    ([feature, column]) => !given.has(feature) && input.headers.filter((header) => header === column).length === 1,
  );
  while (fitting.length > 0) {
    const mapped = mapColumns({ ...input, given: new Map([...given, ...fitting]) });
    const doubted = new Set(mapped.issues.filter((issue) => issue.severity !== "info").map((issue) => issue.feature));
    const certain = fitting.filter(([feature]) => !doubted.has(feature));
    if (certain.length === fitting.length) return markRemembered(mapped, new Set(fitting.map(([feature]) => feature)));
    fitting = certain;
  }
  return mapColumns(input);
}

function markRemembered(mapped: MapResult, features: ReadonlySet<string>): MapResult {
  const mapping = mapped.mapping.map((entry) =>
    features.has(entry.feature)
      ? { ...entry, method: "remembered" as const, why: "it was chosen for an earlier file" }
      : entry,
  );
  return { ...mapped, mapping };
}
