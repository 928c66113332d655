import assert from "node:assert/strict";
import { test } from "node:test";
import { createExportQueue } from "../../src/telemetry/export-queue.ts";

const batch = (since: number, bytes: number) => ({ since, body: new Uint8Array(bytes), dataPoints: 1 });
const times = (batches: readonly { since: number }[]): number[] => batches.map(({ since }) => since);

test("the oldest leaves first, and what is put back is the oldest again", () => {
  const queue = createExportQueue({ maxBytes: 100 });
  for (const since of [1, 2, 3]) assert.deepEqual(queue.add(batch(since, 10)), []);
  const first = queue.take()!;
  assert.equal(first.since, 1);
  assert.equal(queue.bytes, 20);
  assert.deepEqual(queue.putBack(first), []);
  assert.deepEqual([queue.take()!.since, queue.take()!.since, queue.take()!.since], [1, 2, 3]);
  assert.equal(queue.take(), undefined);
  assert.equal(queue.bytes, 0);
});

test("more bytes than allowed push out the oldest; one that alone is too large pushes out nobody", () => {
  const queue = createExportQueue({ maxBytes: 30 });
  for (const since of [1, 2, 3]) queue.add(batch(since, 10));
  assert.deepEqual(times(queue.add(batch(4, 15))), [1, 2]);
  assert.equal(queue.bytes, 25);
  assert.deepEqual(times(queue.add(batch(5, 31))), [5]);
  assert.deepEqual(times(queue.putBack(batch(0, 10))), [0], "what was under way counts as the oldest");
  assert.equal(queue.batches, 2);
});

test("what is older than asked goes, and all goes at the end", () => {
  const queue = createExportQueue({ maxBytes: 100 });
  for (const since of [1, 2, 3]) queue.add(batch(since, 10));
  assert.deepEqual(times(queue.dropOlderThan(2)), [1]);
  assert.deepEqual(times(queue.dropAll()), [2, 3]);
  assert.equal(queue.bytes, 0);
});
