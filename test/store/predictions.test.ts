import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { limits } from "../../src/limits.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import type { StoredPrediction, StoredRejection } from "../../src/store/upload.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, prediction, rejection } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

const tenantId = firstTenant;
const page = { limit: 7, cursor: null, order: "risk", tier: null, q: null, reason: null } as const;

await describeOnServers("predictions", (running, kind) => {
  const store: UploadStore = createUploadStore({ database: running.database, messageFor: () => "message" });

  const saved = async (predictions: readonly StoredPrediction[], rejections: readonly StoredRejection[] = []) => {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    const attempt = { tenantId, uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, uploadId, attempt.attemptToken);
    await store.savePredictions(attempt, predictions, rejections, 0.5);
    return attempt;
  };
  const pages = async (uploadId: string, options: Parameters<UploadStore["listPredictions"]>[2]) => {
    const all: StoredPrediction[] = [];
    let cursor: string | null = null;
    do {
      const answer = await store.listPredictions(tenantId, uploadId, { ...options, cursor });
      assert.ok(answer.predictions.length <= options.limit);
      all.push(...answer.predictions);
      cursor = answer.nextCursor;
    } while (cursor !== null);
    return all;
  };

  it("gives back exactly what was saved, down to the last bit", patient, async () => {
    const odd: StoredPrediction[] = [
      prediction(2, { probability: Math.fround(0.1), rawScore: -0, additivityError: 5e-324 }),
      prediction(3, { rawScore: Number.MAX_VALUE, shapValues: [-0, 1 / 3, Number.NaN, Number.POSITIVE_INFINITY] }),
      prediction(4, { values: [], shapValues: [], explanationStatus: "failed", notes: { a: "b\0c" } }),
      prediction(5, { customerId: null, source: "" }),
      prediction(6, { customerId: "", source: 'NULL,"{}",\\N,\\"\t\r\n ünï 🙂' }),
      prediction(7, { values: [null, null, Number.NEGATIVE_INFINITY] }),
    ];
    const { uploadId } = await saved(odd);
    for (const each of odd) {
      const back = await store.getPrediction(tenantId, uploadId, each.row);
      assert.deepEqual({ ...back }, each);
      assert.ok(Object.is(back?.rawScore, each.rawScore));
    }
  });

  it("sees a difference of one bit", patient, async () => {
    const one = prediction(2, { rawScore: 0.1 + 0.2 });
    const { uploadId } = await saved([one]);
    assert.notDeepEqual(await store.getPrediction(tenantId, uploadId, 2), { ...one, rawScore: 0.3 });
  });

  it("replaces NUL in customers' texts and keeps the rest", patient, async () => {
    const { uploadId } = await saved(
      [prediction(2, { customerId: "a\0b", source: "a\0b" })],
      [{ ...rejection(3), source: "x\0", error: "\0" }],
    );
    assert.equal((await store.getPrediction(tenantId, uploadId, 2))?.customerId, "a\ufffdb");
    const found = await pages(uploadId, { ...page, q: "A\0B" });
    assert.equal(found.length, 1);
    for await (const batch of store.streamRejections(tenantId, uploadId)) assert.equal(batch[0]?.source, "x\ufffd");
  });

  it("counts rows as they are saved and refuses a row that is there", patient, async () => {
    const attempt = await saved([prediction(2), prediction(4)], [rejection(3)]);
    await assert.rejects(store.savePredictions(attempt, [prediction(5), prediction(4)], [], 0.9), {
      code: "internal",
    });
    const upload = await store.getUpload(tenantId, attempt.uploadId);
    assert.deepEqual([upload?.rowsRead, upload?.rowsScored, upload?.rowsRejected, upload?.progress], [3, 2, 1, 0.5]);
    assert.equal(await store.getPrediction(tenantId, attempt.uploadId, 5), null);
    assert.equal(await store.getPrediction(tenantId, attempt.uploadId, 1), null);
    for (const row of [-1, 1.5, Number.NaN, 2 ** 31, 1e300]) {
      assert.equal(await store.getPrediction(tenantId, attempt.uploadId, row), null);
    }
  });

  it("refuses more rows than one statement takes", patient, async () => {
    const attempt = await saved([]);
    const rows = Array.from({ length: limits.insertRows + 1 }, (_, i) => prediction(i + 2));
    await assert.rejects(store.savePredictions(attempt, rows, [], 0.9), RangeError);
  });

  it("pages by risk and by row, each prediction once, ties by row", patient, async () => {
    const rows = Array.from({ length: 100 }, (_, i) => prediction(i + 2, { probability: ((i * 37) % 5) / 4 }));
    const { uploadId } = await saved(rows);
    const byRisk = [...rows].sort((a, b) => b.probability - a.probability || a.row - b.row);
    assert.deepEqual(
      (await pages(uploadId, page)).map((each) => each.row),
      byRisk.map((each) => each.row),
    );
    assert.deepEqual(await pages(uploadId, { ...page, order: "row" }), rows);
    assert.deepEqual(await pages(uploadId, { ...page, limit: 100 }), byRisk);
    const high = byRisk.filter((each) => each.tier === "high").map((each) => each.row);
    assert.deepEqual(
      (await pages(uploadId, { ...page, tier: "high", limit: 3 })).map((each) => each.row),
      high,
    );
  });

  it(
    "finds those of whom a feature is one of the three strongest reasons and raises the score, as reasons are chosen",
    patient,
    async () => {
      const values = [1, 1, 1, 1, 1];
      const { uploadId } = await saved([
        prediction(2, { values, shapValues: [0.5, 0.4, -0.6, 0.1, 0] }),
        // Three others are stronger.
        prediction(3, { values, shapValues: [0.5, 0.6, -0.7, -0.8, 0] }),
        // It lowers the score.
        prediction(4, { values, shapValues: [-2, 0.6, 0.1, 0.1, 0] }),
        // It has no value; and one that is stronger has none.
        prediction(5, { values: [null, 1, 1, 1, 1], shapValues: [2, 0.6, 0.1, 0.1, 0] }),
        prediction(6, { values: [1, null, 1, 1, 1], shapValues: [0.5, 0.6, -0.7, -0.8, 0] }),
        prediction(7, { values, shapValues: [], explanationStatus: "failed" }),
        // As strong as three others, which stand before it.
        prediction(8, { values, shapValues: [0.2, -0.2, 0.2, 0, 0.2] }),
      ]);
      for (const each of [page, { ...page, order: "row" as const }, { ...page, q: "c" }]) {
        const found = await pages(uploadId, { ...each, reason: 0 });
        assert.deepEqual(found.map(({ row }) => row).sort(), [2, 6, 8], JSON.stringify(each));
      }
      assert.deepEqual((await pages(uploadId, { ...page, reason: 1 })).map(({ row }) => row).sort(), [2, 3, 4, 5]);
      assert.deepEqual(await pages(uploadId, { ...page, reason: 4 }), []);
    },
  );

  it("finds part of a customer id in any case, and takes wildcards as they are", patient, async () => {
    const ids = ["Müller-1", "MÜLLER-2", "50%", "505", "a_b", "axb", "a\\b", null];
    const { uploadId } = await saved(ids.map((customerId, i) => prediction(i + 2, { customerId })));
    const find = async (q: string) =>
      (await pages(uploadId, { ...page, order: "row", q })).map((each) => each.customerId);
    assert.deepEqual(await find("50%"), ["50%"]);
    assert.deepEqual(await find("a_b"), ["a_b"]);
    assert.deepEqual(await find("A\\"), ["a\\b"]);
    assert.deepEqual(await find("LLER-"), ["Müller-1", "MÜLLER-2"]);
    assert.equal((await find("")).length, 7);
    assert.deepEqual(await find("'; drop table uploads"), []);
    // The twin runs with the C locale, whose capitals are those of ASCII.
    if (kind.name === "embedded") assert.deepEqual(await find("müller"), ["Müller-1", "MÜLLER-2"]);
  });

  it("refuses a cursor of the other order or one that was made up", patient, async () => {
    const { uploadId } = await saved([prediction(2), prediction(3)]);
    const byRow = await store.listPredictions(tenantId, uploadId, { ...page, order: "row", limit: 1 });
    assert.notEqual(byRow.nextCursor, null);
    for (const cursor of [byRow.nextCursor, "", "e30", btoa('["x",1]'), btoa("[1e999,-1]"), btoa("null")]) {
      await assert.rejects(store.listPredictions(tenantId, uploadId, { ...page, cursor }), { code: "bad_request" });
    }
  });

  it("shows nothing to another tenant", patient, async () => {
    const { uploadId } = await saved([prediction(2)], [rejection(3)]);
    const other = "00000000-0000-0000-0000-000000000002";
    assert.equal(await store.getPrediction(other, uploadId, 2), null);
    assert.deepEqual((await store.listPredictions(other, uploadId, page)).predictions, []);
    await assert.rejects(store.streamPredictions(other, uploadId)[Symbol.asyncIterator]().next(), {
      code: "not_found",
    });
  });

  it("streams all rows in file order, and fails when the upload is deleted on the way", patient, async () => {
    const count = limits.streamRows + 5;
    const attempt = await saved(Array.from({ length: count }, (_, i) => prediction(i + 2)));
    const rows: number[] = [];
    for await (const batch of store.streamPredictions(tenantId, attempt.uploadId))
      rows.push(...batch.map((each) => each.row));
    assert.deepEqual(
      rows,
      Array.from({ length: count }, (_, i) => i + 2),
    );
    const stream = store.streamPredictions(tenantId, attempt.uploadId);
    await stream.next();
    await store.deleteUpload(tenantId, attempt.uploadId);
    await assert.rejects(stream.next(), { code: "not_found" });
  });
});
