/** The same customers in other units score the same, row by row, once a person has said which column it is; and not a row before. */
import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { test } from "../slow-test.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const customers = [...makeCustomers(200, 23)];

function file(name: (typeof customerHeader)[number], as: string, change: (cell: string) => string): Uint8Array {
  const at = customerHeader.indexOf(name);
  const header = customerHeader.map((each) => (each === name ? as : each));
  const rows = customers.map((cells) => cells.map((cell, i) => (i === at ? change(cell) : cell)));
  return new TextEncoder().encode([header, ...rows].map((cells) => `${cells.join(",")}\n`).join(""));
}

const same = (cell: string) => cell;
const original = await scoreBytes(model, file("tenure", "tenure", same));
const scores = (scored: typeof original) =>
  scored.predictions.map(({ customerId, probability }) => [customerId, probability]);
const times =
  (factor: number, places = 0) =>
  (cell: string) =>
    (Number(cell) * factor).toFixed(places);

type Case = [what: string, bytes: Uint8Array, feature: string, column: string, unit: string | null, transform: RegExp];
const cases: Case[] = [
  [
    "days by name",
    file("tenure", "tenure_days", times(365.25 / 12)),
    "tenure_months",
    "tenure_days",
    null,
    /days × 12/,
  ],
  [
    "years by name",
    file("tenure", "Tenure (years)", times(1 / 12, 4)),
    "tenure_months",
    "Tenure (years)",
    null,
    /years × 12/,
  ],
  ["days by word", file("tenure", "tenure", times(365.25 / 12)), "tenure_months", "tenure", "days", /days × 12/],
  ["weeks by word", file("tenure", "How long", times(365.25 / 84, 2)), "tenure_months", "How long", "weeks", /weeks/],
  [
    "cents by name",
    file("MonthlyCharges", "mrr_cents", times(100)),
    "monthly_charges",
    "mrr_cents",
    null,
    /cents \/ 100/,
  ],
  ["per year by name", file("MonthlyCharges", "ARR", times(12, 2)), "monthly_charges", "ARR", null, /per year \/ 12/],
  ["cents by word", file("MonthlyCharges", "MRR", times(100)), "monthly_charges", "MRR", "cents", /cents \/ 100/],
  [
    "total in cents",
    file("TotalCharges", "total_charges_cents", (cell) => (cell.trim() === "" ? cell : times(100)(cell))),
    "total_charges",
    "total_charges_cents",
    null,
    /cents/,
  ],
];

for (const [what, bytes, feature, column, unit, transform] of cases) {
  test(`${what}: asked or left out first, then converted, and the scores are the same`, async () => {
    const { report: first, predictions } = await scoreBytes(model, bytes, { explain: false });
    assert.ok(first.report.mapping.every((entry) => entry.feature !== feature));
    if (feature !== "total_charges") {
      assert.equal(predictions.length, 0);
      const question = first.report.questions.find((each) => each.feature === feature)!;
      assert.match(question.question, /units \{/);
      if (unit === null) assert.match(question.question, transform);
    }
    const units = unit === null ? {} : { units: { [feature]: unit } };
    const scored = await scoreBytes(model, bytes, { mapping: { [feature]: column }, ...units, explain: false });
    assert.deepEqual(scores(scored), scores(original));
    const { mapping, issues } = scored.report.report;
    assert.match(mapping.find((entry) => entry.feature === feature)!.transform ?? "", transform);
    assert.ok(issues.some((issue) => issue.code === "unit_converted" && issue.column === column));
    assert.ok(issues.every((issue) => issue.code !== "mapping_doubtful" || issue.feature !== feature));
  });
}

test("without the conversion the scores are others, so that the sameness above proves something", async () => {
  const bytes = file("tenure", "tenure_days", times(365.25 / 12));
  const raw = await scoreBytes(model, bytes, {
    mapping: { tenure_months: "tenure_days" },
    units: { tenure_months: "months" },
    explain: false,
  });
  assert.notDeepEqual(scores(raw), scores(original));
  assert.ok(
    raw.report.report.issues.some((issue) => issue.code === "mapping_doubtful"),
    "the person is warned",
  );
});

test("a unit that is said and does not fit is warned of", async () => {
  const bytes = file("tenure", "tenure", same);
  const { report } = await scoreBytes(model, bytes, {
    mapping: { tenure_months: "tenure" },
    units: { tenure_months: "years" },
    explain: false,
  });
  assert.ok(
    report.report.issues.some((issue) => issue.code === "mapping_doubtful" && issue.feature === "tenure_months"),
  );
});
