import assert from "node:assert/strict";
import { test } from "node:test";
import { lookalikeOf } from "../../src/features/lookalikes.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { columns, makeCustomers, toCsv } from "./customers.ts";
import { pairs, runFile } from "./run-file.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

const disguised = [
  ["tenur\u0435", "tenure_months"],
  ["t\u0435nur\u0435 months", "tenure_months"],
  ["C\u043entract", "contract"],
  ["\u0421\u041eNTR\u0410CT", "contract"],
  ["c0ntract", "contract"],
  ["Monthly Ch\u0430rges", "monthly_charges"],
  ["monthly charge\u0455", "monthly_charges"],
] as const;

test("a name with a lookalike letter is asked about with the reason, and never mapped by itself", () => {
  for (const [header, feature] of disguised) {
    const { mapping, questions } = mapColumns({ headers: [header], schema });
    assert.deepEqual(mapping, [], header);
    const question = questions.find((each) => each.feature === feature && each.columns.includes(header));
    assert.match(question?.question ?? "", /looks like a Latin one|the digit 0 where a letter/, header);
  }
});

test("values do not clear a lookalike letter", () => {
  const header = columns.map((name) =>
    name === "tenure" ? "t\u0435nure" : name === "Contract" ? "C\u043entract" : name,
  );
  const { mapped } = runFile(toCsv(header, makeCustomers(200)));
  assert.ok(!("tenure_months" in pairs(mapped)) && !("contract" in pairs(mapped)));
  assert.deepEqual(mapped.questions.map(({ feature }) => feature).sort(), ["contract", "tenure_months"]);
});

test("beside the true column the disguised one is left alone", () => {
  const { mapping, questions } = mapColumns({ headers: ["tenure_months", "tenur\u0435_months"], schema });
  assert.equal(mapping[0]?.column, "tenure_months");
  assert.ok(questions.every(({ feature }) => feature !== "tenure_months"));
});

test("a disguised outcome is no feature", () => {
  const { mapping } = mapColumns({ headers: ["\u0421hurn contract"], schema });
  assert.deepEqual(mapping, []);
});

test("a spelling of the schema's own alphabet is no disguise", () => {
  const features = schema.features.map((feature) =>
    feature.name === "contract"
      ? { ...feature, synonyms: [...feature.synonyms, "\u0442\u0430\u0440\u0438\u0444"] }
      : feature,
  );
  const { mapping } = mapColumns({ headers: ["\u0422\u0430\u0440\u0438\u0444"], schema: { ...schema, features } });
  assert.equal(mapping[0]?.feature, "contract");
});

test("words that are wholly of another alphabet, plain Latin and plain digits pretend nothing", () => {
  for (const word of [
    "\u0434\u043e\u0433\u043e\u0432\u043e\u0440",
    "\u5951\u7d04",
    "contract",
    "2011",
    "age65",
    "strasse",
    "q10",
  ])
    assert.equal(lookalikeOf(word), null, word);
  assert.equal(lookalikeOf("\u0430g\u0435")?.word, "age");
});
