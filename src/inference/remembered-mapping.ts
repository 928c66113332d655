import { RetainWiseError } from "../errors.ts";
import { conversionFrom, convertedProfile, dateUnits } from "../features/conversion.ts";
import { holdsDates } from "../features/epoch.ts";
import { type Issue, shorten } from "../features/issue.ts";
import { type MapInput, type MapResult, mapColumns } from "../features/mapper.ts";
import type { ColumnProfile } from "../features/profile.ts";
import { targetsOf } from "../features/target.ts";
import { nothing, valueEvidence } from "../features/value-evidence.ts";
import type { RememberedColumn, RememberedColumns } from "../store/remembered-columns.ts";

type Pair = readonly [feature: string, remembered: RememberedColumn];

/**
 * Maps with what the tenant asked to have remembered: a pair counts where the file has exactly one such column, nothing was said about the
 * feature this time, and the column's values, in the unit that was said, do not speak against it. A pair that no longer fits is left out, an
 * issue `remembered_mapping_unfit` says why, and the mapper decides (or asks) as if it had never been remembered.
 */
export function mapWithMemory(input: MapInput, remembered: RememberedColumns): MapResult {
  const given = input.given ?? new Map<string, string>();
  const unfit: Issue[] = [];
  const leaveOut = ([feature, { column }]: Pair, severity: "info" | "warning", reason: string): false => {
    const label = targetsOf(input.schema).find(({ name }) => name === feature)?.label ?? feature;
    const message = `The remembered column ${JSON.stringify(shorten(column))} is not used for ${label}: ${reason}.`;
    unfit.push({ code: "remembered_mapping_unfit", severity, column, feature, count: 1, message, examples: [] });
    return false;
  };
  const taken = new Set([...given.values()].map((column) => nameOf(column, input.headers).trim()));
  let fitting = Object.entries(remembered).filter((pair) => {
    const [feature, { column }] = pair;
    if (given.has(feature)) return false;
    const trouble = headerTrouble(pair, input, taken);
    if (trouble !== null) return leaveOut(pair, "info", trouble);
    const misfit = unitTrouble(pair, input) ?? refusalOf(pair, input);
    if (misfit !== null) return leaveOut(pair, "warning", misfit);
    taken.add(column.trim());
    return true;
  });
  while (fitting.length > 0) {
    const mapped = mapColumns(withPairs(input, fitting));
    const doubts = new Map(
      mapped.issues.flatMap(({ feature, severity, message }) => (severity === "info" ? [] : [[feature, message]])),
    );
    const certain = fitting.filter(
      (pair) => !doubts.has(pair[0]) || leaveOut(pair, "warning", reasonIn(doubts.get(pair[0]) ?? "")),
    );
    if (certain.length === fitting.length) return markRemembered(mapped, new Set(fitting.map(([name]) => name)), unfit);
    fitting = certain;
  }
  return markRemembered(mapColumns(input), new Set(), unfit);
}

function withPairs(input: MapInput, pairs: readonly Pair[]): MapInput {
  const columns = pairs.map(([feature, { column }]): [string, string] => [feature, column]);
  const units = pairs.flatMap(([feature, { unit }]): [string, string][] => (unit === null ? [] : [[feature, unit]]));
  return {
    ...input,
    given: new Map([...(input.given ?? []), ...columns]),
    units: new Map([...(input.units ?? []), ...units]),
  };
}

/** A column that is given by its place, `#3`. */
function nameOf(column: string, headers: readonly string[]): string {
  return headers.includes(column) || !/^#\d+$/.test(column) ? column : (headers[Number(column.slice(1)) - 1] ?? column);
}

function headerTrouble([, { column }]: Pair, { headers }: MapInput, taken: ReadonlySet<string>): string | null {
  const found = headers.filter((header) => header === column).length;
  if (found === 0) return "the file has no such column";
  if (found > 1) return "the file has more than one column of that name";
  return taken.has(column.trim()) ? "the column is used for another feature of this file" : null;
}

/** A unit was said of other values: whether these are in it still. What no longer is would be converted, and wrong, in silence. */
function unitTrouble(
  [feature, { column, unit }]: Pair,
  { headers, profiles, formats, schema }: MapInput,
): string | null {
  const index = headers.indexOf(column);
  const profile = profiles?.[index];
  const format = formats?.[index];
  if (unit === null || profile === undefined || format === undefined) return null;
  if (dateUnits.includes(unit)) return dateTrouble(unit, profile);
  const numeric = schema.features.find(({ name }) => name === feature) ?? null;
  const conversion = conversionFrom(numeric, unit);
  if (numeric === null || !conversion) return null;
  const stats = format.decimal === "." ? profile.dot : profile.comma;
  if (unit.startsWith("cents") && stats !== null && stats.integers < stats.count)
    return "it held cents, and has fractions of them here";
  const verdictOf = (each: ColumnProfile) => valueEvidence(each, numeric, format, nothing);
  const converted = verdictOf(convertedProfile(profile, conversion));
  if (converted.verdict !== "doubt" || verdictOf(profile).verdict === "doubt") return null;
  return `converted from ${unit.replaceAll("_", " ")}, ${converted.reason}, and as they are the values would fit`;
}

/** Dates that cannot be read set their rows aside one by one: whether they are dates, and in that order, is seen before. */
function dateTrouble(unit: string, profile: ColumnProfile): string | null {
  if (!holdsDates(profile)) return "it held dates, and holds none here";
  const { day_first: day, month_first: month } = profile.dateOrders;
  const isTurned = (unit === "date_day_first" && month > day) || (unit === "date_month_first" && day > month);
  return isTurned ? "day and month of its dates are the other way round here" : null;
}

/** What the mapper refuses even from a person: the feature, the column or the unit is none of this model's. */
function refusalOf(pair: Pair, input: MapInput): string | null {
  try {
    mapColumns({ ...withPairs({ ...input, given: new Map(), units: new Map() }, [pair]) });
    return null;
  } catch (error) {
    if (!(error instanceof RetainWiseError) || error.code !== "mapping_invalid") throw error;
    return withoutStop(error.message);
  }
}

/** "The column was chosen by hand for Tenure, but …." → "…". */
function reasonIn(message: string): string {
  return withoutStop(message.replace(/^The column (was chosen by hand for .*?, but|cannot be used as it is:) /, ""));
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function markRemembered(mapped: MapResult, features: ReadonlySet<string>, unfit: readonly Issue[]): MapResult {
  const mapping = mapped.mapping.map((entry) =>
    features.has(entry.feature)
      ? { ...entry, method: "remembered" as const, why: "it was chosen for an earlier file" }
      : entry,
  );
  return { ...mapped, mapping, issues: [...mapped.issues, ...unfit] };
}
