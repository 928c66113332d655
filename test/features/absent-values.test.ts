import assert from "node:assert/strict";
import { test } from "node:test";
import { absentValues } from "../../src/features/absent-values.ts";
import { limits } from "../../src/limits.ts";
import { columns, makeCustomers, toCsv, withColumn } from "./customers.ts";
import { runFile } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

function absent(rows: string[][], header = columns) {
  const { mapped, survey } = runFile(toCsv(header, rows));
  return absentValues(schema, mapped.mapping, survey.columns).map(({ feature, message }) => `${feature}: ${message}`);
}
const customers = withColumn(makeCustomers(limits.absentRows), "PhoneService", (_, i) => (i % 2 === 0 ? "Yes" : "No"));
const transfer = (value: string) => (value === "Electronic check" ? "Bank transfer (automatic)" : value);

test("a usual value that no row has is told, with what is usual", () => {
  const told = absent(withColumn(customers, "PaymentMethod", transfer));
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^payment_method: No row of "PaymentMethod" says "Electronic check" \(25 %\), which is usual/);
});

test("nothing is told of values that are there, once in any spelling", () => {
  assert.deepEqual(absent(customers), []);
  const once = withColumn(customers, "PaymentMethod", (value, i) => (i === 0 ? "ELECTRONIC CHECK" : transfer(value)));
  assert.deepEqual(absent(once), []);
});

test("a small file may do without", () => {
  assert.deepEqual(absent(withColumn(customers.slice(1), "PaymentMethod", transfer)), []);
});

test("No internet service is missed only where no column settles it", () => {
  const plain = customers.map((row) => row.map((cell) => (cell === "No internet service" ? "No" : cell)));
  assert.deepEqual(absent(plain), []);
  const without = columns.map((name) => (name === "InternetService" ? "Remarks" : name));
  const told = absent(
    plain.map((row) => row.map((cell, i) => (columns[i] === "InternetService" ? "x" : cell))),
    without,
  );
  assert.deepEqual(told.map((text) => text.split(":")[0]).toSorted(), ["online_security", "tech_support"]);
});

test("one value throughout is a segment, and told as such", () => {
  const { mapped, survey } = runFile(
    toCsv(
      columns,
      withColumn(customers, "PaymentMethod", () => "Mailed check"),
    ),
  );
  const [issue, ...others] = absentValues(schema, mapped.mapping, survey.columns);
  assert.deepEqual([issue!.code, issue!.severity, others.length], ["constant_column", "info", 0]);
  assert.match(issue!.message, /Every row of "PaymentMethod" says "Mailed check"/);
});
