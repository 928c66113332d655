import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { limits } from "../../src/limits.ts";
import type { Merge } from "../../src/store/corrections.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import type { StoredPrediction, StoredRejection } from "../../src/store/upload.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, prediction, rejection, report } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

const tenantId = firstTenant;

await describeOnServers("corrections", (running) => {
  const store: UploadStore = createUploadStore({ database: running.database, messageFor: () => "message" });

  const claimed = async () => {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    const attempt = { tenantId, uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, uploadId, attempt.attemptToken);
    return attempt;
  };
  const end = (scored: number, rejected: number) => ({
    report,
    rows: { read: scored + rejected, scored, rejected },
    summary: { scored },
  });
  /** Completed, with rows 2 and 4 scored and 3, 5 and 6 set aside. */
  const firstUpload = async () => {
    const attempt = await claimed();
    await store.savePredictions(attempt, [prediction(2), prediction(4)], [3, 5, 6].map(rejection), 1);
    await store.completeUpload(attempt, end(2, 3));
    return attempt.uploadId;
  };
  const merge = (uploadId: string, changes: Partial<Merge> = {}): Merge => ({
    first: { uploadId, rowsScored: 2 },
    predictions: [prediction(3), prediction(5)],
    rejections: [{ ...rejection(6), customerId: null, errorCode: "out_of_range", error: "still", source: "C-6,-4" }],
    report,
    summary: { merged: 2 },
    ...changes,
  });
  const rowsOf = async (uploadId: string) => {
    const predictions: StoredPrediction[] = [];
    const rejections: StoredRejection[] = [];
    for await (const batch of store.streamPredictions(tenantId, uploadId)) predictions.push(...batch);
    for await (const batch of store.streamRejections(tenantId, uploadId)) rejections.push(...batch);
    return { predictions, rejections };
  };
  const stateOf = async (uploadId: string) => ({
    ...(await rowsOf(uploadId)),
    upload: await store.getUpload(tenantId, uploadId),
  });

  it("finds rows set aside by customer id and by row", patient, async () => {
    const first = await firstUpload();
    const rows = async (ids: string[], numbers: number[]) =>
      (await store.findRejections(tenantId, first, ids, numbers)).map(({ row, customerId }) => [row, customerId]);
    assert.deepEqual(await rows(["C-5", 'C-"'], [3, 4]), [
      [3, "C-3"],
      [5, "C-5"],
    ]);
    assert.deepEqual(await rows([], []), []);
  });

  it("takes the rows over and completes the correcting upload, at once", patient, async () => {
    const first = await firstUpload();
    const attempt = await claimed();
    assert.equal(await store.completeCorrection(attempt, end(2, 1), merge(first)), true);
    const { predictions, rejections, upload } = await stateOf(first);
    assert.deepEqual(
      predictions,
      [2, 3, 4, 5].map((row) => prediction(row)),
    );
    assert.deepEqual(rejections, [
      { row: 6, customerId: "C-6", errorCode: "out_of_range", error: "still", source: "C-6,-4" },
    ]);
    assert.deepEqual([upload!.rowsRead, upload!.rowsScored, upload!.rowsRejected], [5, 4, 1]);
    assert.deepEqual(upload!.summary, { merged: 2 });
    assert.deepEqual(upload!.corrections, [{ upload_id: attempt.uploadId, rows: 2 }]);
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))!.status, "completed");
    // The message comes again: the upload has ended.
    assert.equal(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
    await assert.rejects(store.completeCorrection(attempt, end(2, 1), merge(first)), { code: "lease_lost" });
  });

  it("takes over more rows than one statement holds", patient, async () => {
    const rows = Array.from({ length: limits.insertRows + 5 }, (_, i) => i + 10);
    const attempt = await claimed();
    await store.savePredictions(attempt, [prediction(2)], [], 0.5);
    await store.savePredictions(attempt, [], rows.slice(0, limits.insertRows).map(rejection), 0.5);
    await store.savePredictions(attempt, [], rows.slice(limits.insertRows).map(rejection), 0.5);
    await store.completeUpload(attempt, end(1, rows.length));
    const changes = {
      first: { uploadId: attempt.uploadId, rowsScored: 1 },
      predictions: rows.map((row) => prediction(row)),
      rejections: [],
    };
    assert.equal(
      await store.completeCorrection(await claimed(), end(rows.length, 0), merge(attempt.uploadId, changes)),
      true,
    );
    const { predictions, rejections } = await rowsOf(attempt.uploadId);
    assert.deepEqual([predictions.length, rejections.length], [rows.length + 1, 0]);
  });

  it(
    "does nothing to either upload when the first has changed, is deleted or no row of it was set aside",
    patient,
    async () => {
      const wrongs: ((first: string) => Promise<Partial<Merge>> | Partial<Merge>)[] = [
        (first) => ({ first: { uploadId: first, rowsScored: 1 } }),
        // Row 4 is scored, so there is nothing that it could replace.
        () => ({ predictions: [prediction(3), prediction(7)] }),
        async (first) => {
          await store.deleteUpload(tenantId, first);
          return {};
        },
      ];
      for (const wrong of wrongs) {
        const first = await firstUpload();
        const attempt = await claimed();
        const changes = await wrong(first);
        const before = (await store.getUpload(tenantId, first)) === null ? null : await stateOf(first);
        assert.equal(await store.completeCorrection(attempt, end(2, 1), merge(first, changes)), false);
        if (before !== null) assert.deepEqual(await stateOf(first), before);
        assert.equal((await store.getUpload(tenantId, attempt.uploadId))!.status, "processing");
      }
    },
  );

  it(
    "of two files that correct the same rows at the same time, one is merged and the other told to look again",
    patient,
    async () => {
      const first = await firstUpload();
      const attempts = [await claimed(), await claimed()];
      const ends = await Promise.all(
        attempts.map((attempt) => store.completeCorrection(attempt, end(2, 1), merge(first))),
      );
      assert.deepEqual(ends.toSorted(), [false, true]);
      const { upload, predictions } = await stateOf(first);
      assert.deepEqual([upload!.rowsScored, upload!.rowsRejected, predictions.length], [4, 1, 4]);
    },
  );

  it("is no earlier upload that another one could be compared with", patient, async () => {
    const first = await firstUpload();
    const { uploadId } = await insertUpload(store, tenantId, newUpload({ options: { corrects: first } }));
    const attempt = { tenantId, uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, uploadId, attempt.attemptToken);
    const model = { name: "of corrections", version: "1.0.0", digest: "d" };
    await store.saveReport(attempt, report, model);
    await store.completeCorrection(attempt, end(2, 1), merge(first));
    const later = await claimed();
    await store.saveReport(later, report, model);
    await store.completeUpload(later, end(1, 0));
    assert.equal(await store.findEarlierUpload(tenantId, later.uploadId), null);
  });
});
