import assert from "node:assert/strict";
import { test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { conversionFrom, convert, unitNamed, unitsOf } from "../../src/features/conversion.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

const feature = (name: string) => schema.features.find((each) => each.name === name)!;
const tenure = feature("tenure_months");
const monthly = feature("monthly_charges");
const from = (of: typeof tenure, unit: string, value: number) => convert(value, conversionFrom(of, unit)!);

test("a tenure in another unit becomes whole months", () => {
  assert.deepEqual(
    [0, 30, 365, 730, 1461].map((days) => from(tenure, "days", days)),
    [0, 1, 12, 24, 48],
  );
  assert.deepEqual(
    [1, 2.5, 0.08].map((years) => from(tenure, "years", years)),
    [12, 30, 1],
  );
  assert.equal(from(tenure, "weeks", 52), 12);
  assert.equal(from(tenure, "quarters", 3), 9);
});

test("a charge in another unit becomes a charge per month, with its cents", () => {
  assert.equal(from(monthly, "cents", 7999), 79.99);
  assert.equal(from(monthly, "per_year", 120), 10);
  assert.equal(from(monthly, "cents_per_year", 12_000), 10);
  assert.equal(from(monthly, "per_quarter", 30), 10);
  assert.ok(Math.abs(from(monthly, "per_day", 1) - 30.4375) < 1e-9);
});

test("the feature's own unit is no conversion, and another feature's is none at all", () => {
  assert.equal(conversionFrom(tenure, "months"), null);
  assert.equal(conversionFrom(tenure, "cents"), undefined);
  assert.equal(conversionFrom(feature("contract"), "months"), undefined);
  assert.deepEqual(unitsOf(feature("contract")), []);
});

test("a name gives one unit or none", () => {
  assert.equal(unitNamed(tenure, ["days"]), "days");
  assert.equal(unitNamed(monthly, ["years"]), "per_year");
  assert.equal(unitNamed(monthly, ["years", "cents"]), "cents_per_year");
  assert.equal(unitNamed(tenure, ["days", "years"]), null);
  assert.equal(unitNamed(tenure, ["percent"]), null);
});

test("units that do not fit the mapping are refused", () => {
  const refused: Record<string, string>[] = [
    { tenure_months: "furlongs" },
    { contract: "months" },
    { nothing: "days" },
    { monthly_charges: "cents" },
    { constructor: "days" },
  ];
  for (const units of refused) {
    assert.throws(
      () =>
        mapColumns({
          headers: ["x"],
          schema,
          given: new Map([["tenure_months", "x"]]),
          units: new Map(Object.entries(units)),
        }),
      (error) => error instanceof RetainWiseError && error.code === "mapping_invalid",
      JSON.stringify(units),
    );
  }
});

test("what is not confirmed is never converted", () => {
  for (const header of ["tenure_days", "Tenure (years)", "mrr_cents", "ARR"])
    assert.deepEqual(mapColumns({ headers: [header], schema }).mapping, [], header);
});
