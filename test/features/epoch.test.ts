import assert from "node:assert/strict";
import { test } from "node:test";
import { readDate } from "../../src/features/date-reading.ts";
import { isEpochColumn } from "../../src/features/epoch.ts";
import { runFile } from "./run-file.ts";

const day = (text: string) => readDate(text, 0, text.length, "day_first");
const isEpoch = (values: readonly string[]) => isEpochColumn(runFile(`x\n${values.join("\n")}\n`).survey.columns[0]!);

test("seconds and milliseconds since 1970 are a day in UTC, to the last second of it", () => {
  const seconds = Date.UTC(2024, 1, 29) / 1_000;
  assert.equal(day(String(seconds)), 20240229);
  assert.equal(day(String(seconds + 86_399)), 20240229);
  assert.equal(day(String(seconds + 86_400)), 20240301);
  assert.equal(day(`${seconds}999`), 20240229);
});

test("other numbers are no moment: before 1990, after 2060, too long or not digits alone", () => {
  for (const text of ["12", "630000000", "2900000000", "17000000000000", "1700000000.5", "-1700000000", "17000000AB"])
    assert.ok(Number.isNaN(day(text)), text);
});

test("a column is one of moments only as a whole", () => {
  assert.ok(isEpoch(["1620000000", "1720000000", ""]));
  assert.ok(isEpoch(["1620000000123", "1720000000456"]));
  assert.ok(!isEpoch(["1620000000", "24"]));
  assert.ok(!isEpoch(["1620000000", "soon"]));
  assert.ok(!isEpoch(["1620000000", "1720000000456"]), "not the one and the other");
  assert.ok(!isEpoch(["12", "24", "36"]));
});
