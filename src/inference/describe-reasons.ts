/** Reasons of one customer in the words of the model's schema: what the library found, with labels, values, comparisons and notes; pure. */
import { compareValue } from "../features/comparison.ts";
import { describeValue, displayValue } from "../features/decode-value.ts";
import type { Feature, Schema } from "../features/schema.ts";
import { reasonText } from "../shap/reason-text.ts";
import { groupReasons, topReasons } from "../shap/reasons.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { isMissing } from "./missing-value.ts";
import type { ValueNotes } from "./value-notes.ts";

/** Reasons shown for one customer; beyond a handful nobody reads them. */
const reasonsShown = 5;
/** Features of a group that are named. */
const membersShown = 3;
const outcome = "risk of leaving";

/** One feature's value (NaN: none) and its SHAP value (log-odds), for a person. */
export function describeShare(feature: Feature, encoded: number, shapValue: number) {
  return {
    feature: feature.name,
    label: feature.label,
    value: displayValue(feature, encoded),
    text: `${feature.label}: ${describeValue(feature, encoded)}`,
    comparison: compareValue(feature, encoded),
    shap_value: shapValue,
  };
}

/** The strongest features that have a value. What no value does to a score is told by the groups, which leave nothing out. */
export function describeReasons({ features }: Schema, stored: StoredPrediction, notes: ValueNotes) {
  const skips = (index: number) => isMissing(stored.values[index]);
  return topReasons(stored.shapValues, reasonsShown, { skips }).map(({ index, shapValue, direction }) => {
    const feature = features[index]!;
    const encoded = stored.values[index]!;
    const share = describeShare(feature, encoded, shapValue);
    const { actionable, group } = feature;
    const words = { subject: subjectOf(feature, encoded), comparison: share.comparison?.text ?? null };
    return {
      ...share,
      direction,
      column: notes.column(feature.name),
      note: notes.note(feature.name),
      sentence: reasonText({ ...words, direction, outcome, actionable }),
      group,
      actionable,
    };
  });
}

/** All features in the groups of the schema, the weightiest group first; base value + all groups = raw score. */
export function describeGroups({ features }: Schema, stored: StoredPrediction) {
  if (stored.explanationStatus !== "ok") return [];
  const names = [...new Set(features.map((feature) => feature.group))];
  const groupOf = features.map((feature) => names.indexOf(feature.group));
  return groupReasons(stored.shapValues, groupOf).map((found) => {
    const members = found.features.map((index) => features[index]!);
    const given = found.features.filter((index) => !isMissing(stored.values[index]));
    const label = groupLabel(names[found.group]!);
    const words = { subject: `${label} (${listOf(features, stored, given)})`, comparison: null };
    const actionable = members.some((feature) => feature.actionable);
    return {
      group: names[found.group]!,
      label,
      shap_value: found.shapValue,
      direction: found.direction,
      features: members.map((feature) => feature.name),
      actionable,
      sentence: reasonText({ ...words, direction: found.direction, outcome, actionable }),
      note: given.length === members.length ? null : withoutValue(members.length - given.length, members.length),
    };
  });
}

/** "add_ons" → "Add ons" */
export function groupLabel(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("_", " ");
}

/** A category by its own label, a number by the feature's: "month-to-month contract", "Tenure 3 months". */
function subjectOf(feature: Feature, encoded: number): string {
  if (feature.kind !== "numeric") {
    const category = feature.categories.find(({ code }) => Math.fround(code) === Math.fround(encoded));
    if (category !== undefined) return category.label;
  }
  return `${feature.label} ${describeValue(feature, encoded)}`;
}

function listOf(features: Schema["features"], stored: StoredPrediction, given: readonly number[]): string {
  if (given.length === 0) return "no value given";
  const shown = given.slice(0, membersShown).map((index) => subjectOf(features[index]!, stored.values[index]!));
  const more = given.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}

function withoutValue(missing: number, all: number): string {
  return `No value was given for ${missing} of its ${all} features; what that does to the score is part of the sum.`;
}
