/** What is to be known of a customer's values before they are believed: of the value itself, and of the column that it was read from. */
import type { Issue } from "../features/issue.ts";
import type { FeatureMapping } from "../features/mapping.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { noteText } from "./note-text.ts";

export interface ValueNotes {
  /** The file's column that holds the feature, or null. */
  column(feature: string): string | null;
  /** What is doubtful about the value, in a sentence or two, or null. */
  note(feature: string): string | null;
}

/** Issues that make every value of a column doubtful. */
const doubts: readonly string[] = ["mapping_doubtful", "decimal_assumed"];
const similarName = "It was read from a column whose name is only similar to the feature's: check the mapping.";

/** @param issues of the whole file */
export function createValueNotes(
  mapping: readonly FeatureMapping[],
  issues: readonly Issue[],
  notes: StoredPrediction["notes"],
): ValueNotes {
  const entries = new Map(mapping.map((entry) => [entry.feature, entry]));
  const columnNotes = (feature: string): string[] => {
    const entry = entries.get(feature);
    if (entry === undefined)
      return issues
        .filter((issue) => issue.feature === feature && issue.code === "constant_value")
        .map(({ message }) => message);
    const own = issues.filter((issue) => issue.feature === feature && doubts.includes(issue.code));
    return [
      ...(entry.transform === null ? [] : [`Computed from the column: ${entry.transform}.`]),
      ...(entry.method === "fuzzy" ? [similarName] : []),
      ...own.map(({ message }) => message),
    ];
  };
  return {
    column: (feature) => entries.get(feature)?.column ?? null,
    note(feature) {
      const ofValue = notes !== null && Object.hasOwn(notes, feature) ? [noteText(notes[feature]!)] : [];
      const all = [...ofValue, ...columnNotes(feature)];
      return all.length === 0 ? null : all.join(" ");
    },
  };
}
