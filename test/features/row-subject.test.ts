/** A file of several rows a customer, in which no column holds ids. */
import assert from "node:assert/strict";
import { scoreBytes } from "../inference/score-bytes.ts";
import { loadTelecom } from "../inference/telecom-model.ts";
import { test } from "../slow-test.ts";

const model = await loadTelecom();
const terms = ["Month-to-month", "One year", "Two year"];

/** `names` customers with a row for each of `months`, under this header. */
function history(header: string, names: number, months: number, name = (i: number) => `Company ${i}`): Uint8Array {
  const rows = Array.from({ length: names * months }, (_, i) => {
    const n = Math.floor(i / months);
    return `${name(n)},2026-0${(i % months) + 1},${(n % 40) + (i % months)},${30 + (n % 50)}.5,${terms[n % 3]}`;
  });
  return new TextEncoder().encode([`${header},Month,tenure,MonthlyCharges,Contract`, ...rows, ""].join("\n"));
}

async function told(csv: Uint8Array): Promise<readonly string[]> {
  const { report, predictions } = await scoreBytes(model, csv, { explain: false });
  assert.equal(report.blocked, null);
  assert.ok(predictions.length > 0);
  return report.report.issues.filter(({ code }) => code === "rows_not_customers").map(({ message }) => message);
}

test("a customer of several rows is told by the column that names it, exactly or about", async () => {
  for (const header of ["Account", "Company name", "E-mail", "Kunde", "User"]) {
    const [message] = await told(history(header, 60, 6));
    assert.match(message ?? "", new RegExp(`^"${header}" names 60 customers in 360 rows: `));
  }
  const [message] = await told(history("account_name", 700, 3));
  const [, about] = /names about (\d+) customers in 2100 rows/.exec(message ?? "") ?? [];
  assert.ok(Math.abs(Number(about) - 700) < 30, message);
});

test("nothing is said where each name has its row, of a few namesakes, of kinds of customers, or where ids are counted", async () => {
  assert.deepEqual(await told(history("Account", 300, 1)), []);
  assert.deepEqual(await told(history("Customer name", 300, 1, (i) => `N ${i % 280}`)), []);
  assert.deepEqual(await told(history("Customer", 300, 1, (i) => ["business", "private"][i % 2]!)), []);
  assert.deepEqual(await told(history("Account manager", 60, 6)), []);
  assert.deepEqual(await told(history("Customer ID", 60, 6)), []);
  const users = Array.from(
    { length: 120 },
    (_, i) => `U-${i},Company ${i % 20},${i % 40},${30 + (i % 50)}.5,${terms[i % 3]}`,
  );
  const csv = ["Customer ID,Company,tenure,MonthlyCharges,Contract", ...users, ""].join("\n");
  assert.deepEqual(await told(new TextEncoder().encode(csv)), []);
});
