/** What may be taken, and what nobody finished: quotas, notes of objects to come, lost messages, work that waited too long. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { limits } from "../../src/limits.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, uploadError } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("quotas and forgotten work", (running) => {
  const { database } = running;
  const store = createUploadStore({ database, messageFor: (tenantId, uploadId) => `${tenantId} ${uploadId}` });

  const drain = async (): Promise<string[]> => {
    const bodies: string[] = [];
    while ((await store.relayOutbox(async (body) => void bodies.push(body))) > 0);
    return bodies;
  };
  const notes = async (tenantId: string): Promise<string[]> => {
    const rows = await database.transaction(
      (sql) => sql<{ object_key: string }[]>`
        select object_key
        from object_intents
        where tenant_id = ${tenantId}`,
    );
    return rows.map((row) => row.object_key);
  };
  const fill = (tenantId: string, uploads: number, bytes: number, status = "pending") =>
    database.transaction(
      (sql) => sql`
        insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options, status)
        select gen_random_uuid(), ${tenantId}, 'none', '', ${bytes}::bigint, '', '{}', ${status}
        from generate_series(1, ${uploads}::integer)`,
    );
  const empty = (tenantId: string) =>
    database.transaction((sql) => sql`delete from uploads where tenant_id = ${tenantId}`);
  const age = (table: string, column: string, seconds: number, tenantId: string) =>
    database.transaction(
      (sql) => sql`
        update ${sql(table)}
        set ${sql(column)} = now() - ${seconds} * interval '1 second'
        where tenant_id = ${tenantId}`,
    );
  const admit = (tenantId: string) => store.admitUpload(tenantId, `uploads/${randomUUID()}`);

  it(
    "takes as many waiting uploads of a tenant as its quota, ended ones not counted, and leaves no note of a refused one",
    patient,
    async () => {
      const [tenantId, other] = [randomUUID(), randomUUID()];
      await fill(tenantId, 5, 1, "completed");
      await fill(tenantId, limits.tenantActiveUploads - 1, 1);
      await admit(tenantId);
      await fill(tenantId, 1, 1);
      await assert.rejects(admit(tenantId), {
        code: "quota_exceeded",
        message: new RegExp(String(limits.tenantActiveUploads)),
      });
      assert.equal((await notes(tenantId)).length, 1);
      await admit(other);
      await empty(tenantId);
      await admit(tenantId);
    },
  );

  it("takes a tenant's bytes up to its quota, deleted uploads not counted", patient, async () => {
    const tenantId = randomUUID();
    await fill(tenantId, 99, limits.uploadBytes, "completed");
    await fill(tenantId, 1, limits.uploadBytes - 1, "completed");
    await admit(tenantId);
    await fill(tenantId, 1, 1, "completed");
    await assert.rejects(admit(tenantId), { code: "quota_exceeded", message: /100 GiB/ });
    await database.transaction(
      (sql) => sql`update uploads set deleted_at = now() where tenant_id = ${tenantId} and bytes = 1`,
    );
    await admit(tenantId);
    await empty(tenantId);
  });

  it("takes nothing from anybody while too much waits altogether", patient, async () => {
    const crowd = Array.from({ length: 20 }, () => randomUUID());
    for (const tenantId of crowd) await fill(tenantId, limits.activeUploads / crowd.length, 1);
    const tenantId = randomUUID();
    await assert.rejects(admit(tenantId), { code: "overloaded" });
    assert.deepEqual(await notes(tenantId), []);
    for (const each of crowd) await empty(each);
    await admit(tenantId);
  });

  it("sweeps an object whose upload never came once its time is over, and not before; afterwards no upload may name it", async () => {
    const tenantId = randomUUID();
    const upload = newUpload();
    await store.admitUpload(tenantId, upload.objectKey);
    const removed: string[] = [];
    const sweep = () => store.sweepIntents(async (key) => void removed.push(key));
    await age("object_intents", "created_at", limits.intentSeconds - 5, tenantId);
    await sweep();
    assert.ok(!removed.includes(upload.objectKey));
    await age("object_intents", "created_at", limits.intentSeconds + 5, tenantId);
    assert.ok((await sweep()) >= 1);
    assert.ok(removed.includes(upload.objectKey));
    assert.deepEqual(await notes(tenantId), []);
    await assert.rejects(store.insertUpload(tenantId, upload), { code: "storage_unavailable" });
    assert.equal(await store.getUpload(tenantId, upload.uploadId), null);
  });

  it("keeps the note while the object cannot be removed, and refuses its upload meanwhile", async () => {
    const tenantId = randomUUID();
    const upload = newUpload();
    await store.admitUpload(tenantId, upload.objectKey);
    await age("object_intents", "created_at", limits.intentSeconds + 5, tenantId);
    await assert.rejects(
      store.sweepIntents(() => Promise.reject(new Error("down"))),
      /down/,
    );
    assert.deepEqual(await notes(tenantId), [upload.objectKey]);
    await assert.rejects(store.insertUpload(tenantId, upload), { code: "storage_unavailable" });
    const removed: string[] = [];
    await store.sweepIntents(async (key) => void removed.push(key));
    assert.deepEqual(removed, [upload.objectKey]);
  });

  it("sweeps more notes in one look than one statement takes", patient, async () => {
    const tenantId = randomUUID();
    await database.transaction(
      (sql) => sql`
        insert into object_intents (object_key, tenant_id, created_at)
        select 'many/' || n, ${tenantId}, now() - interval '1 day'
        from generate_series(1, 1500) as n`,
    );
    let removed = 0;
    assert.equal(await store.sweepIntents(async () => void removed++), 1_500);
    assert.equal(removed, 1_500);
  });

  it("an upload that was inserted has no note, and its object is never swept", async () => {
    const tenantId = randomUUID();
    const { objectKey } = newUpload();
    await insertUpload(store, tenantId, newUpload({ objectKey }));
    assert.deepEqual(await notes(tenantId), []);
    await store.sweepIntents(async (key) => assert.notEqual(key, objectKey), 0);
  });

  it("sends one more message about an upload whose message was lost, not about one at work, ended or still to be sent", async () => {
    const tenantId = randomUUID();
    const [lost, working, ended, unsent] = [newUpload(), newUpload(), newUpload(), newUpload()];
    for (const upload of [lost, working, ended]) await insertUpload(store, tenantId, upload);
    await drain();
    await insertUpload(store, tenantId, unsent);
    await store.claimUpload(tenantId, working.uploadId, randomUUID());
    await store.giveUpUpload(tenantId, ended.uploadId, uploadError);
    assert.equal(await store.requeueOverdue(), 0);
    await age("uploads", "queued_at", limits.requeueSeconds + 5, tenantId);
    assert.equal(await store.requeueOverdue(), 1);
    assert.equal(await store.requeueOverdue(), 0);
    assert.deepEqual((await drain()).sort(), [`${tenantId} ${lost.uploadId}`, `${tenantId} ${unsent.uploadId}`].sort());
    // The attempt died, and its message with it.
    await age("uploads", "queued_at", limits.requeueSeconds + 5, tenantId);
    await age("uploads", "attempt_until", 5, tenantId);
    assert.equal(await store.requeueOverdue(), 3);
  });

  it("fails what has been wanted for too long, unless somebody is at work on it", async () => {
    const tenantId = randomUUID();
    const [waiting, working, asking] = [newUpload(), newUpload(), newUpload()];
    for (const upload of [waiting, working, asking]) await insertUpload(store, tenantId, upload);
    const attempt = { tenantId, uploadId: working.uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, working.uploadId, attempt.attemptToken);
    await age("uploads", "wanted_at", limits.workSeconds - 5, tenantId);
    assert.equal(await store.expireOverdue(uploadError), 0);
    await age("uploads", "wanted_at", limits.workSeconds + 5, tenantId);
    assert.equal(await store.expireOverdue(uploadError), 2);
    const states = async () => {
      const all = [waiting, working, asking].map(({ uploadId }) => store.getUpload(tenantId, uploadId));
      return (await Promise.all(all)).map((upload) => upload?.status);
    };
    assert.deepEqual(await states(), ["failed", "processing", "failed"]);
    assert.deepEqual((await store.getUpload(tenantId, waiting.uploadId))?.error, uploadError);
    await age("uploads", "attempt_until", 5, tenantId);
    assert.equal(await store.expireOverdue(uploadError), 1);
    await assert.rejects(store.saveProgress(attempt, 0.5), { code: "lease_lost" });
    // Revived by an operator, its time begins anew.
    assert.equal(await store.reviveUpload(tenantId, waiting.uploadId), true);
    assert.equal(await store.expireOverdue(uploadError), 0);
  });
});
