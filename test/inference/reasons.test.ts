/** What a person reads of a reason, for every feature and value of the shipped model and for made schemas with labels out to harm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { guardCell } from "../../src/csv/write.ts";
import type { Issue } from "../../src/features/issue.ts";
import type { FeatureMapping } from "../../src/features/mapping.ts";
import type { Feature, Schema } from "../../src/features/schema.ts";
import { presentDetail } from "../../src/inference/present.ts";
import { createResultLine } from "../../src/inference/result-line.ts";
import type { StoredPrediction } from "../../src/store/upload.ts";
import { parseAll } from "../csv/parse-all.ts";
import { shippedSchema } from "../features/shipped-schema.ts";

/** Words that claim more than an association; of our own texts, a label is its author's. */
const causal = /\b(because|caus\w*|due to|leads? to|results? in|therefore|makes?|driv\w+|reduc\w+|increas\w+|will)\b/i;

const stored = (values: (number | null)[], shapValues: number[], changes: Partial<StoredPrediction> = {}) => ({
  ...{ row: 2, customerId: "C-1", probability: 0.5, rawScore: 0, tier: "medium" as const, additivityError: 0 },
  ...{ explanationStatus: "ok" as const, shapValues, values, notes: null, source: "" },
  ...changes,
});
const modelOf = (schema: Schema) => ({ schema, digest: "d", backgroundDigest: "b", baseValue: -1 });
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

/** One prediction for each value that is worth looking at: every category, and numbers inside and outside of what was seen. */
function* everyValue(schema: Schema) {
  for (const [index, feature] of schema.features.entries()) {
    const values =
      feature.kind === "numeric"
        ? [feature.expected.min, feature.distribution.quantiles?.[10] ?? 1, feature.expected.max, feature.allowed.max]
        : feature.categories.map(({ code }) => code);
    for (const value of values)
      for (const shapValue of [0.7, -0.7]) {
        const all = schema.features.map((_, i) => (i === index ? Math.fround(value) : null));
        const shap = schema.features.map((_, i) => (i === index ? shapValue : 0));
        yield { feature, value, shapValue, prediction: stored(all, shap) };
      }
  }
}

function checkTexts(schema: Schema, labels: string): void {
  const line = createResultLine(schema);
  for (const { feature, shapValue, prediction } of everyValue(schema)) {
    const { reasons, groups } = presentDetail(modelOf(schema), prediction, []);
    const [reason] = reasons;
    assert.equal(reasons.length, 1);
    assert.equal(reason!.feature, feature.name);
    assert.match(reason!.sentence, shapValue > 0 ? /: goes with a higher risk of/ : /: goes with a lower risk of/);
    assert.equal(reason!.sentence.includes("not to act on"), !feature.actionable);
    assert.equal(reason!.sentence.includes(reason!.comparison?.text ?? ""), true);
    const [[probability, tier, cell = ""] = []] = parseAll([line(prediction, false)]).rows;
    assert.deepEqual([probability, tier], ["0.5", "medium"]);
    assert.match(cell, /\(goes with (higher|lower) risk [+-]\d+\.\d{3}\)$/);
    assert.equal(guardCell(cell), cell, "the cell starts no formula");
    const texts = [reason!.sentence, cell, ...groups.map((group) => group.sentence)].join("\n");
    assert.doesNotMatch(labels === "" ? texts : texts.replaceAll(labels, ""), causal);
  }
}

test("no text of the shipped model claims a cause, and each says what its value is beside others", () => {
  checkTexts(shippedSchema, "");
  for (const { prediction } of everyValue(shippedSchema)) {
    const { reasons } = presentDetail(modelOf(shippedSchema), prediction, []);
    assert.match(reasons[0]!.comparison?.text ?? "", /of the customers that the model learned from/);
  }
});

test("the words that are looked for would be found", () => {
  assert.match("they leave because of it", causal);
  assert.match("This drives churn", causal);
});

const hostile = ["=1+1", "+49", "@SUM(A1)", "-2", "\t=1", "<script>", '"quoted", comma', "𝒳", "line\nend", "＝1"];

test("labels that start formulas, quote or break lines harm neither sentence nor cell", () => {
  const features = shippedSchema.features;
  for (const label of hostile) {
    const named = features.map(
      (feature): Feature =>
        feature.kind === "numeric"
          ? { ...feature, label }
          : { ...feature, label, categories: feature.categories.map((each) => ({ ...each, label, value: label })) },
    );
    const schema = { ...shippedSchema, features: named };
    checkTexts(schema, label);
    const [first] = everyValue(schema);
    const record = createResultLine(schema)(first!.prediction, false);
    assert.equal(record.split(/\r|\n/).length > 1, /[\r\n]/.test(label));
    if (/[",\r\n]/.test(label)) assert.match(record, /,".*goes with/s, "quoted where it must be");
  }
});

test("made schemas without distributions and with one group have texts too", () => {
  fc.assert(
    fc.property(fc.constantFrom(...shippedSchema.features), fc.string({ minLength: 1 }), (feature, label) => {
      const bare = { ...feature, label, group: "all", distribution: { missing: 0 } };
      checkTexts({ ...shippedSchema, features: [bare] }, label);
    }),
    { numRuns: 100, seed: 51 },
  );
});

test("groups add up to the raw score, name what has no value, and are told apart from a failed explanation", () => {
  const shapValues = shippedSchema.features.map((_, i) => (i - 8) / 7);
  const values = shippedSchema.features.map((_, i) => (i % 3 === 0 ? null : 1));
  const model = modelOf(shippedSchema);
  const { groups } = presentDetail(model, stored(values, shapValues), []);
  assert.ok(Math.abs(sum(groups.map((group) => group.shap_value)) - sum(shapValues)) < 1e-12);
  assert.deepEqual(
    groups.map((group) => group.group).toSorted(),
    [...new Set(shippedSchema.features.map((feature) => feature.group))].toSorted(),
  );
  assert.equal(groups.flatMap((group) => group.features).length, 18);
  for (const { features, note } of groups) {
    const missing = features.filter(
      (name) => values[shippedSchema.features.findIndex((feature) => feature.name === name)] === null,
    ).length;
    if (missing === 0) assert.equal(note, null);
    else assert.match(note!, new RegExp(`^No value was given for ${missing} of its ${features.length} features`));
  }
  const failed = presentDetail(model, stored(values, [], { explanationStatus: "failed" }), []);
  assert.deepEqual([failed.groups, failed.reasons, failed.attributions], [[], [], []]);
});

test("a doubtful value and a doubtful column are said with the reason, whatever made them so", () => {
  const values = shippedSchema.features.map(() => 1);
  const shapValues = shippedSchema.features.map((_, i) => 18 - i);
  const entry = (feature: string, method: FeatureMapping["method"]): FeatureMapping => ({
    ...{ feature, column: `its ${feature}`, confidence: 0.93, method, transform: null },
  });
  const issue = (feature: string, code: Issue["code"], message: string): Issue => ({
    ...{ code, severity: "warning", column: "c", feature, count: 1, message, examples: [] },
  });
  const { reasons } = presentDetail(
    modelOf(shippedSchema),
    stored(values, shapValues, { notes: { tenure_months: "outside_training_range" } }),
    [entry("tenure_months", "fuzzy"), entry("monthly_charges", "given"), entry("contract", "exact")],
    [
      issue("monthly_charges", "mapping_doubtful", "Chosen by hand, but odd."),
      issue("total_charges", "mapping_doubtful", "No column is in use for it."),
      issue("contract", "blank_value", "Some are blank."),
    ],
  );
  const notes = new Map(reasons.map((reason) => [reason.feature, [reason.column, reason.note]]));
  assert.match(String(notes.get("tenure_months")?.[1]), /outside what the model has seen.*name is only similar/);
  assert.deepEqual(notes.get("monthly_charges"), ["its monthly_charges", "Chosen by hand, but odd."]);
  assert.deepEqual(notes.get("contract"), ["its contract", null]);
  assert.deepEqual(notes.get("total_charges"), [null, null]);
});
