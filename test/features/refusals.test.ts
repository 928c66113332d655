import assert from "node:assert/strict";
import { test } from "node:test";
import { mapColumns } from "../../src/features/mapper.ts";
import { telecomSchema as schema } from "./telecom-schema.ts";

const refusals = (...headers: string[]) =>
  mapColumns({ headers, schema }).refused.map(({ feature, column, reason }) => [feature, column, reason] as const);

test("false friends are refused with the reason", () => {
  const cases: [header: string, feature: string, reason: RegExp][] = [
    ["plan", "contract", /what is sold/],
    ["Tier", "contract", /what is sold/],
    ["card_brand", "payment_method", /who issued the card/],
    ["Age", "tenure_months", /a person/],
    ["Contract length", "tenure_months", /binds/],
    ["Support Calls", "tech_support", /counts contacts/],
    ["support", "tech_support", /which support/],
    ["Total refunds", "total_charges", /given back/],
    ["Total day charge", "monthly_charges", /one part/],
    ["Estimated Salary", "monthly_charges", /earns/],
    ["referral_source", "partner", /channel/],
  ];
  for (const [header, feature, reason] of cases) {
    const found = refusals(header).find(([name, column]) => name === feature && column === header);
    assert.match(found?.[2] ?? "not refused", reason, header);
  }
});

test("what is refused stands in the question, and nothing is refused where the feature was found", () => {
  const { questions } = mapColumns({ headers: ["plan"], schema });
  const question = questions.find(({ feature }) => feature === "contract")!;
  assert.deepEqual(question.columns, []);
  assert.match(question.question, /"plan" is not taken for it: a plan, tier or package says what is sold/);
  assert.deepEqual(
    refusals("Contract", "plan").filter(([feature]) => feature === "contract"),
    [],
  );
});

test("every mapping says what speaks for it", () => {
  const why = (header: string) => mapColumns({ headers: [header], schema }).mapping[0]?.why ?? "";
  assert.match(why("contract"), /name is that of "Contract"/);
  assert.match(why("Agreement"), /known one for "Contract"/);
  assert.match(why("Vertragstyp"), /other words for "Contract"/);
});
