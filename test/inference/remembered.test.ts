/** What is remembered of one file is used for the next only where it fits; why not is told each time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
const score = (lines: readonly string[], options: Parameters<typeof scoreBytes>[2]) =>
  scoreBytes(model, new TextEncoder().encode(lines.join("\n")), { explain: false, ...options });
const reasons = ({ report }: Awaited<ReturnType<typeof score>>) =>
  report.report.issues
    .filter(({ code }) => code === "remembered_mapping_unfit")
    .map(({ feature, severity, message }) => [feature, severity, message.split(": ")[1]]);
const people = ["a,5,One year,70.5", "b,40,Two year,29.95"];

test("dates are counted again up to the new day, and not where they are turned round or none any more", async () => {
  const head = "customer_id,Since,Contract,MonthlyCharges";
  const rows = (dates: readonly string[]) => [head, ...dates.map((date, i) => `c${i},${date},One year,70.5`)];
  const remembered = { tenure_months: { column: "Since", unit: "date_day_first" } };
  const fits = await score(rows(["20/01/2026", "03/02/2025"]), { remembered, asOf: "2026-03-25" });
  assert.deepEqual(reasons(fits), []);
  assert.deepEqual(
    fits.predictions.map(
      ({ values }) => values[model.schema.features.findIndex(({ name }) => name === "tenure_months")],
    ),
    [2, 13],
  );
  const cases: [dates: string[], asOf: string | undefined, reason: RegExp][] = [
    [["01/20/2026", "02/23/2025"], "2026-03-25", /^day and month of its dates are the other way round here\.$/],
    [["5", "40"], "2026-03-25", /^it held dates, and holds none here\.$/],
    [["20/01/2026", "03/02/2025"], undefined, /as_of/],
  ];
  for (const [dates, asOf, reason] of cases) {
    const unfit = await score(rows(dates), { remembered, ...(asOf === undefined ? {} : { asOf }) });
    assert.equal(unfit.predictions.length, 0);
    assert.equal(reasons(unfit).length, 1);
    assert.match(reasons(unfit)[0]![2]!, reason);
  }
});

test("a memory that this model or file refuses stops no file", async () => {
  const lines = ["customer_id,tenure,Contract,MonthlyCharges,Churn", ...people.map((row) => `${row},No`)];
  const plain = await score(lines, {});
  const column = (name: string, unit: string | null = null) => ({ column: name, unit });
  const remembered = {
    colour: column("Contract"),
    contract: column("Churn"),
    monthly_charges: column("MonthlyCharges", "furlongs"),
    partner: column("Partner"),
    tenure_months: column("Churn"),
  };
  const scored = await score(lines, { remembered });
  assert.deepEqual(scored.predictions, plain.predictions);
  assert.deepEqual(
    reasons(scored)
      .map(([feature, severity]) => [feature, severity])
      .toSorted(),
    [
      ["colour", "warning"],
      ["contract", "warning"],
      ["monthly_charges", "warning"],
      ["partner", "info"],
      ["tenure_months", "warning"],
    ],
  );
});

test("what is said this time goes before what is remembered, by name and by place", async () => {
  const lines = ["customer_id,Zeit,Contract,MonthlyCharges", ...people];
  const remembered = { total_charges: { column: "Zeit", unit: null } };
  for (const said of ["Zeit", "#2"]) {
    const scored = await score(lines, { remembered, mapping: { tenure_months: said } });
    assert.equal(scored.predictions.length, 2);
    assert.deepEqual(reasons(scored), [
      ["total_charges", "info", "the column is used for another feature of this file."],
    ]);
  }
  const own = await score(lines, {
    remembered: { contract: { column: "Zeit", unit: null } },
    mapping: { contract: "Contract", tenure_months: "Zeit" },
  });
  assert.deepEqual(reasons(own), []);
});
