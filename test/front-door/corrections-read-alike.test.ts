/** A corrected file is read as the first one was, whatever its few rows would say of themselves. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { customerHeader } from "../../bench/customers.ts";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { assertSame, badRows, column, complete, corrected, count, csvOf, customers, text } from "./correction-files.ts";
import { readTable } from "./csv-table.ts";
import { startService } from "./service.ts";

const folder = temporaryFolder();
const at = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await at.stop(), 0, at.output());
  folder.remove();
});

test("units and columns that a person said for the first upload are not asked again", async () => {
  const inYears = (cells: readonly string[]) =>
    cells.with(column("tenure"), String(Number(cells[column("tenure")]) / 8));
  const header = (customerHeader as readonly string[]).with(column("tenure"), "how_long");
  const rows = customers.map((cells) => inYears(cells));
  const query = `?mapping=${encodeURIComponent('{"tenure_months":"how_long"}')}&units=${encodeURIComponent('{"tenure_months":"years"}')}`;
  const right = await complete(at, csvOf(rows, header), query);
  assert.equal(right.status, "completed", JSON.stringify(right.error));
  const wrong = rows.map((cells, i) => (badRows.includes(i) ? cells.with(column("Contract"), "Sometimes") : cells));
  const first = await complete(at, csvOf(wrong, header), query);
  const bad = readTable(await text(at, `${first.upload_id}/rejected.csv`)).rows.map((row) => Number(row.get("row")));
  const second = await complete(
    at,
    csvOf(
      bad.map((row) => [String(row), "", "", ...rows[row - 2]!]),
      ["row", "error_code", "error", ...header],
    ),
    `?corrects=${first.upload_id}`,
  );
  assert.equal(count(second, "correction_merged"), 30, JSON.stringify([second.error, second.questions]));
  await assertSame(at, first.upload_id, right.upload_id);
});

test("a number that reads two ways in the few corrected rows is read as in the first file", async () => {
  // The small totals show in the whole file that the comma groups thousands; the corrected rows have none of them.
  const total = (cells: readonly string[]) => Math.round(Number(cells[column("TotalCharges")]));
  const rows = customers.map((cells) => {
    const grouped = String(total(cells)).replace(/(\d)(\d{3})$/, '"$1,$2"');
    // Nor does another column show it.
    const monthly = String(Math.round(Number(cells[column("MonthlyCharges")])));
    return cells.with(column("TotalCharges"), grouped).with(column("MonthlyCharges"), monthly);
  });
  const isWrong = (cells: readonly string[], i: number) => i % 9 === 0 && total(cells) >= 1_000;
  const right = await complete(at, csvOf(rows));
  assert.equal(right.status, "completed", JSON.stringify([right.error, right.questions]));
  const first = await complete(
    at,
    csvOf(rows.map((cells, i) => (isWrong(customers[i]!, i) ? cells.with(column("Contract"), "Never") : cells))),
  );
  assert.ok(first.rows.rejected > 5, JSON.stringify([first.error, first.questions]));
  const { header, rows: again } = await corrected(at, first.upload_id, (customer) => rows[customer]!);
  const second = await complete(at, csvOf(again, header), `?corrects=${first.upload_id}`);
  assert.equal(
    count(second, "correction_merged"),
    first.rows.rejected,
    JSON.stringify([second.error, second.questions]),
  );
  await assertSame(at, first.upload_id, right.upload_id);
});

test("what the corrected rows alone would raise as a question was settled by the first file", async () => {
  // Of these customers alone one would think that they count their tenure in years.
  const rows = customers.map((cells, i) =>
    badRows.includes(i)
      ? cells.with(column("TotalCharges"), String(Number(cells[column("TotalCharges")]) * 12))
      : cells,
  );
  const right = await complete(at, csvOf(rows));
  assert.equal(right.status, "completed", JSON.stringify(right.questions));
  const wrong = rows.map((cells, i) => (badRows.includes(i) ? cells.with(column("Contract"), "Never") : cells));
  const first = await complete(at, csvOf(wrong));
  const { header, rows: again } = await corrected(at, first.upload_id, (customer) => rows[customer]!);
  assert.equal((await complete(at, csvOf(again, header))).status, "needs_mapping");
  const second = await complete(at, csvOf(again, header), `?corrects=${first.upload_id}`);
  assert.equal(count(second, "correction_merged"), 30, JSON.stringify([second.error, second.questions]));
  await assertSame(at, first.upload_id, right.upload_id);
});
