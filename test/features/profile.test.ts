import assert from "node:assert/strict";
import { test } from "node:test";
import { createProfiler, type Survey } from "../../src/features/profile.ts";
import { createRowFilter, isFooterText } from "../../src/features/row-filter.ts";
import { makeRecords } from "./make-records.ts";

function survey(headers: string[], lines: string[], blocks = 1): Survey {
  const profiler = createProfiler({ headers, headerRow: 1 });
  const size = Math.ceil(lines.length / blocks);
  for (let at = 0; at < lines.length; at += size) {
    const part = lines.slice(at, at + size);
    profiler.add(makeRecords(part.map((line) => `${line}\n`).join(""), { firstRow: 2 + at }), 0);
  }
  return profiler.result();
}

test("blank, missing, text and numbers are told apart", () => {
  const [column] = survey(["a", "b"], [" ,x", "N/A,x", "12,x", "1.5,x", "1.500,x", "abc,x", "None,x"]).columns;
  assert.deepEqual([column!.count, column!.blank, column!.missing], [7, 1, 2]);
  assert.deepEqual(column!.numbers, {
    plain: 1,
    dot: 1,
    comma: 0,
    eitherDot: 1,
    eitherComma: 0,
    ungrouped: 0,
    percent: 0,
    text: 1,
  });
});

test("few different texts are counted exactly, many are estimated", () => {
  const few = survey(["a"], ["Yes", "No", "Yes ", "'Yes"]).columns[0]!;
  assert.deepEqual(few.distinct, [
    { text: "Yes", count: 3 },
    { text: "No", count: 1 },
  ]);
  const many = survey(
    ["id"],
    Array.from({ length: 5000 }, (_, i) => `id-${i}`),
  ).columns[0]!;
  assert.equal(many.distinct, null);
  assert.ok(Math.abs(many.distinctEstimate - 5000) < 250, String(many.distinctEstimate));
  const repeated = survey(
    ["id"],
    Array.from({ length: 5000 }, (_, i) => `id-${i % 500}`),
  ).columns[0]!;
  assert.ok(Math.abs(repeated.distinctEstimate - 500) < 25, String(repeated.distinctEstimate));
});

test("statistics do not depend on how the file is cut into blocks", () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `${i % 73},${((i * 7919) % 1000) / 8}`);
  const whole = survey(["a", "b"], lines);
  for (const blocks of [2, 7, 300]) assert.deepEqual(survey(["a", "b"], lines, blocks), whole);
});

test("quantiles are near the true ones, also for more values than are kept", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => String((i * 7919) % 20_000));
  const stats = survey(["a"], lines).columns[0]!.dot!;
  assert.deepEqual([stats.min, stats.max, stats.count, stats.integers], [0, 19_999, 20_000, 20_000]);
  for (const [q, value] of stats.quantiles.entries()) assert.ok(Math.abs(value - q * 1000) < 600, `${q}: ${value}`);
});

test("the comma reading has its own statistics", () => {
  const [column] = survey(["a", "b"], ['"1,5",x', '"2,25",x', "7,x"]).columns;
  assert.deepEqual([column!.comma!.min, column!.comma!.max, column!.comma!.count], [1.5, 7, 3]);
  assert.equal(column!.dot!.count, 1);
});

test("dates are seen in their usual forms", () => {
  const dates = [
    "2024-03-12 09:14",
    "3/15/2024 2:30 PM",
    "12.03.2024",
    "12-Mar-24",
    "Mar 3 2024",
    "20240312",
    "2024-03-12T09:14:00Z",
  ];
  for (const date of dates) assert.equal(survey(["a"], [date]).columns[0]!.dateShare, 1, date);
  for (const other of ["1234-ABCDE", "12.5", "1.234.567", "99999999", "One year", "555-1234"]) {
    assert.equal(survey(["a"], [other]).columns[0]!.dateShare, 0, other);
  }
});

test("footers at the end are found, and a total in the middle is a row", () => {
  const end = survey(["a", "b"], ["1,2", '"Grand Totals (5,700 records)"', "", '"Copyright (c) 2000-2026 x, inc."']);
  assert.deepEqual([end.footerFrom, end.rows, end.emptyRows], [3, 1, 1]);
  const middle = survey(["a", "b"], ["1,2", "Total,", "3,4"]);
  assert.deepEqual([middle.footerFrom, middle.rows], [null, 3]);
});

test("only what reports write is a footer", () => {
  for (const text of ["Total", "Totals:", "Grand Totals (57 records)", "Confidential Information - Do Not Distribute"])
    assert.ok(isFooterText(text));
  for (const text of ["TotalEnergies", "Total Energies", "Sumner", "Copyright Ltd", "C-1001"])
    assert.ok(!isFooterText(text), text);
});

test("a full row of a customer called Total is data", () => {
  const records = makeRecords("Total,5,6\n");
  assert.equal(createRowFilter({ headers: ["a", "b", "c"], headerRow: 1 }).kind(records, 0), "data");
});

test("a line of guidance counts only directly below the header, and #1001 is a customer", () => {
  const first = survey(["a", "b"], ["# fill in,x", "1,2", "# fill in,x"]);
  assert.deepEqual([first.guidanceRows, first.rows], [1, 2]);
  assert.equal(survey(["a", "b"], ["#1001,x"]).guidanceRows, 0);
});

test("rows with trailing empty cells fit, wider and narrower ones do not", () => {
  const found = survey(["a", "b"], ["1,2,,,", "1,2,3", "1"]);
  assert.deepEqual([found.rows, found.wrongWidthRows], [1, 2]);
  assert.equal(survey(["a", "b", ""], ["1,2"]).rows, 1);
});
