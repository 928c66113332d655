import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import type { UploadStore as ApiUploadStore } from "../../src/api/services.ts";
import { RetainWiseError } from "../../src/errors.ts";
import type { JobStore } from "../../src/jobs/job.ts";
import { firstTenant } from "../../src/store/tenant.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, model, newUpload, prediction, rejection, report, uploadError } from "./samples.ts";
import { describeOnServers } from "./servers.ts";

const tenantId = firstTenant;
const otherTenant = "00000000-0000-0000-0000-000000000002";

await describeOnServers("uploads", (running) => {
  const store: UploadStore = createUploadStore({
    database: running.database,
    messageFor: (_, uploadId) => `message ${uploadId}`,
  });
  // The contracts that the API and the jobs ask for.
  ((contracts: ApiUploadStore & JobStore) => contracts)(store);

  const drain = async (): Promise<string[]> => {
    const bodies: string[] = [];
    const send = async (body: string): Promise<void> => {
      bodies.push(body);
    };
    while ((await store.relayOutbox(send)) > 0);
    return bodies;
  };
  const claimNew = async () => {
    const upload = newUpload();
    await insertUpload(store, tenantId, upload);
    const attempt = { tenantId, uploadId: upload.uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, upload.uploadId, attempt.attemptToken);
    return attempt;
  };

  it("answers an inserted upload with everything that was given, and queues one message with it", async () => {
    await drain();
    const upload = newUpload({ filename: "käufer \0.csv" });
    const inserted = await insertUpload(store, tenantId, upload);
    assert.equal(inserted.status, "pending");
    assert.equal(inserted.filename, "käufer \ufffd.csv");
    assert.deepEqual(inserted.options, upload.options);
    assert.equal(inserted.bytes, 1234);
    assert.equal(typeof inserted.bytes, "number");
    assert.ok(Math.abs(inserted.createdAt.getTime() - Date.now()) < 60_000);
    assert.deepEqual(await store.getUpload(tenantId, upload.uploadId), inserted);
    assert.deepEqual(await drain(), [`message ${upload.uploadId}`]);
    assert.deepEqual(await drain(), []);
  });

  it("leaves no message when the upload cannot be inserted", async () => {
    const upload = newUpload();
    await insertUpload(store, tenantId, upload);
    await drain();
    await assert.rejects(insertUpload(store, tenantId, upload), { code: "idempotency_conflict" });
    assert.deepEqual(await drain(), []);
  });

  it("finds nothing under another tenant, an unknown id, or what is not an id", async () => {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    assert.equal(await store.getUpload(otherTenant, uploadId), null);
    assert.equal(await store.deleteUpload(otherTenant, uploadId), null);
    for (const id of [randomUUID(), "x", `${uploadId.slice(0, -1)}\0`, "' or 1=1"]) {
      assert.equal(await store.getUpload(tenantId, id), null);
      assert.equal(await store.deleteUpload(tenantId, id), null);
      assert.equal(await store.answerMapping(tenantId, id, { mapping: {}, decimal: null, remember: false }), null);
      assert.equal(await store.getPrediction(tenantId, id, 1), null);
      assert.equal(await store.claimUpload(tenantId, id, randomUUID()), null);
    }
  });

  it("lists newest first, page by page, each once", async () => {
    const tenant = randomUUID();
    const ids: string[] = [];
    // So many that some fall into the same millisecond.
    for (let i = 0; i < 40; i++) ids.unshift((await insertUpload(store, tenant, newUpload())).uploadId);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.listUploads(tenant, { limit: 3, cursor });
      assert.ok(page.uploads.length <= 3);
      seen.push(...page.uploads.map((each) => each.uploadId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen, ids);
    for (const forged of ["", "x", "W10", btoa('["2026-99-99T00:00:00.000000Z","x"]'), "\0"]) {
      await assert.rejects(store.listUploads(tenant, { limit: 3, cursor: forged }), { code: "bad_request" });
    }
  });

  it("counts a strike with every claim and takes one back when the attempt is released", async () => {
    const attempt = await claimNew();
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))?.strikes, 1);
    await store.releaseUpload(attempt);
    const again = await store.claimUpload(tenantId, attempt.uploadId, randomUUID());
    assert.equal(again?.upload.strikes, 1);
    assert.equal(again?.upload.status, "processing");
    assert.equal(again?.objectKey, `uploads/${attempt.uploadId}`);
  });

  it("refuses a second claim while the first attempt is alive, and lets it through once that is released as dead", async () => {
    const first = await claimNew();
    await assert.rejects(store.claimUpload(tenantId, first.uploadId, randomUUID()), { code: "lease_lost" });
    await store.savePredictions(first, [prediction(2)], [rejection(3)], 0.5);
    assert.ok((await store.releaseAllAttempts()) >= 1);
    const second = { ...first, attemptToken: randomUUID() };
    const claimed = await store.claimUpload(tenantId, first.uploadId, second.attemptToken);
    assert.equal(claimed?.upload.strikes, 2);
    assert.equal(claimed?.upload.rowsRead, 0);
    assert.equal(await store.getPrediction(tenantId, first.uploadId, 2), null);

    const stale: (() => Promise<unknown>)[] = [
      () => store.savePredictions(first, [prediction(2)], [], 0.5),
      () => store.saveProgress(first, 0.5),
      () => store.saveReport(first, report, model),
      () => store.requireMapping(first, report, uploadError),
      () => store.completeUpload(first, { report, rows: { read: 1, scored: 1, rejected: 0 }, summary: {} }),
      () => store.failUpload(first, uploadError, null),
      () => store.releaseUpload(first),
    ];
    for (const write of stale) await assert.rejects(write(), { code: "lease_lost" });
    assert.equal(await store.getPrediction(tenantId, first.uploadId, 2), null);
    await store.savePredictions(second, [prediction(2)], [], 0.5);
  });

  it("takes an attempt that has written nothing for its time as dead", async () => {
    const first = await claimNew();
    await running.database.transaction(
      (sql) => sql`
        update uploads
        set attempt_until = now() - interval '1 second'
        where upload_id = ${first.uploadId}`,
    );
    await store.saveProgress(first, 0.1);
    const claim = () => store.claimUpload(tenantId, first.uploadId, randomUUID());
    await assert.rejects(claim(), { code: "lease_lost" });
    await running.database.transaction(
      (sql) => sql`
        update uploads
        set attempt_until = now() - interval '1 second'
        where upload_id = ${first.uploadId}`,
    );
    assert.equal((await claim())?.upload.strikes, 2);
    await assert.rejects(store.saveProgress(first, 0.2), { code: "lease_lost" });
  });

  it("lets only one of two simultaneous claims win", async () => {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => store.claimUpload(tenantId, uploadId, randomUUID())),
    );
    assert.equal(results.filter((each) => each.status === "fulfilled").length, 1);
  });

  it("completes once, with report, summary and counts as they were given", async () => {
    const attempt = await claimNew();
    await store.saveReport(attempt, report, model);
    await store.saveProgress(attempt, 0.25);
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))?.progress, 0.25);
    const end = { report, rows: { read: 9, scored: 8, rejected: 1 }, summary: { mean: 1 / 3, tiers: [1, 2] } };
    await store.completeUpload(attempt, end);
    await assert.rejects(store.completeUpload(attempt, end), { code: "lease_lost" });
    const upload = await store.getUpload(tenantId, attempt.uploadId);
    assert.equal(upload?.status, "completed");
    assert.deepEqual(upload?.report, report);
    assert.deepEqual(upload?.model, model);
    assert.deepEqual(upload?.summary, end.summary);
    assert.deepEqual([upload?.rowsRead, upload?.rowsScored, upload?.rowsRejected], [9, 8, 1]);
    assert.deepEqual([upload?.progress, upload?.strikes], [1, 0]);
    assert.ok(upload?.completedAt instanceof Date);
    assert.equal(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
  });

  it("fails with the error given and is not claimed again", async () => {
    const attempt = await claimNew();
    await store.savePredictions(attempt, [], [rejection(2), rejection(3)], 1);
    await store.failUpload(attempt, uploadError, null);
    const upload = await store.getUpload(tenantId, attempt.uploadId);
    assert.equal(upload?.status, "failed");
    assert.deepEqual(upload?.error, uploadError);
    assert.equal(upload?.rowsRejected, 2);
    assert.equal(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
  });

  it("waits for a mapping, takes the answer once, and queues the work again", async () => {
    const attempt = await claimNew();
    await store.requireMapping(attempt, report, uploadError);
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))?.status, "needs_mapping");
    assert.equal(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
    await drain();
    const answered = await store.answerMapping(tenantId, attempt.uploadId, {
      mapping: { contract: "Vertrag" },
      decimal: ",",
      remember: true,
    });
    assert.deepEqual(answered?.options.mapping, { tenure: "Months", contract: "Vertrag" });
    assert.equal(answered?.options.decimal, ",");
    assert.deepEqual(await store.rememberedColumns(tenantId, answered?.options.model ?? ""), {
      contract: { column: "Vertrag", unit: null },
    });
    assert.deepEqual(await store.rememberedColumns(tenantId, "another model"), {});
    assert.deepEqual(await store.rememberedColumns(randomUUID(), answered?.options.model ?? ""), {});
    assert.equal(answered?.status, "pending");
    assert.equal(answered?.error, null);
    assert.deepEqual(await drain(), [`message ${attempt.uploadId}`]);
    assert.equal(
      await store.answerMapping(tenantId, attempt.uploadId, { mapping: {}, decimal: null, remember: false }),
      null,
    );
    assert.deepEqual(await drain(), []);
    assert.notEqual(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
  });

  it("keeps a unit with its column, forgets it with another column, and remembers both", async () => {
    const answer = async (mapping: Record<string, string>, units?: Record<string, string>) => {
      const attempt = await claimNew();
      await store.requireMapping(attempt, report, uploadError);
      const said = { mapping, ...(units === undefined ? {} : { units }), decimal: null, remember: true };
      return [attempt, await store.answerMapping(tenantId, attempt.uploadId, said)] as const;
    };
    const [, first] = await answer({ tenure: "Tage", contract: "Bindung" }, { tenure: "days" });
    assert.deepEqual(first?.options.units, { tenure: "days" });
    const remembered = await store.rememberedColumns(tenantId, first?.options.model ?? "");
    assert.deepEqual(remembered["contract"], { column: "Bindung", unit: null });
    assert.deepEqual(remembered["tenure"], { column: "Tage", unit: "days" });
    const [, second] = await answer({ tenure: "Monate" });
    const later = await store.rememberedColumns(tenantId, second?.options.model ?? "");
    assert.deepEqual(later["tenure"], { column: "Monate", unit: null });
    const attempt = await store.claimUpload(tenantId, first!.uploadId, randomUUID());
    assert.ok(attempt !== null);
  });

  it("lists, sets and forgets what is remembered, of its tenant and model alone", async () => {
    const [tenant, stranger] = [randomUUID(), randomUUID()];
    const set = await store.putRemembered(tenant, { model: "", feature: "tenure" }, { column: "Tage", unit: "days" });
    assert.ok(set.rememberedAt instanceof Date);
    await store.putRemembered(tenant, { model: "", feature: "tenure" }, { column: "Wochen", unit: "weeks" });
    await store.putRemembered(tenant, { model: "", feature: "contract" }, { column: "Bindung", unit: null });
    await store.putRemembered(tenant, { model: "saas", feature: "tenure" }, { column: "M", unit: null });
    await store.putRemembered(stranger, { model: "", feature: "tenure" }, { column: "theirs", unit: null });
    const listed = async (id: string) =>
      (await store.listRemembered(id)).map(({ model, feature, column, unit }) => [model, feature, column, unit]);
    assert.deepEqual(await listed(tenant), [
      ["", "contract", "Bindung", null],
      ["", "tenure", "Wochen", "weeks"],
      ["saas", "tenure", "M", null],
    ]);
    assert.equal(await store.deleteRemembered(tenant, { model: "", feature: "tenure" }), 1);
    assert.equal(await store.deleteRemembered(tenant, { model: "", feature: "tenure" }), 0);
    assert.equal(await store.deleteRemembered(tenant, { model: "", feature: null }), 1);
    assert.deepEqual(await listed(tenant), [["saas", "tenure", "M", null]]);
    assert.deepEqual(await listed(stranger), [["", "tenure", "theirs", null]]);
  });

  it("gives up what waits and leaves alone what is worked on or has ended", async () => {
    const waiting = newUpload();
    await insertUpload(store, tenantId, waiting);
    await store.giveUpUpload(tenantId, waiting.uploadId, uploadError);
    const given = await store.getUpload(tenantId, waiting.uploadId);
    assert.deepEqual([given?.status, given?.error?.code], ["failed", uploadError.code]);
    const attempt = await claimNew();
    await store.giveUpUpload(tenantId, attempt.uploadId, uploadError);
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))?.status, "processing");
    await store.releaseUpload(attempt);
    await store.giveUpUpload(randomUUID(), attempt.uploadId, uploadError);
    assert.equal((await store.getUpload(tenantId, attempt.uploadId))?.status, "pending");
    await drain();
  });

  it("deletes everything of an upload, while it is being worked on too, and forgets it once its object is gone", async () => {
    const attempt = await claimNew();
    await store.savePredictions(attempt, [prediction(2)], [rejection(3)], 0.5);
    assert.deepEqual(await store.deleteUpload(tenantId, attempt.uploadId), {
      objectKey: `uploads/${attempt.uploadId}`,
    });
    assert.equal(await store.deleteUpload(tenantId, attempt.uploadId), null);
    assert.equal(await store.getUpload(tenantId, attempt.uploadId), null);
    await assert.rejects(store.savePredictions(attempt, [prediction(4)], [], 0.6), { code: "lease_lost" });
    assert.equal(await store.claimUpload(tenantId, attempt.uploadId, randomUUID()), null);
    const left = await running.database.transaction(
      (sql) => sql`
          select (select count(*) from predictions where upload_id = ${attempt.uploadId})
               + (select count(*) from rejections where upload_id = ${attempt.uploadId})
               + (select count(*) from outbox where upload_id = ${attempt.uploadId}) as rows`,
    );
    assert.equal(left[0]?.rows, 0);
    const objects: string[] = [];
    const keep = async (): Promise<void> => Promise.reject(new RetainWiseError("storage_unavailable", "down"));
    await assert.rejects(store.sweepDeletions(keep), { code: "storage_unavailable" });
    const sweep = () => store.sweepDeletions(async (key) => void objects.push(key));
    assert.ok((await sweep()) >= 1);
    assert.ok(objects.includes(`uploads/${attempt.uploadId}`));
    assert.equal(await sweep(), 0);
  });
});
