/** A question says what its answer would change, by scores and not by guess; what would change nothing is not asked but told. */
import assert from "node:assert/strict";
import { makeCustomers } from "../../bench/customers.ts";
import type { Question } from "../../src/features/mapping.ts";
import { riskTier } from "../../src/inference/risk-tier.ts";
import { limits } from "../../src/limits.ts";
import { test } from "../slow-test.ts";
import { type ScoredBytes, scoreBytes } from "./score-bytes.ts";
import { clean, csvOf, silentFaults } from "./silent-faults.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const score = (customers: typeof clean, options: Parameters<typeof scoreBytes>[2] = {}) =>
  scoreBytes(model, new TextEncoder().encode(csvOf(customers)), { explain: false, ...options });
const tiers = ({ predictions }: ScoredBytes) =>
  new Map(predictions.map(({ row, probability }) => [row, riskTier(model.schema, probability)]));
const questionOf = ({ report }: ScoredBytes, feature: string): Question | undefined =>
  report.report.questions.find((each) => each.feature === feature);
const times = (name: string, factor: number, as = name) =>
  clean.map((customer) => {
    const { [name]: value, ...rest } = customer;
    return { ...rest, [as]: String(Math.round(Number(value) * factor)) };
  });
/** The customers with a column more. */
const beside = (name: string, value: (customer: (typeof clean)[number]) => string) =>
  clean.map((customer) => ({ ...customer, [name]: value(customer) }));
const renamed = (customers: typeof clean, from: string, to: string) =>
  customers.map(({ [from]: value, ...rest }) => ({ ...rest, [to]: value! }));

test("the number in the question is the number of customers whose tier the answers disagree on", async () => {
  const customers = times("tenure", 365.25 / 12, "tenure_days");
  const question = questionOf(await score(customers), "tenure_months")!;
  const mapping = { tenure_months: "tenure_days" };
  const [days, months] = await Promise.all(
    ["days", "months"].map(async (unit) => tiers(await score(customers, { mapping, units: { tenure_months: unit } }))),
  );
  // A row that only one of them can score is in no tier of the other's.
  const changed = clean.filter((_, i) => days!.get(i + 2) !== months!.get(i + 2)).length;
  assert.ok(changed > 100);
  assert.deepEqual(question.effect, { customers: 400, sampled: 400, changed_tier: changed });
  assert.ok(question.question.endsWith(`Read in another way, ${changed} of 400 customers would change tier.`));
});

test("every fault of a unit is asked with an effect of more than 2 % of the customers", async () => {
  let seen = 0;
  for (const { what, customers, outcome } of silentFaults) {
    if (outcome.kind !== "asked" || outcome.feature === "contract") continue;
    const { effect } = questionOf(await score(customers), outcome.feature)!;
    assert.ok(effect !== null, what);
    assert.ok(effect.changed_tier > limits.doubtShare * effect.sampled, what);
    seen++;
  }
  assert.ok(seen > 15);
});

test("of a large file a sample is scored, taken from the whole", async () => {
  const header = Object.keys(clean[0]!);
  const many = [...makeCustomers(2_500, 5)].map((cells) =>
    Object.fromEntries(header.map((name, i) => [name, cells[i]!])),
  );
  // In the last part only the answers differ.
  const sorted = many.map((customer, i) => ({
    ...customer,
    tenure: i < 1_500 ? "0" : String(Number(customer["tenure"]) * 30),
  }));
  const question = questionOf(await score(sorted), "tenure_months")!;
  const { customers, sampled, changed_tier: changed } = question.effect!;
  assert.deepEqual([customers, sampled], [2_500, 834]);
  assert.ok(changed > limits.doubtShare * sampled);
  assert.match(question.question, /\d+ of 834 customers, taken from all 2,500, would change tier\.$/);
});

const fee = (customer: (typeof clean)[number]) => customer["MonthlyCharges"]!;
const twoFees = (value: typeof fee) => renamed(beside("Monthly fee", value), "MonthlyCharges", "Monthly bill");

test("of two columns with the same right either is taken where that changes next to nothing, and it is told", async () => {
  const scored = await score(twoFees((customer) => (Number(fee(customer)) + 0.01).toFixed(2)));
  assert.deepEqual(scored.report.report.questions, []);
  assert.deepEqual(tiers(scored), tiers(await score(clean)));
  const { mapping, issues, missing_features: missing } = scored.end!.report;
  const taken = mapping.find(({ feature }) => feature === "monthly_charges")!;
  assert.match(taken.column, /Monthly (fee|bill)/);
  assert.ok(taken.confidence < 0.9);
  assert.ok(!missing.includes("monthly_charges"));
  const issue = issues.find(({ code }) => code === "mapping_assumed")!;
  assert.deepEqual([issue.severity, issue.feature, issue.column], ["warning", "monthly_charges", taken.column]);
  assert.match(issue.message, /could be it just as well.*matters little.* of 400 customers would change tier\.$/);
});

test("of two columns with the same right and other values it is asked which", async () => {
  const scored = await score(twoFees((customer) => (90 - Number(fee(customer)) / 2).toFixed(2)));
  assert.equal(scored.predictions.length, 0);
  const { effect, columns } = questionOf(scored, "monthly_charges")!;
  assert.deepEqual(columns.toSorted(), ["Monthly bill", "Monthly fee"]);
  assert.ok(effect!.changed_tier > limits.doubtShare * 400);
});

test("a name that is in doubt is asked about even where nothing would change", async () => {
  const scored = await score(renamed(beside("Price", fee), "MonthlyCharges", "Amount"));
  assert.equal(scored.predictions.length, 0);
  const { effect } = questionOf(scored, "monthly_charges")!;
  assert.equal(effect!.changed_tier, 0);
});

test("what cannot be tried has no effect: a column that is missing, a date, codes, and whatever is asked beside them", async () => {
  const days = times("tenure", 365.25 / 12);
  const without = days.map(({ Contract: _, ...rest }) => rest);
  const codes = days.map((customer, i) => ({ ...customer, Contract: String(i % 3) }));
  const dates = clean.map((customer) => ({ ...customer, tenure: "2024-03-01" }));
  for (const customers of [without, codes, dates]) {
    const { questions } = (await score(customers)).report.report;
    assert.ok(questions.length > 0);
    assert.ok(questions.every(({ effect }) => effect === null));
  }
});

test("what no unit of a whole column settles has no effect to tell: amounts beside mixed intervals, rows that are no customers", async () => {
  const yearly = renamed(times("MonthlyCharges", 12), "MonthlyCharges", "Amount");
  const longer = times("tenure", 365.25 / 12);
  const more = (customers: typeof clean, name: string, value: (i: number) => string) =>
    customers.map((customer, i) => ({ ...customer, [name]: value(i) }));
  const intervals = more(yearly, "Interval", (i) => (i % 2 === 0 ? "month" : "year"));
  const deals = more(
    more(longer, "Deal Name", (i) => `Deal ${i}`),
    "Deal Stage",
    () => "won",
  );
  for (const [feature, tried, untried] of [
    ["monthly_charges", yearly, intervals],
    ["tenure_months", longer, deals],
  ] as const) {
    assert.notEqual(questionOf(await score(tried), feature)?.effect, null, feature);
    assert.equal(questionOf(await score(untried), feature)!.effect, null, feature);
  }
});
