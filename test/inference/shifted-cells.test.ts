/** Rows of the right width whose cells stand one column too far: set aside with that reason, never scored, and nothing else is said of them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { scoreBytes } from "./score-bytes.ts";
import { clean } from "./silent-faults.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

/** Name and city in front of the columns of the model, a note behind them. */
const columns = ["customerID", "Name", "City", ...Object.keys(clean[0]!).slice(1), "Note"];
const rows = clean.map((customer, i) => [
  customer["customerID"]!,
  `Person ${i}`,
  ["Berlin", "Wien", "Bern"][i % 3]!,
  ...Object.values(customer).slice(1),
  "",
]);
const shiftedRows = new Set([4, 50, 90, 131, 299]);
type Shift = (cells: readonly string[]) => readonly string[];
const textOf = (shift: Shift, header: readonly string[] = columns, all: readonly (readonly string[])[] = rows) =>
  [header, ...all.map((cells, i) => (shiftedRows.has(i) ? shift(cells) : cells))]
    .map((cells) => `${cells.join()}\n`)
    .join("");
const score = (csv: string) => scoreBytes(model, new TextEncoder().encode(csv), { explain: false });
const rowsOf = (found: readonly { row: number }[]) => found.map(({ row }) => row);
const expected = [...shiftedRows].map((row) => row + 2);

const comma: Shift = ([id, name, ...rest]) => [id!, name!, " Jr.", ...rest];
const cases: readonly (readonly [what: string, shift: Shift])[] = [
  ["a comma in the name, and no last cell", (cells) => comma(cells).slice(0, -1)],
  ["a comma in the name, and an empty cell too many", comma],
  ["a name that was left out", ([id, , ...rest]) => [id!, ...rest, ""]],
  ["a city that was left out", ([id, name, , ...rest]) => [id!, name!, ...rest, ""]],
];
for (const [what, shift] of cases) {
  test(`${what}: set aside as shifted`, async () => {
    const { end, rejections, predictions } = await score(textOf(shift));
    assert.deepEqual(rowsOf(rejections), expected);
    assert.ok(
      rejections.every(({ errorCode, error }) => errorCode === "cells_shifted" && /one column too far/.test(error)),
    );
    assert.ok(rowsOf(predictions).every((row) => !expected.includes(row)));
    const { problems, not_scored: total } = end!.report;
    assert.deepEqual([problems[0]!.cause, problems[0]!.not_scored.customers], ["cells_shifted", 5]);
    assert.deepEqual(total, { customers: 5, monthly_revenue: null, revenue_known_for: 0 });
    // Nothing is said of values that stand in the wrong column.
    const { issues } = end!.report;
    assert.deepEqual(
      issues.filter(({ code }) => !["cells_shifted", "blank_value", "mapping_doubtful"].includes(code)),
      [],
    );
  });
}

test("a shift within columns of yes and no is seen by the comma of the name", async () => {
  // Of the model's columns only flags are beside the name, and the cell that is lost is behind them: each of their cells fits wherever it stands.
  const flags = ["Partner", "Dependents", "PaperlessBilling"];
  const others = ["tenure", "MonthlyCharges", "Contract"];
  const header = ["customerID", ...others, "Name", "Newsletter", ...flags, "Note"];
  const all = clean.map((customer, i) => [
    customer["customerID"]!,
    ...others.map((name) => customer[name]!),
    `Person ${i}`,
    i % 2 === 0 ? "Yes" : "No",
    ...flags.map((name) => customer[name]!),
    `note ${i}`,
  ]);
  const shift: Shift = (cells) => [...cells.slice(0, 5), " Jr.", ...cells.slice(5, -1)];
  const { rejections } = await score(textOf(shift, header, all));
  assert.deepEqual(rowsOf(rejections), expected);
  assert.ok(rejections.every(({ errorCode }) => errorCode === "cells_shifted"));
});

test("rows that are in order are scored, whatever odd values they have", async () => {
  const odd: Shift = ([id, name, , ...rest]) => [id!, name!, "Timbuktu", ...rest];
  for (const shift of [odd, (cells: readonly string[]) => cells]) {
    const { rejections, predictions } = await score(textOf(shift));
    assert.deepEqual([rejections.length, predictions.length], [0, clean.length]);
  }
  // Some of these fit beside their columns, and not all of them: no shift explains the row.
  const values: readonly Readonly<Record<string, string>>[] = [
    { City: "Timbuktu", Partner: "perhaps", OnlineBackup: "perhaps" },
    { InternetService: "Satellite", OnlineSecurity: "DSL" },
  ];
  for (const instead of values) {
    const { rejections } = await score(textOf((cells) => cells.map((cell, i) => instead[columns[i]!] ?? cell)));
    assert.deepEqual(rowsOf(rejections), expected);
    assert.ok(rejections.every(({ errorCode }) => errorCode === "unknown_category"));
  }
  const wrong: Shift = (cells) => cells.map((cell, i) => (i === columns.indexOf("tenure") ? "soon" : cell));
  const { rejections } = await score(textOf(wrong));
  assert.ok(rejections.length === 5 && rejections.every(({ errorCode }) => errorCode === "not_a_number"));
});
