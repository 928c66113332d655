import assert from "node:assert/strict";
import { test } from "node:test";
import { impliedStates } from "../../src/features/implied-state.ts";
import { columns, makeCustomers, toCsv, withColumn } from "./customers.ts";
import { runFile } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

const at = (name: string) => schema.features.findIndex((feature) => feature.name === name);
const customers = makeCustomers(60);
/** Internet service and tech support of every customer, and what became of the latter. */
function encodedSupport(internet: string, support: string, header = columns) {
  const rows = withColumn(
    withColumn(customers, "InternetService", () => internet),
    "TechSupport",
    () => support,
  );
  const { encoded, issues } = runFile(toCsv(header, rows));
  const codes = Array.from(
    { length: encoded.count },
    (_, i) => encoded.features[i * schema.features.length + at("tech_support")]!,
  );
  assert.equal(encoded.count, customers.length);
  const told = issues.filter((issue) => issue.feature === "tech_support").map(({ code, count }) => [code, count]);
  return { code: new Set(codes), told, notes: encoded.notes };
}

test("a third state is settled by the feature that has a category of that name, and by no other flag", () => {
  const found = impliedStates(schema).map((state) =>
    state === null ? null : [state.parentLabel, state.whenValue, state.value],
  );
  assert.deepEqual(found[at("tech_support")], ["Internet service", "No", "No internet service"]);
  assert.deepEqual(found[at("streaming_movies")], ["Internet service", "No", "No internet service"]);
  for (const name of ["internet_service", "phone_service", "multiple_lines", "partner", "tenure_months"])
    assert.equal(found[at(name)], null, name);
});

test("No and nothing of customers without internet are read as no internet service, and told", () => {
  for (const support of ["No", "", "N/A", "0"]) {
    const { code, told, notes } = encodedSupport("No", support);
    assert.deepEqual(code, new Set([2]), support);
    assert.deepEqual(told, [["implied_value", customers.length]], support);
    assert.equal(
      [...notes.values()].some((note) => "tech_support" in note),
      false,
      "it is not missing",
    );
  }
});

test("the order of the columns in the file does not matter", () => {
  const order = columns.toReversed();
  const rows = withColumn(
    withColumn(customers, "InternetService", () => "No"),
    "TechSupport",
    () => "No",
  ).map((row) => row.toReversed());
  const { encoded } = runFile(toCsv(order, rows));
  assert.equal(encoded.features[at("tech_support")], 2);
});

test("what the two columns say together stays as it is where nothing is settled", () => {
  const cases: [internet: string, support: string, code: number, told: string[]][] = [
    ["No", "No internet service", 2, []],
    ["DSL", "No", 0, []],
    ["DSL", "", Number.NaN, ["blank_value"]],
    ["", "No", 0, []],
    ["", "No internet service", 2, []],
    ["No", "Yes", 1, ["contradictory_value"]],
    ["DSL", "No internet service", 2, ["contradictory_value"]],
  ];
  for (const [internet, support, code, codes] of cases) {
    const found = encodedSupport(internet, support);
    assert.deepEqual(found.code, new Set([code]), `${internet} / ${support}`);
    assert.deepEqual(
      found.told,
      codes.map((each) => [each, customers.length]),
      `${internet} / ${support}`,
    );
  }
});
