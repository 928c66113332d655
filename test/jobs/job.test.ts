import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { type JobDeps, type JobStore, runJob } from "../../src/jobs/job.ts";
import { limits } from "../../src/limits.ts";
import { settle } from "../../src/queue/settlement.ts";
import type { Upload } from "../../src/store/upload.ts";

/** A job whose upload was claimed so many times without an end, and what it did to the store. */
function rig(strikes: number, scoreFile: () => Promise<void>) {
  const done: string[] = [];
  const upload = { strikes, options: {}, sha256: "", bytes: 1 } as unknown as Upload;
  const store: JobStore = {
    claimUpload: async () => ({ upload, objectKey: "k" }),
    rememberedColumns: async () => ({}),
    saveReport: async () => undefined,
    saveProgress: async () => undefined,
    savePredictions: async () => undefined,
    requireMapping: async () => undefined,
    completeUpload: async () => undefined,
    failUpload: async (_, { code }) => void done.push(`failed ${code}`),
    releaseUpload: async () => void done.push("released"),
    getUpload: async () => null,
    findRejections: async () => [],
    async *streamPredictions() {},
    completeCorrection: async () => true,
  };
  const deps = {
    ...{ store, log: () => undefined, modelFor: () => ({ name: "m", version: "1.0.0", digest: "d" }) },
    objects: { delete: async (key: string) => void done.push(`deleted ${key}`) },
    inference: {
      scoreFile: () => {
        done.push("scored");
        return scoreFile();
      },
    },
  } as unknown as JobDeps;
  const run = (isLast: boolean) => runJob(deps, randomUUID(), randomUUID(), new AbortController().signal, isLast);
  return { done, run };
}

test("an upload that ended every process so far is quarantined at the last receive before it is read, and not earlier", async () => {
  const last = rig(limits.maxReceiveCount, async () => undefined);
  assert.deepEqual(await last.run(true), { end: "ended" });
  assert.deepEqual(last.done, ["failed poison"]);
  const earlier = rig(limits.maxReceiveCount, async () => undefined);
  await earlier.run(false);
  assert.deepEqual(earlier.done, ["scored"]);
  const fewer = rig(limits.maxReceiveCount - 1, async () => undefined);
  await fewer.run(true);
  assert.deepEqual(fewer.done, ["scored"]);
});

test("a worker that lost only its message lets go of the upload", async () => {
  const lost = new RetainWiseError("lease_lost", "The message went to another worker.");
  const { done, run } = rig(1, () => Promise.reject(lost));
  assert.deepEqual(await run(false), { end: "again", error: lost });
  assert.deepEqual(done, ["scored", "released"]);
});

test("a message whose upload another attempt holds comes back when that one may be dead, plus jitter", () => {
  const wait = (random: number) => {
    const settlement = settle("lease_lost", 1, random);
    return settlement.action === "release" ? settlement.delaySeconds : null;
  };
  assert.equal(wait(0), limits.attemptSeconds);
  assert.ok(wait(0.999)! > limits.attemptSeconds);
  assert.deepEqual(settle("database_unavailable", 1, 0), { action: "release", delaySeconds: 0, last: false });
});

test("progress is saved by the clock that the job is given: not in its first quarter of a second, and then again", async () => {
  const start = 1e9;
  let now = start;
  const saved: number[] = [];
  const upload = { strikes: 1, options: {}, sha256: "", bytes: 1 } as unknown as Upload;
  const deps = {
    clock: { now: () => now },
    log: () => undefined,
    modelFor: () => ({ name: "m", version: "1.0.0", digest: "d" }),
    store: {
      claimUpload: async () => ({ upload, objectKey: "k" }),
      rememberedColumns: async () => ({}),
      saveProgress: async () => void saved.push(now - start),
    },
    inference: {
      async scoreFile({ onEvent }: { onEvent: (event: object) => Promise<void> }) {
        for (const at of [100, 300, 400, 600]) {
          now = start + at;
          await onEvent({ type: "progress", share: at / 1_000 });
        }
      },
    },
  } as unknown as JobDeps;
  await runJob(deps, randomUUID(), randomUUID(), new AbortController().signal, false);
  assert.deepEqual(saved, [300, 600]);
});

test("a file with card numbers is deleted once its upload has failed, and any other failed file is kept", async () => {
  const failing = async (code: "card_numbers" | "csv_malformed" | "storage_unavailable") => {
    const { done, run } = rig(1, () => Promise.reject(new RetainWiseError(code, "It is so.")));
    await run(false);
    return done;
  };
  assert.deepEqual(await failing("card_numbers"), ["scored", "failed card_numbers", "deleted k"]);
  assert.deepEqual(await failing("csv_malformed"), ["scored", "failed csv_malformed"]);
  assert.deepEqual(await failing("storage_unavailable"), ["scored", "released"]);
});
