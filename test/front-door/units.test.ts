/** A tenure in another unit, or a date, on its whole way over HTTP: question, answer, conversion, result. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { acceptedId, allPredictions, settled, startService } from "./service.ts";

const folder = temporaryFolder();
const service = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

const accepted = (csv: string) => acceptedId(service, csv);

test("days and dates are asked about, converted once confirmed, and the result says so", async () => {
  const cases: [column: string, values: string[], answer: Record<string, unknown>, transform: RegExp][] = [
    ["tenure_days", ["365", "61"], {}, /days × 12/],
    ["How long", ["52.2", "8.7"], { units: { tenure_months: "weeks" } }, /weeks × 84/],
    ["Created (UTC)", ["2025-03-01", "2026-01-14"], { as_of: "2026-03-15" }, /months from the date to 2026-03-15/],
  ];
  for (const [column, [first, second], answer, transform] of cases) {
    const id = await accepted(
      `customer_id,${column},Contract,MonthlyCharges\na,${first},One year,70\nb,${second},Month-to-month,80\n`,
    );
    assert.equal((await settled(service, id)).status, "needs_mapping");
    const response = await fetch(`${service.url}/v1/uploads/${id}/mapping`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mapping: { tenure_months: column }, ...answer }),
    });
    assert.equal(response.status, 202, await response.text());
    const done = await settled(service, id);
    assert.equal(done.rows.scored, 2, JSON.stringify(done));
    assert.match(done.mapping.find(({ feature }) => feature === "tenure_months")?.transform ?? "", transform);
    const reasons = (await allPredictions(service, id)).flatMap((each) =>
      each.reasons.filter(({ feature }) => feature === "tenure_months"),
    );
    assert.ok(reasons.length > 0);
    for (const reason of reasons) {
      assert.match(reason.note ?? "", transform);
      assert.ok(reason.value === 12 || reason.value === 2, String(reason.value));
    }
  }
});
