import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCustomers } from "../../src/features/encode-customers.ts";
import { columns, makeCustomers, toCsv } from "./customers.ts";
import { featureBytes, runFile } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

test("customers as JSON give the bytes of the same customers as CSV", () => {
  const rows = makeCustomers(50);
  const file = runFile(toCsv(columns, rows));
  const texts = rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!, value])));
  assert.deepEqual(featureBytes(encodeCustomers(texts, schema).encoded), featureBytes(file.encoded));
  const typed = texts.map((customer) => ({
    ...customer,
    tenure: Number(customer.tenure),
    MonthlyCharges: Number(customer.MonthlyCharges),
    TotalCharges: customer.TotalCharges!.trim() === "" ? null : Number(customer.TotalCharges),
    SeniorCitizen: customer.SeniorCitizen === "1",
    Partner: customer.Partner === "Yes",
  }));
  const { encoded } = encodeCustomers(typed, schema);
  assert.deepEqual(featureBytes(encoded), featureBytes(file.encoded));
  assert.deepEqual(encoded.customerIds, file.encoded.customerIds);
  const other = typed.map((customer) => ({ ...customer, Partner: !customer.Partner }));
  assert.notDeepEqual(featureBytes(encodeCustomers(other, schema).encoded), featureBytes(file.encoded));
});

test("one customer by feature names needs no question, however unusual", () => {
  const { encoded, mapped } = encodeCustomers(
    [{ tenure_months: 2, monthly_charges: 950.125, contract: "Two year" }],
    schema,
  );
  assert.deepEqual(mapped.questions, []);
  assert.deepEqual([...encoded.features.slice(0, 3)], [2, 950.125, 2]);
  assert.deepEqual(encoded.notes.get(0), { monthly_charges: "outside_training_range" });
});

test("what is missing or wrong is told per customer", () => {
  const customers = [
    { customer_id: "C-7", tenure_months: 1, monthly_charges: 20 },
    {},
    { tenure_months: [1], monthly_charges: true, contract: "12" },
  ];
  const { encoded } = encodeCustomers(customers, schema);
  assert.equal(encoded.count, 0);
  assert.deepEqual(
    encoded.rejected.map(({ row, customerId, errors }) => [
      row,
      customerId,
      errors.map((error) => `${error.feature} ${error.code}`),
    ]),
    [
      [1, "C-7", ["contract required_value_missing"]],
      [
        2,
        null,
        [
          "tenure_months required_value_missing",
          "monthly_charges required_value_missing",
          "contract required_value_missing",
        ],
      ],
      [3, null, ["tenure_months not_a_number", "monthly_charges not_a_number", "contract unknown_category"]],
    ],
  );
});

test("no key is taken from an object's prototype", () => {
  const customer = JSON.parse(
    '{"__proto__": {"contract": "One year"}, "constructor": 1, "tenure_months": 1, "monthly_charges": 20}',
  );
  const { encoded } = encodeCustomers([customer], schema);
  assert.deepEqual(
    encoded.rejected[0]!.errors.map((error) => error.feature),
    ["contract"],
  );
});

test("no customers are no rows", () => {
  assert.equal(encodeCustomers([], schema).encoded.count, 0);
});
