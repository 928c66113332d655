import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { type CorrectionStore, startCorrection } from "../../src/jobs/correction.ts";
import { limits } from "../../src/limits.ts";
import type { Merge } from "../../src/store/corrections.ts";
import type { Upload } from "../../src/store/upload.ts";
import { prediction, rejection, report } from "../store/samples.ts";

const model = { name: "m", version: "1.0.0", digest: "d" };
const attempt = { tenantId: randomUUID(), uploadId: randomUUID(), attemptToken: randomUUID() };
const firstId = randomUUID();
const completed = {
  uploadId: firstId,
  status: "completed",
  options: { units: { tenure: "years" }, asOf: "2026-03-01" },
  model,
  report,
  summary: { before: true },
  rowsScored: 2,
  corrections: [],
} as unknown as Upload;
const correcting = { options: { corrects: firstId } } as unknown as Upload;
const end = { report, rows: { read: 2, scored: 1, rejected: 1 }, summary: {} };

/** `firsts`: the first upload as it is found, time after time; the last one stays. */
function rig(firsts: readonly (Upload | null)[], answers: readonly boolean[] = [true]) {
  const found = [...firsts];
  const merges: Merge[] = [];
  const store: CorrectionStore = {
    getUpload: async () => (found.length > 1 ? found.shift()! : found[0]!),
    findRejections: async () => [3, 6].map((row) => rejection(row)),
    async *streamPredictions() {
      yield [prediction(2), prediction(4)];
    },
    saveProgress: async () => undefined,
    async completeCorrection(_, __, merge) {
      merges.push(merge);
      return answers[merges.length - 1] ?? false;
    },
  };
  const summed: number[][] = [];
  const inference = {
    async summarise(_: string, __: readonly string[], rows: AsyncIterable<readonly { row: number }[]>) {
      const all: number[] = [];
      for await (const batch of rows) all.push(...batch.map(({ row }) => row));
      summed.push(all);
      return { customers: all.length } as never;
    },
  };
  return {
    store,
    merges,
    summed,
    start: () => startCorrection({ store, inference, modelFor: () => model }, attempt, correcting),
  };
}
const chunk = { type: "chunk", share: 1, rows: 2, work: null } as const;
const scored = { ...chunk, predictions: [prediction(2, { customerId: "C-3" })], rejections: [] };
const refused = { ...chunk, predictions: [], rejections: [{ ...rejection(3), customerId: "C-6" }] };
const inFirst = { row: null, source: "in,first" };

test("what a person said for the first upload is said for its correction, and its rows are summed in file order", async () => {
  const { merges, summed, start } = rig([completed]);
  const correction = (await start())!;
  assert.deepEqual(correction.options, {
    first: report,
    remembered: {},
    units: { tenure: "years" },
    asOf: "2026-03-01",
  });
  correction.keep({ ...scored, firsts: [inFirst] });
  correction.keep({ ...refused, firsts: [inFirst] });
  await correction.complete(end);
  assert.deepEqual(summed, [[2, 3, 4]]);
  assert.deepEqual(merges[0]!.predictions, [{ ...scored.predictions[0]!, row: 3, source: "in,first" }]);
  assert.deepEqual(merges[0]!.rejections, [{ ...refused.rejections[0]!, row: 6, source: "in,first" }]);
  assert.deepEqual(merges[0]!.summary, { customers: 3 });
});

test("a first upload that changes meanwhile is read anew, and for ever is for later", async () => {
  const later = { ...completed, rowsScored: 5 };
  const twice = rig([completed, completed, later], [false, true]);
  const correction = (await twice.start())!;
  correction.keep({ ...scored, firsts: [inFirst] });
  await correction.complete(end);
  assert.deepEqual(
    twice.merges.map(({ first }) => first.rowsScored),
    [2, 5],
  );
  const never = (await rig([completed], []).start())!;
  await assert.rejects(never.complete(end), { code: "lease_lost" });
});

test("a first upload that is deleted, not completed or of another version of the model ends the correction in words", async () => {
  const other = { ...completed, model: { ...model, version: "0.9.0", digest: "e" } };
  for (const [first, words] of [
    [null, /deleted/],
    [{ ...completed, status: "processing" } as Upload, /processing/],
    [other, /0\.9\.0.*1\.0\.0/],
  ] as const) {
    await assert.rejects(rig([first]).start(), (error: { code: string; detail: string }) => {
      assert.equal(error.code, "correction_refused");
      assert.match(error.detail, words);
      return true;
    });
  }
  const deleted = (await rig([completed, null]).start())!;
  deleted.keep({ ...scored, firsts: [inFirst] });
  await assert.rejects(deleted.complete(end), { code: "correction_refused", detail: /deleted/ });
  const whileRead = rig([completed, completed, null]);
  whileRead.store.streamPredictions = async function* () {
    yield [prediction(2)];
    throw new RetainWiseError("not_found", "The upload has been deleted.");
  };
  const cut = (await whileRead.start())!;
  cut.keep({ ...scored, firsts: [inFirst] });
  await assert.rejects(cut.complete(end), { code: "correction_refused", detail: /deleted/ });
});

test("a file that is read in another way than the first is refused before it is scored", async () => {
  const correction = (await rig([completed]).start())!;
  const [entry] = report.mapping;
  const read = (mapping: typeof report.mapping) => () =>
    correction.check({ type: "report", report: { ...report, mapping }, blocked: null });
  assert.doesNotThrow(read(report.mapping));
  assert.throws(read([{ ...entry!, transform: "weeks to months" }]), { code: "correction_refused" });
  assert.throws(read([...report.mapping, { ...entry!, feature: "contract" }]), { code: "correction_refused" });
});

test("more rows than are merged at a time are refused", async () => {
  const correction = (await rig([completed]).start())!;
  const firsts = new Array(limits.correctedRows).fill(inFirst);
  correction.keep({ ...scored, predictions: firsts.map(() => scored.predictions[0]!), firsts });
  assert.throws(() => correction.keep({ ...scored, firsts: [inFirst] }), { code: "correction_refused" });
});
