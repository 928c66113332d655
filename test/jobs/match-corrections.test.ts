import assert from "node:assert/strict";
import { test } from "node:test";
import { inFileOrder } from "../../src/jobs/in-file-order.ts";
import { matchCorrections } from "../../src/jobs/match-corrections.ts";

const setAside = [
  { row: 3, customerId: "A" },
  { row: 5, customerId: "B" },
  { row: 7, customerId: "B" },
  { row: 9, customerId: null },
];
const match = (...corrected: [customerId: string | null, firstRow: number | null][]) =>
  matchCorrections(
    corrected.map(([customerId, firstRow]) => ({ customerId, firstRow })),
    setAside,
  ).map((found) => found?.row ?? null);

test("a customer id that one row has is enough, whatever the row says", () => {
  assert.deepEqual(match(["A", null]), [3]);
  assert.deepEqual(match(["A", 5]), [3]);
});

test("of several rows with an id the row decides, and without it none is replaced", () => {
  assert.deepEqual(match(["B", 7], ["B", 5]), [7, 5]);
  assert.deepEqual(match(["B", null]), [null]);
});

test("of several corrected rows with an id the row decides: one of them may be scored already", () => {
  assert.deepEqual(match(["A", 2], ["A", 3]), [null, 3]);
  assert.deepEqual(match(["A", null], ["A", null]), [null, null]);
});

test("where one of the two has no id the row decides", () => {
  assert.deepEqual(match([null, 3], ["C", 9]), [3, 9]);
});

test("another customer's row is not replaced, nor one that is not set aside", () => {
  assert.deepEqual(match(["C", 3], ["C", null], [null, 4], [null, null], ["B", 3]), [null, null, null, null, null]);
});

test("a row is replaced once: the first that comes for it counts", () => {
  assert.deepEqual(match(["A", 3], ["A", 3], [null, 3]), [3, null, null]);
});

test("rows are put into batches in file order, before, between and behind", async () => {
  const of = (...rows: number[]) => rows.map((row) => ({ row }));
  async function* batches() {
    yield of(3, 5);
    yield of(8, 9);
  }
  const all: number[] = [];
  for await (const batch of inFileOrder(batches(), of(2, 4, 6, 7, 10, 11))) all.push(...batch.map(({ row }) => row));
  assert.deepEqual(all, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
