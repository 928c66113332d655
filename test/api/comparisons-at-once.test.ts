import assert from "node:assert/strict";
import { it } from "node:test";
import { createComparisonsAtOnce } from "../../src/api/comparisons-at-once.ts";

it("comparisons run a few at a time, in the order they came, whatever becomes of those before", async () => {
  const atOnce = createComparisonsAtOnce({ most: 2, waitMilliseconds: 5_000 });
  const began: number[] = [];
  let running = 0;
  let most = 0;
  const ends = [0, 1, 2, 3, 4].map(async (i) =>
    atOnce(async () => {
      began.push(i);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (i === 1) throw new Error("one fails");
      return i;
    }),
  );
  const results = await Promise.allSettled(ends);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"],
  );
  assert.deepEqual(began, [0, 1, 2, 3, 4]);
  assert.equal(most, 2);
});

it("a comparison whose turn does not come in time is refused, and takes nobody's turn", async () => {
  const atOnce = createComparisonsAtOnce({ most: 1, waitMilliseconds: 10 });
  const first = Promise.withResolvers<void>();
  const under = atOnce(() => first.promise);
  await assert.rejects(
    atOnce(async () => assert.fail("not its turn")),
    { code: "overloaded" },
  );
  first.resolve();
  await under;
  assert.equal(await atOnce(async () => 7), 7);
});
