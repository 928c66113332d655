import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, makeCustomers, toCsv, withColumn } from "./customers.ts";
import { type FileRun, runFile } from "./run-file.ts";

/** Customers of 13 to 40 months or of others, whose totals are tenure × monthly charge × `factor`. */
function charged(factor: (tenure: number) => number, months = (i: number) => 13 + (i % 28)): FileRun {
  const customers = makeCustomers(60);
  const charge = customers.map((row) => Number(row[columns.indexOf("MonthlyCharges")]));
  const aged = withColumn(customers, "tenure", (_, i) => String(months(i)));
  return runFile(
    toCsv(
      columns,
      withColumn(aged, "TotalCharges", (_, i) => (months(i) * charge[i]! * factor(months(i))).toFixed(2)),
    ),
  );
}
const asked = ({ mapped }: FileRun) =>
  [...mapped.questions, ...mapped.suggestions].map(({ feature, question }) => `${feature}: ${question}`);

test("totals that are about tenure × monthly charge raise no question", () => {
  for (const factor of [0.4, 0.97, 1, 1.1, 2.5]) assert.deepEqual(asked(charged(() => factor)), [], String(factor));
});

test("totals that are not put the likeliest of the three in doubt", () => {
  const cases: [factor: (tenure: number) => number, said: RegExp, months?: (i: number) => number][] = [
    [() => 12, /^tenure_months: .*total charge is about 1\d times.*years/],
    [() => 1 / 30.4, /^tenure_months: .*about \d\d times the total charge.*days/, (i) => 35 + (i % 28)],
    [() => 1 / 7, /^tenure_months: .*weeks/],
    [() => 100, /^total_charges: .*cents/],
    [(tenure) => 0.5 / tenure, /^total_charges: .*less than one monthly charge/],
  ];
  for (const [factor, said, months] of cases) {
    const questions = asked(charged(factor, months));
    assert.equal(questions.length, 1, said.source);
    assert.match(questions[0]!, said);
  }
});

test("a name that says months is believed: then it is the total that is doubted", () => {
  const customers = makeCustomers(60).map((row) => row.map((cell, i) => (columns[i] === "tenure" ? "6" : cell)));
  const charge = (i: number) => Number(customers[i]![columns.indexOf("MonthlyCharges")]);
  const rows = withColumn(customers, "TotalCharges", (_, i) => (72 * charge(i)).toFixed(2));
  const named = columns.map((name) => (name === "tenure" ? "Tenure in months" : name));
  assert.match(asked(runFile(toCsv(named, rows)))[0]!, /^total_charges: .*far from tenure times monthly charge/);
  assert.equal(asked(runFile(toCsv(named, rows))).length, 1);
  assert.match(asked(runFile(toCsv(columns, rows)))[0]!, /^tenure_months: /);
});

test("charges that are too large for the totals are in doubt where they are larger than any in training", () => {
  const rows = makeCustomers(60).map((row) => row.map((cell, i) => (columns[i] === "tenure" ? "30" : cell)));
  const charge = (row: string[]) => Number(row[columns.indexOf("MonthlyCharges")]);
  const totals = rows.map((row) =>
    row.map((cell, i) => (columns[i] === "TotalCharges" ? String(30 * charge(row)) : cell)),
  );
  const yearly = withColumn(totals, "MonthlyCharges", (value) => (Number(value) * 6).toFixed(2));
  assert.match(asked(runFile(toCsv(columns, yearly)))[0]!, /^monthly_charges: .*amounts per year/);
});

test("four customers prove nothing", () => {
  const rows = makeCustomers(4).map((row) =>
    row.map((cell, i) => ({ tenure: "20", TotalCharges: "20000" })[columns[i]!] ?? cell),
  );
  assert.deepEqual(asked(runFile(toCsv(columns, rows))), []);
});
