import assert from "node:assert/strict";
import { test } from "node:test";
import { knownHeaders } from "../../src/features/known-headers.ts";
import { templatesOf } from "../../src/features/template.ts";
import { runFile } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

test("a template comes back mapped exactly, without its line of guidance", () => {
  const { mapped, encoded, survey, issues, headers } = runFile(templatesOf(schema)[0]!.csv);
  assert.deepEqual(headers, ["customer_id", ...schema.features.map((feature) => feature.name)]);
  assert.ok(
    mapped.mapping.every(
      (entry) => entry.confidence === 1 && entry.method === "exact" && entry.feature === entry.column,
    ),
  );
  assert.equal(mapped.mapping.length, headers.length);
  assert.deepEqual([mapped.questions, mapped.suggestions, encoded.rejected], [[], [], []]);
  assert.deepEqual([survey.guidanceRows, encoded.count], [1, 3]);
  assert.deepEqual(
    issues.map((issue) => issue.code),
    ["guidance_row"],
  );
  assert.ok(!encoded.features.some((value) => Number.isNaN(value)));
});

test("a schema's names are known headers, and values are not", () => {
  const knows = knownHeaders(schema);
  for (const name of ["tenure_months", "Tenure (months)", "customerID", "CLTV", "MonthlyCharges"])
    assert.ok(knows(name), name);
  for (const text of ["One year", "Yes", "29.85", "Customer report 2024", ""]) assert.ok(!knows(text), text);
});
