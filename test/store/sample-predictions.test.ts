import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { firstTenant } from "../../src/store/tenant.ts";
import type { StoredPrediction } from "../../src/store/upload.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, prediction, rejection } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("a sample of predictions", ({ database }) => {
  const store = createUploadStore({ database, messageFor: () => "message" });
  const tenantId = firstTenant;

  async function saved(predictions: readonly StoredPrediction[]): Promise<string> {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    await store.claimUpload(tenantId, uploadId, "0198f3a2-0000-7000-8000-00000000000a");
    const attempt = { tenantId, uploadId, attemptToken: "0198f3a2-0000-7000-8000-00000000000a" };
    await store.savePredictions(attempt, predictions, [rejection(1)], 0.5);
    return uploadId;
  }

  it(
    "holds what was saved, in file order, the same for the same seed in every upload of the file",
    patient,
    async () => {
      const predictions = Array.from({ length: 700 }, (_, i) => prediction(i + 2));
      const [one, two] = [await saved(predictions), await saved(predictions)];
      const sample = await store.samplePredictions(tenantId, one, { rows: 50, seed: 5 });
      assert.equal(sample.length, 50);
      assert.deepEqual(await store.samplePredictions(tenantId, two, { rows: 50, seed: 5 }), sample);
      assert.notDeepEqual(await store.samplePredictions(tenantId, one, { rows: 50, seed: 6 }), sample);
      const rows = sample.map(({ row }) => row);
      assert.deepEqual(
        rows,
        rows.toSorted((a, b) => a - b),
      );
      for (const { row, shapValues, values } of sample) {
        const { shapValues: shap, values: given } = prediction(row);
        assert.deepEqual([[...shapValues], [...values]], [shap, given]);
      }
    },
  );

  it("is every row of a small upload, without those whose explanation failed", patient, async () => {
    const failed = prediction(3, { explanationStatus: "failed", shapValues: [] });
    const id = await saved([prediction(2), failed, prediction(9)]);
    const sample = await store.samplePredictions(tenantId, id, { rows: 50, seed: 1 });
    assert.deepEqual(
      sample.map(({ row }) => row),
      [2, 9],
    );
  });

  it("finds the few rows of a file of which most were set aside", patient, async () => {
    const rows = Array.from({ length: 60 }, (_, i) => prediction(2 + i * 911));
    const id = await saved(rows);
    assert.equal((await store.samplePredictions(tenantId, id, { rows: 40, seed: 2 })).length, 40);
    assert.equal((await store.samplePredictions(tenantId, id, { rows: 500, seed: 2 })).length, 60);
  });

  it("is empty for what is no upload or another tenant's", patient, async () => {
    const id = await saved([prediction(2)]);
    for (const [tenant, upload] of [
      [tenantId, "nope"],
      [tenantId, randomUUID()],
      [randomUUID(), id],
    ] as const)
      assert.deepEqual(await store.samplePredictions(tenant, upload, { rows: 5, seed: 1 }), []);
  });
});
