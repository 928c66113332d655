import assert from "node:assert/strict";
import { test } from "node:test";
import { decideNumberFormats, type NumberFormat } from "../../src/features/number-format.ts";
import { createProfiler } from "../../src/features/profile.ts";
import { makeRecords } from "./make-records.ts";

/** Formats of columns given as lists of cells. */
function decide(columns: string[][], given?: "." | ","): NumberFormat[] {
  const headers = columns.map((_, i) => `c${i}`);
  const length = Math.max(...columns.map((column) => column.length));
  const lines = Array.from({ length }, (_, i) => columns.map((column) => column[i] ?? "").join("\t"));
  const profiler = createProfiler({ headers, headerRow: 0 });
  profiler.add(makeRecords(`${lines.join("\n")}\n`, { delimiter: "\t" }), 0);
  return decideNumberFormats(profiler.result().columns, given);
}
const alone = (cells: string[], given?: "." | ",") => {
  const { decimal, basis } = decide([cells], given)[0]!;
  return `${decimal} ${basis}`;
};

test("one value that only one convention reads decides its column", () => {
  assert.equal(alone(["1.000", "2.000", "53,85"]), ", values");
  assert.equal(alone(["1,000", "2,000", "53.85"]), ". values");
  assert.equal(alone(["1.234.567", "1.000"]), ", values");
});

test("a column of nothing but 1.000 or 25,000 is left undecided", () => {
  assert.equal(alone(["1.000", "2.000"]), ". ambiguous");
  assert.equal(alone(["25,000", "1,000"]), ". ambiguous");
  assert.equal(alone(["1,000", "1.000"]), ". ambiguous");
});

test("short integers without a mark beside it make it a thousands mark, long ones do not", () => {
  assert.equal(alone(["950", "1,200", "25,000"]), ". grouping");
  assert.equal(alone(["950", "1.200"]), ", grouping");
  assert.equal(alone(["9500", "1,200"]), ". ambiguous");
});

test("the other columns of the file help where a column cannot tell", () => {
  assert.equal(
    decide([
      ["1.000", "2.000"],
      ["53,85", "1"],
    ])[0]!.basis,
    "file",
  );
  assert.equal(
    decide([
      ["1.000", "2.000"],
      ["53,85", "1"],
    ])[0]!.decimal,
    ",",
  );
  assert.equal(
    decide([
      ["1.000", "2.000"],
      ["53,85", "1"],
      ["5.5", "1"],
    ])[0]!.basis,
    "ambiguous",
  );
});

test("both conventions in one column are a conflict, a stray cell is not", () => {
  assert.equal(alone(["5,5", "5.5"]), ". conflict");
  assert.equal(alone([...new Array<string>(99).fill("5,5"), "5.5"]), ", values");
});

test("what the person says goes before the values", () => {
  assert.equal(alone(["1.000", "5.5"], ","), ", given");
});

test("the currencies of a column are told", () => {
  assert.deepEqual(decide([["$5", "US$ 6", "7 USD"]])[0]!.currencies, ["USD"]);
  assert.deepEqual(decide([["$5", "6 €"]])[0]!.currencies, ["USD", "EUR"]);
});
