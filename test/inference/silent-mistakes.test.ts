/**
 * What a silent mistake costs (FIELD.md): the ranking of customers hardly shows it, so probabilities are compared row by row. Each fault is
 * asked about, converted, or told; none is scored in silence.
 */
import assert from "node:assert/strict";
import { test } from "../slow-test.ts";
import { type ScoredBytes, scoreBytes } from "./score-bytes.ts";
import { clean, csvOf, type SilentFault, silentFaults, withoutColumn } from "./silent-faults.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const score = (csv: string, options: Parameters<typeof scoreBytes>[2] = {}) =>
  scoreBytes(model, new TextEncoder().encode(csv), { explain: false, ...options });
const original = await score(csvOf(clean));
const probabilities = ({ predictions }: ScoredBytes) =>
  new Map(predictions.map(({ row, probability }) => [row, probability]));
const expected = probabilities(original);
const issuesOf = (scored: ScoredBytes) => (scored.end?.report ?? scored.report.report).issues;

/** Share of the customers whose probability is off by more than 0.1. */
function moved(scored: ScoredBytes): number {
  const off = scored.predictions.filter(({ row, probability }) => Math.abs(probability - expected.get(row)!) > 0.1);
  return off.length / scored.predictions.length;
}

for (const { fault, what, customers, outcome } of silentFaults) {
  test(`${fault}, ${what}: ${outcome.kind}`, async () => {
    const scored = await score(csvOf(customers));
    const { report, blocked } = scored.report;
    const issues = issuesOf(scored);
    const told = (code: string, feature: string | null = null) =>
      issues.some((issue) => issue.code === code && (feature === null || issue.feature === feature));
    if (outcome.kind === "asked") {
      assert.equal(scored.predictions.length, 0);
      assert.equal(blocked?.code, "required_columns_missing");
      const question = report.questions.find(({ feature }) => feature === outcome.feature);
      assert.match(question?.question ?? "no question", outcome.saying);
      return;
    }
    assert.equal(blocked, null);
    assert.equal(scored.predictions.length + scored.rejections.length, customers.length);
    if (outcome.kind === "set_aside") {
      assert.equal(scored.rejections.length, outcome.rows);
      assert.ok(scored.rejections.every(({ errorCode }) => errorCode === outcome.code));
      const issue = issues.find(({ code }) => code === outcome.code)!;
      assert.equal(issue.count, outcome.rows);
      for (const { row, customer_id: id } of issue.examples) assert.equal(id, customers[row - 2]!["customerID"]);
      assert.equal(moved(scored), 0);
      for (const [row, probability] of probabilities(scored)) assert.equal(probability, expected.get(row));
      return;
    }
    assert.deepEqual(scored.rejections, []);
    if (outcome.kind === "same") {
      assert.deepEqual(probabilities(scored), expected);
      if (outcome.issue !== undefined) assert.ok(told(outcome.issue), outcome.issue);
    }
    if (outcome.kind === "warned") {
      const warning = issues.find(({ code, feature }) => code === outcome.issue && feature === outcome.feature);
      assert.equal(warning?.severity, "warning");
    }
    if (outcome.kind === "left_out") {
      const absent = await score(csvOf(withoutColumn(outcome.column)));
      assert.deepEqual(probabilities(scored), probabilities(absent));
      if (outcome.issue === null) assert.ok(report.missing_features.includes(outcome.feature));
      else assert.ok(told(outcome.issue, outcome.feature));
    }
  });
}

test("the file without a fault is asked nothing and told nothing but its blanks", () => {
  assert.deepEqual(original.report.report.questions, []);
  assert.deepEqual(
    issuesOf(original).filter(({ code }) => code !== "blank_value"),
    [],
  );
  assert.equal(original.predictions.length, clean.length);
});

const find = (fault: string): SilentFault => silentFaults.find((each) => each.fault === fault)!;

test("scored as they are, these faults would move the probabilities: there is something to be silent about", async () => {
  const forced: [fault: string, feature: string, column: string, unit: string][] = [
    ["MRR in cents", "monthly_charges", "MRR", "per_month"],
    ["tenure in days", "tenure_months", "tenure", "months"],
    ["tenure in years", "tenure_months", "tenure", "months"],
  ];
  for (const [fault, feature, column, unit] of forced) {
    const scored = await score(csvOf(find(fault).customers), {
      mapping: { [feature]: column },
      units: { [feature]: unit },
    });
    assert.ok(scored.predictions.length > clean.length / 2);
    assert.ok(moved(scored) > 0.2, `${fault}: ${moved(scored)}`);
    assert.ok(
      issuesOf(scored).some(({ code, severity }) => severity === "warning" && /doubtful|outside/.test(code)),
      `${fault}: whoever insists is warned`,
    );
  }
});

test("customers who have no internet and yet its services are told of, and scored as the file says", async () => {
  const odd = clean.map((customer, i) =>
    i < 3 ? { ...customer, InternetService: "No", OnlineBackup: "Yes" } : customer,
  );
  const told = issuesOf(await score(csvOf(odd))).find(
    ({ code, feature }) => code === "contradictory_value" && feature === "online_backup",
  );
  assert.equal(told?.count, 3);
  assert.deepEqual(
    told?.examples.map(({ row, value }) => [row, value]),
    [2, 3, 4].map((row) => [row, "Yes"]),
  );
});

test("a young business and an old one are asked nothing while their charges agree with their tenure", async () => {
  for (const months of [(tenure: number) => 1 + (tenure % 7), (tenure: number) => tenure * 2]) {
    const customers = clean.map((customer) => {
      const tenure = months(Number(customer["tenure"]));
      const total = (tenure * Number(customer["MonthlyCharges"])).toFixed(2);
      return { ...customer, tenure: String(tenure), TotalCharges: total };
    });
    const { report } = await score(csvOf(customers));
    assert.deepEqual(report.report.questions, []);
  }
});
