import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RetainWiseError } from "../../src/errors.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { pairs } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

const map = (headers: string[], given: Record<string, string> = {}) =>
  mapColumns({ headers, schema, given: new Map(Object.entries(given)) });
const asked = (headers: string[]) => map(headers).questions.map((question) => [question.feature, ...question.columns]);
const required = ["tenure_months", "monthly_charges", "contract"];

test("canonical names map exactly, with confidence 1", () => {
  const { mapping, questions } = map([...required, "customer_id"]);
  assert.deepEqual(
    mapping.map(({ feature, column, confidence, method }) => [feature, column, confidence, method]),
    [...required.map((name) => [name, name, 1, "exact"]), ["customer_id", "customer_id", 1, "exact"]],
  );
  assert.deepEqual(questions, []);
});

test("names map in any order, case and dress, and by synonym", () => {
  const { mapping, questions } = map(["CONTRACT ", "Monthly Charge (USD)", "MonthsInService", "Kunde"]);
  assert.deepEqual(pairs({ ...map([]), mapping }), {
    tenure_months: "MonthsInService",
    monthly_charges: "Monthly Charge (USD)",
    contract: "CONTRACT ",
  });
  assert.deepEqual(questions, []);
});

test("columns that know the answer never become features", () => {
  const headers = [
    "Churn Score",
    "CLTV",
    "Churn Reason",
    "Churn Value",
    "Churn Category",
    "Churn tenure",
    "contract churn",
    "Canceled At (UTC)",
  ];
  const features = new Set(schema.features.map((feature) => feature.name));
  for (const columns of [headers, ...headers.map((header) => [header])]) {
    const result = map([...required, ...columns]);
    assert.deepEqual(
      result.mapping.filter((entry) => features.has(entry.feature)).map((entry) => entry.feature),
      required,
    );
  }
  for (const header of headers) {
    assert.throws(
      () => map(["tenure", header], { contract: header }),
      (error) => error instanceof RetainWiseError && error.code === "mapping_invalid",
    );
  }
});

test("false friends are neither mapped nor asked about", () => {
  for (const header of [
    "plan",
    "Plan Type",
    "tier",
    "Charge  Amount",
    "EstimatedSalary",
    "Total day charge",
    "Support Calls",
    "card_type",
  ]) {
    const result = map([header]);
    const known = result.mapping.filter((entry) => schema.features.some((feature) => feature.name === entry.feature));
    assert.deepEqual(known, [], header);
    assert.deepEqual(
      [...result.questions, ...result.suggestions].filter((question) => question.columns.length > 0),
      [],
      header,
    );
  }
});

test("unit words that are not the feature's are asked about", () => {
  const cases: [header: string, feature: string][] = [
    ["tenure_days", "tenure_months"],
    ["Tenure (years)", "tenure_months"],
    ["days_since_signup", "tenure_months"],
    ["monthly_charges_cents", "monthly_charges"],
    ["Annual charges", "monthly_charges"],
    ["Monthly charge / year", "monthly_charges"],
    ["ARR", "monthly_charges"],
    ["Amount USD", "monthly_charges"],
    ["Billing Cycle", "contract"],
  ];
  for (const [header, feature] of cases) {
    assert.deepEqual(map([header]).mapping, [], header);
    assert.ok(
      asked([header]).some(([name, column]) => name === feature && column === header),
      header,
    );
  }
  assert.equal(map(["Tenure (months)"]).mapping[0]?.confidence, 1);
});

test("a date is asked about and never taken for a tenure; the date of something else is not", () => {
  for (const header of ["Created (UTC)", "$created", "SUBSCRIBER_SINCE", "Signed up", "Start Date"]) {
    assert.deepEqual(map([header]).mapping, []);
    assert.ok(
      asked([header]).some(([name, column]) => name === "tenure_months" && column === header),
      header,
    );
  }
  for (const header of ["Updated at", "date_of_birth", "Last seen", "Trial Start (UTC)", "Due date"]) {
    assert.ok(!asked([header]).some((question) => question.includes(header)), header);
  }
});

test("a typing error in a name is asked about when it is needed, and left out when it is not", () => {
  assert.deepEqual(asked(["monthly_chrages", "tenure", "contract"]), [["monthly_charges", "monthly_chrages"]]);
  const result = map([...required, "TotalChrages"]);
  assert.deepEqual(result.questions, []);
  assert.deepEqual(
    result.suggestions.map((each) => [each.feature, ...each.columns]),
    [["total_charges", "TotalChrages"]],
  );
  assert.ok(result.issues.some((issue) => issue.code === "mapping_doubtful" && issue.column === "TotalChrages"));
});

test("the pairing is one to one, and the better name wins", () => {
  const result = map([
    "Total Charges",
    "Total Revenue",
    "Total Long Distance Charges",
    "Monthly Charges",
    "tenure",
    "contract",
  ]);
  assert.equal(pairs(result).total_charges, "Total Charges");
  assert.deepEqual(result.unmappedColumns, ["Total Revenue", "Total Long Distance Charges"]);
});

test("two columns with the same right are asked about", () => {
  assert.deepEqual(asked(["monthly_charges", "Monthly Charges", "tenure", "contract"]), [
    ["monthly_charges", "monthly_charges", "Monthly Charges"],
  ]);
  assert.deepEqual(asked(["Monthly Fee", "Plan price", "tenure", "contract"])[0]!.slice(1).sort(), [
    "Monthly Fee",
    "Plan price",
  ]);
});

test("names twice over are an error only where the model needs one of them", () => {
  const twice = map([...required, "Tenure_Months "]);
  assert.deepEqual(
    twice.duplicateColumns.map((name) => name.trim().toLowerCase()),
    ["tenure_months"],
  );
  assert.ok(twice.issues.some((issue) => issue.code === "duplicate_columns" && issue.severity === "error"));
  assert.deepEqual(map([...required, "note", "Note "]).duplicateColumns, []);
  const chosen = map([...required, "Tenure_Months "], { tenure_months: "tenure_months" });
  assert.deepEqual(
    [chosen.duplicateColumns, chosen.mapping.find((each) => each.feature === "tenure_months")?.index],
    [[], 0],
  );
  assert.deepEqual(map(["c", "c", "tenure"], { contract: "c" }).duplicateColumns, ["c"]);
  assert.equal(
    map(["c", "c", "tenure"], { contract: "#2" }).mapping.find((each) => each.feature === "contract")?.index,
    1,
  );
});

test("columns without a name are never mapped", () => {
  assert.deepEqual(map(["", " ", "\u00a0", "\ufeff", "()"]).mapping, []);
});

test("the person's mapping wins, and one that does not fit is refused", () => {
  const result = map([...required, "Laufzeit"], { tenure_months: "Laufzeit", total_charges: "" });
  assert.equal(pairs(result).tenure_months, "Laufzeit");
  assert.equal(result.mapping[0]!.method, "given");
  const refused: Record<string, string>[] = [
    { nothing: "tenure" },
    { contract: "nothing" },
    { contract: "x", tenure_months: "x" },
    { churn_label: "x" },
  ];
  for (const given of refused) {
    assert.throws(
      () => map(["tenure", "x"], given),
      (error) => error instanceof RetainWiseError && error.code === "mapping_invalid",
    );
  }
});

test("what is missing is asked for by name", () => {
  const result = map(["email"]);
  assert.deepEqual(result.missingFeatures.slice(0, 3), required);
  assert.deepEqual(
    result.questions.map((question) => [question.feature, question.columns.length]),
    required.map((name) => [name, 0]),
  );
});

test("hostile headers are columns like any other", () => {
  const hostile = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
  const result = map([...required, ...hostile]);
  assert.deepEqual(result.unmappedColumns, hostile);
  assert.deepEqual(pairs(result), Object.fromEntries(required.map((name) => [name, name])));
});

test("any headers give one column per feature and one feature per column", () => {
  const header = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom("tenure", "Tenure", "contract", "mrr", "id", "Contract Type", "plan", "Total"),
  );
  fc.assert(
    fc.property(fc.array(header, { maxLength: 12 }), (headers) => {
      const { mapping, unmappedColumns } = map(headers);
      assert.equal(new Set(mapping.map((entry) => entry.index)).size, mapping.length);
      assert.equal(new Set(mapping.map((entry) => entry.feature)).size, mapping.length);
      for (const entry of mapping) assert.equal(headers[entry.index], entry.column);
      assert.equal(unmappedColumns.length + mapping.length, headers.filter((each) => each.trim() !== "").length);
    }),
    { numRuns: 200 },
  );
});
