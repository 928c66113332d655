import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, makeCustomers, toCsv, withColumn } from "./customers.ts";
import { type FileRun, pairs, runFile } from "./run-file.ts";

/** What a silent mistake costs (FIELD.md): every one of these faults is refused, asked about or set aside. */
const rows = makeCustomers(200);
const run = (changed: string[][], header = columns) => runFile(toCsv(header, changed));
const asks = ({ mapped }: FileRun, feature: string) =>
  mapped.questions.some((question) => question.feature === feature);
const renamed = (from: string, to: string) => columns.map((name) => (name === from ? to : name));

test("the untouched file is asked nothing and loses no row", () => {
  const clean = run(rows);
  assert.deepEqual(clean.mapped.questions, []);
  assert.deepEqual(clean.mapped.suggestions, []);
  assert.equal(clean.encoded.count, rows.length);
  assert.deepEqual(clean.encoded.rejected, []);
});

test("charges in cents are asked about", () => {
  const cents = run(withColumn(rows, "MonthlyCharges", (value) => String(Math.round(Number(value) * 100))));
  assert.ok(asks(cents, "monthly_charges"));
  assert.match(cents.mapped.questions[0]!.question, /cents/);
});

test("charges per year are asked about", () => {
  assert.ok(
    asks(run(withColumn(rows, "MonthlyCharges", (value) => (Number(value) * 12).toFixed(2))), "monthly_charges"),
  );
});

test("tenure in days, weeks or years is asked about", () => {
  const scaled = (factor: number) =>
    run(withColumn(rows, "tenure", (value) => String(Number((Number(value) * factor).toFixed(2)))));
  for (const factor of [30.4, 4.35, 1 / 12]) assert.ok(asks(scaled(factor), "tenure_months"), String(factor));
  const wholeYears = run(withColumn(rows, "tenure", (value) => String(Math.floor(Number(value) / 12))));
  assert.ok(asks(wholeYears, "tenure_months"));
});

test("a young business is asked nothing: its charges agree with its tenure", () => {
  const young = makeCustomers(200).map((row) => {
    const tenure = 1 + (Number(row[0]!.slice(2, 6)) % 10);
    const charge = Number(row[columns.indexOf("MonthlyCharges")]);
    return row.map((value, i) =>
      columns[i] === "tenure" ? String(tenure) : columns[i] === "TotalCharges" ? (tenure * charge).toFixed(2) : value,
    );
  });
  assert.deepEqual(run(young).mapped.questions, []);
});

test("a plan tier under the name of the contract is asked about", () => {
  assert.ok(asks(run(withColumn(rows, "Contract", (_, i) => ["Basic", "Pro", "Enterprise"][i % 3]!)), "contract"));
});

test("a contract given in codes is asked about", () => {
  assert.ok(asks(run(withColumn(rows, "Contract", (_, i) => String(i % 3))), "contract"));
});

test("one strange contract sets its row aside, and the rest is scored", () => {
  const { encoded, mapped } = run(withColumn(rows, "Contract", (value, i) => (i === 3 ? "12" : value)));
  assert.deepEqual(mapped.questions, []);
  assert.equal(encoded.count, rows.length - 1);
  const [rejected] = encoded.rejected;
  assert.deepEqual(
    [rejected!.row, rejected!.errors[0]!.code, rejected!.errors[0]!.value],
    [5, "unknown_category", "12"],
  );
});

test("the contract is never guessed when its column is missing", () => {
  const without = run(rows, renamed("Contract", "Remarks of ours"));
  assert.ok(!("contract" in pairs(without.mapped)));
  assert.ok(asks(without, "contract"));
  // The values are telling: the column is proposed, not taken.
  assert.deepEqual(without.mapped.questions[0]!.columns, ["Remarks of ours"]);
});

test("internet service as Yes and No is left out and said", () => {
  const yesNo = run(withColumn(rows, "InternetService", (value) => (value === "No" ? "No" : "Yes")));
  assert.ok(!("internet_service" in pairs(yesNo.mapped)));
  assert.ok(yesNo.issues.some((issue) => issue.severity === "warning" && issue.feature === "internet_service"));
  assert.equal(yesNo.encoded.count, rows.length);
});

test("a flag in codes of one's own is left out: 1 would be read as Yes", () => {
  const coded = run(withColumn(rows, "SeniorCitizen", (value) => (value === "1" ? "2" : "1")));
  assert.ok(!("senior_citizen" in pairs(coded.mapped)));
});

test("a payment method of opaque codes is left out", () => {
  assert.ok(!("payment_method" in pairs(run(withColumn(rows, "PaymentMethod", (_, i) => `pm_${i % 4}`)).mapped)));
});

test("charges of nothing but 20.000 are asked about, and read as said", () => {
  const whole = withColumn(
    withColumn(rows, "MonthlyCharges", (_, i) => `${20 + (i % 60)}.000`),
    "TotalCharges",
    () => "",
  );
  const thousand = run(whole);
  assert.ok(asks(thousand, "monthly_charges"));
  assert.ok(thousand.issues.some((issue) => issue.code === "decimal_ambiguous"));
  const said = runFile(toCsv(columns, whole), { decimal: "." });
  assert.deepEqual(said.mapped.questions, []);
  assert.equal(said.encoded.features[1], 20);
});

test("several currencies in one column are an error and not a sum", () => {
  const mixed = run(withColumn(rows, "MonthlyCharges", (value, i) => (i % 2 === 0 ? `$${value}` : `${value} €`)));
  assert.ok(asks(mixed, "monthly_charges"));
  assert.ok(mixed.issues.some((issue) => issue.code === "mixed_currencies" && issue.severity === "error"));
});

test("MRR is taken when its size is that of a monthly charge, and asked about in cents", () => {
  assert.equal(pairs(run(rows, renamed("MonthlyCharges", "MRR")).mapped).monthly_charges, "MRR");
  const cents = withColumn(rows, "MonthlyCharges", (value) => String(Math.round(Number(value) * 100)));
  assert.ok(asks(run(cents, renamed("MonthlyCharges", "MRR")), "monthly_charges"));
});

test("billing intervals are not taken for a contract, however alike the values", () => {
  const billing = run(rows, renamed("Contract", "billing_frequency"));
  assert.ok(asks(billing, "contract"));
  assert.ok(!("contract" in pairs(billing.mapped)));
});

test("dates under the name of the tenure are asked about", () => {
  assert.ok(asks(run(withColumn(rows, "tenure", (_, i) => `2024-0${1 + (i % 9)}-15`)), "tenure_months"));
});

test("the person's word is taken, with a warning", () => {
  const days = withColumn(rows, "tenure", (value) => String(Number(value) * 30));
  const given = runFile(toCsv(columns, days), { given: new Map([["tenure_months", "tenure"]]) });
  assert.deepEqual(given.mapped.questions, []);
  assert.ok(given.issues.some((issue) => issue.code === "mapping_doubtful" && issue.feature === "tenure_months"));
});

test("internet type is taken where internet service beside it says Yes and No only", () => {
  const at = columns.indexOf("InternetService");
  const header = [...columns, "Internet Type"];
  const both = rows.map((row) => [...row.map((value, i) => (i === at && value !== "No" ? "Yes" : value)), row[at]!]);
  assert.equal(pairs(run(both, header).mapped).internet_service, "Internet Type");
});

test("a decimal mark taken from the other columns is said", () => {
  const whole = withColumn(rows, "MonthlyCharges", (_, i) => `${20 + (i % 60)}.000`);
  const file = run(whole);
  assert.equal(pairs(file.mapped).monthly_charges, "MonthlyCharges");
  assert.ok(file.issues.some((issue) => issue.code === "decimal_assumed" && issue.column === "MonthlyCharges"));
});

test("a column of the outcome is not even proposed, whatever it holds", () => {
  const churned = run(rows, renamed("Contract", "Churned contract"));
  assert.deepEqual(
    churned.mapped.questions.map((question) => [question.feature, question.columns]),
    [["contract", []]],
  );
});
