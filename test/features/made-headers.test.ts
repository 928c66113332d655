/** The mapper against two made lists of labelled headers; the second was looked at only after the mapper stood. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { judgeFolds } from "../../bench/mapper/judge-folds.ts";
import { judgeHeaders } from "../../bench/mapper/judge-headers.ts";
import { type LabelledHeader, readLabelledHeaders } from "../../bench/mapper/labelled-header.ts";
import { scoreHeaders } from "../../bench/mapper/score-headers.ts";
import { mapColumns } from "../../src/features/mapper.ts";
import { Schema } from "../../src/features/schema.ts";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const schema = v.parse(Schema, JSON.parse(readFileSync(at("models/telecom/1.1.0/schema.json"), "utf8")));

for (const name of ["made-tuned", "made-held"]) {
  const rows = readLabelledHeaders(at(`bench/mapper/${name}.csv`));

  test(`${name}: nothing is mapped wrongly in silence, what is doubtful is asked, most is found`, () => {
    const score = scoreHeaders(judgeHeaders(rows, schema), rows);
    assert.ok(score.headers > 250);
    assert.ok(score.precision_at_0_9! >= 0.98, `precision ${score.precision_at_0_9}`);
    assert.equal(score.reject_mapped + score.not_read_mapped, 0);
    assert.ok(score.ambiguous_asked! >= 0.9, `asked ${score.ambiguous_asked}`);
    assert.ok(score.recall! >= 0.7, `recall ${score.recall}`);
    assert.ok(score.right_or_asked! >= 0.9, `right or asked ${score.right_or_asked}`);
  });

  test(`${name}: the same with the spellings of the held-out fold unknown`, () => {
    const score = scoreHeaders(judgeFolds(rows, schema), rows);
    assert.ok(score.precision_at_0_9! >= 0.98, `precision ${score.precision_at_0_9}`);
    assert.equal(score.reject_mapped + score.not_read_mapped, 0);
    assert.ok(score.recall! >= 0.6, `recall ${score.recall}`);
  });

  test(`${name}: more confidence is more often right`, () => {
    const { calibration } = scoreHeaders(judgeHeaders(rows, schema), rows);
    const steady = calibration.filter(({ headers }) => headers >= 10).map(({ right }) => right!);
    assert.ok(steady.length >= 3);
    for (const [i, right] of steady.entries()) assert.ok(i === 0 || right >= steady[i - 1]! - 0.03, String(steady));
  });
}

const nearMisses =
  "Billing Month|Invoice Month|Months Paid|Digital Payment|Electronic Payment|Online Payment|Online Spend|Phone Lines|Phone|Price Total|Total Price|" +
  "Invoice Total|Month|Monat|Mois|Rate Plan|Monthly Active Users|Monthly Subscription|Contract Months Left|Contract Renewal|Contract Fee|Customer Rate|" +
  "Client Age|Customer Support|Customer Service|Device Monthly Fee|Internet Fee|Last Month Bill|Months Free|Months Since Upgrade|Number of Customers|" +
  "Old Monthly Fee|Previous Contract|New Contract|Max Monthly Charge|Estimated Tenure|Payment Type ID|Plan Length|Protection|Senior Partner|" +
  "Tech Support Fee|Total Months|Total Monthly Charge|Total Phone Charges|Total Spend This Year|TV Package|Not Married|Price Plan|No Contract|Kids Plan|Multiple Devices";

test("names made of a feature's words that mean something else are not mapped in silence", () => {
  const inputs = new Set([...schema.features.map(({ name }) => name), "customer_id"]);
  const mapped = nearMisses
    .split("|")
    .filter((header) => mapColumns({ headers: [header], schema }).mapping.some(({ feature }) => inputs.has(feature)));
  assert.deepEqual(mapped, []);
});

test("a header that is mapped and should not be is seen", () => {
  const rows: LabelledHeader[] = [
    { canonical: "contract", header: "Contract", verdict: "reject" },
    { canonical: "tenure_months", header: "Monthly charge", verdict: "map" },
    { canonical: "contract", header: "Contract type", verdict: "map" },
  ];
  const score = scoreHeaders(judgeHeaders(rows, schema), rows);
  assert.deepEqual([score.used_in_silence, score.reject_mapped], [3, 1]);
  assert.ok(Math.abs(score.precision_at_0_9! - 1 / 3) < 0.001);
  assert.equal(score.recall, 0.5);
});
