/** One message, five deliveries at once, three workers: what a queue that delivers at least once may do at its worst. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "../slow-test.ts";
import { type Rehearsed, rehearse } from "./rehearse.ts";
import { crowded } from "./scenario.ts";
import { crowdWeaknesses, type Weakness } from "./weakness.ts";

/** Fixed, so that a red run is red again; another one explores other worlds. */
const seed = Number(process.env.RETAINWISE_TEST_SEED ?? 20260);
const seeds = Number(process.env.RETAINWISE_TEST_CROWDS ?? 250);

test("in 250 worlds with each message delivered five times at once to three workers there is one set of rows and one completion", async () => {
  let crowds = 0;
  await fc.assert(
    fc.asyncProperty(crowded, fc.scheduler(), async (scenario, scheduler) => {
      const world = await rehearse(scenario, scheduler);
      for (const { uploadId } of world.people) {
        const completions = world.shared.tables.transitions.filter(
          (each) => each.uploadId === uploadId && each.to === "completed",
        );
        assert.ok(completions.length <= 1, `${uploadId} was completed ${completions.length} times`);
        if (claimants(world, uploadId) === 3) crowds++;
      }
    }),
    { seed, numRuns: seeds, endOnFailure: true },
  );
  // Otherwise the title would be a boast: all three workers had the upload's message before anybody was done with it.
  assert.ok(crowds >= seeds / 2, `${crowds} uploads met three workers at once`);
});

/** What this kind of world is for, and mistakes of other kinds that it must not hide: each shows within a hundred worlds or so. */
const seen: readonly Weakness[] = [
  ...crowdWeaknesses,
  "a claim ignores that another attempt is alive",
  "results are saved without the token",
  "a message is deleted when it is received",
];

for (const weakness of seen) {
  test(`a crowd in a world in which ${weakness} finds it out`, async () => {
    const found = await fc.check(
      fc.asyncProperty(crowded, fc.scheduler(), async (scenario, scheduler) => {
        await rehearse(scenario, scheduler, weakness);
      }),
      { seed, numRuns: seeds * 4, endOnFailure: true },
    );
    assert.ok(found.failed, `not in ${found.numRuns} worlds`);
  });
}

/** Workers that tried to claim the upload before its first attempt came to any end. */
function claimants({ trace }: Rehearsed, uploadId: string): number {
  const name = `u${uploadId.at(-1)}`;
  const tried = new Set<string>();
  for (const line of trace) {
    const [, worker] = /(worker\d)#\d+: (?:claim|is it open) (u\d)/.exec(line) ?? [];
    if (worker !== undefined && line.includes(name)) tried.add(worker);
    if (new RegExp(`(complete|fail|require mapping) ${name}\\b`).test(line) && !line.includes("lease_lost")) break;
  }
  return tried.size;
}
