import assert from "node:assert/strict";
import { test } from "node:test";
import { drawRows } from "../../src/store/draw-rows.ts";

const all = (first: number, last: number, seed: number, batch = 100) => [...drawRows(first, last, seed, batch)].flat();

test("every number of a short range is drawn once, in batches, in an order of the seed's own", () => {
  const batches = [...drawRows(2, 251, 7, 100)];
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [100, 100, 50],
  );
  const numbers = batches.flat();
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: 250 }, (_, i) => i + 2),
  );
  assert.notDeepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
  assert.deepEqual(all(2, 251, 7, 33), numbers);
  assert.notDeepEqual(all(2, 251, 8), numbers);
});

test("the draw of a seed is the same on every machine", () => {
  assert.deepEqual(all(1, 10, 1), [7, 2, 1, 10, 4, 3, 9, 5, 6, 8]);
  assert.deepEqual(drawRows(1, 5_000_000, 1, 3).next().value, [3135370, 13679, 2637236]);
});

test("of a long range different numbers within it are drawn, and no more than a bounded number", () => {
  const numbers = all(1_000, 5_001_000, 3, 2_000);
  assert.equal(numbers.length, 65_536);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.every((number) => number >= 1_000 && number <= 5_001_000));
});

test("all tenths of a range are drawn equally often, short or long", () => {
  for (const last of [1_000, 1_000_000]) {
    const tenths = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 400; seed++)
      for (const number of drawRows(1, last, seed, 25).next().value!)
        tenths[Math.floor(((number - 1) / last) * 10)]! += 1;
    // 10,000 draws: 1,000 each, give or take five standard deviations.
    for (const count of tenths) assert.ok(Math.abs(count - 1_000) < 150, String(tenths));
  }
});
