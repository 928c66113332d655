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

/** The day that a customer of so many months joined, for the 15th of March 2026. */
const joined = (cell: string) => new Date(Date.UTC(2026, 2 - Number(cell), 10)).toISOString().slice(0, 10);
const dayFirst = (cell: string) => joined(cell).split("-").toReversed().join("/");
const asOf = "2026-03-15";

test("dates become months up to as_of once the column is confirmed, and the scores are the same", async () => {
  const dates: [change: (cell: string) => string, units: Record<string, string>][] = [
    [joined, {}],
    [(cell) => `${joined(cell)} 09:14`, {}],
    [(cell) => joined(cell).replaceAll("-", ""), {}],
    [dayFirst, { tenure_months: "date_day_first" }],
    [(cell) => dayFirst(cell).replace("10/", "20/"), {}],
  ];
  for (const [change, units] of dates) {
    const bytes = file("tenure", "Created (UTC)", change);
    const asked = await scoreBytes(model, bytes, { explain: false, asOf });
    assert.equal(asked.predictions.length, 0, "nothing before it is confirmed");
    assert.deepEqual(
      asked.report.report.questions.map(({ feature, columns }) => [feature, ...columns]),
      [["tenure_months", "Created (UTC)"]],
    );
    const until = change("0").startsWith("20/") ? "2026-03-25" : asOf;
    const mapping = { tenure_months: "Created (UTC)" };
    const scored = await scoreBytes(model, bytes, { mapping, units, asOf: until, explain: false });
    assert.deepEqual(scores(scored), scores(original), change("1"));
    const entry = scored.report.report.mapping.find(({ feature }) => feature === "tenure_months");
    assert.equal(entry?.transform, `whole months from the date to ${until}`);
  }
});

test("dates without as_of, and dates of which nothing tells the day from the month, are asked about though confirmed", async () => {
  const mapping = { tenure_months: "Created (UTC)" };
  const cases: [change: (cell: string) => string, options: { asOf?: string }, code: string, question: RegExp][] = [
    [joined, {}, "as_of_missing", /give it as as_of/],
    [dayFirst, { asOf }, "date_ambiguous", /date_day_first/],
  ];
  for (const [change, options, code, question] of cases) {
    const { report, predictions } = await scoreBytes(model, file("tenure", "Created (UTC)", change), {
      mapping,
      ...options,
    });
    assert.equal(predictions.length, 0);
    assert.ok(
      report.report.issues.some((issue) => issue.code === code),
      code,
    );
    assert.match(report.report.questions[0]!.question, question);
  }
});

test("a day that does not exist, or after as_of, sets its row aside", async () => {
  let row = 0;
  const odd = (cell: string) => ["2026-02-30", "2027-01-01", "soon", ""][row++] ?? joined(cell);
  const { rejections, predictions } = await scoreBytes(model, file("tenure", "Created (UTC)", odd), {
    mapping: { tenure_months: "Created (UTC)" },
    asOf,
    explain: false,
  });
  assert.equal(predictions.length, customers.length - 4);
  assert.deepEqual(
    rejections.map(({ errorCode }) => errorCode),
    ["not_a_date", "out_of_range", "not_a_date", "required_value_missing"],
  );
});

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
