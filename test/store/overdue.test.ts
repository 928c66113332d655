import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { limits } from "../../src/limits.ts";
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey } from "../../src/store/api-keys.ts";
import type { Sql } from "../../src/store/connection.ts";
import { insertTenant, listTenants } from "../../src/store/tenants.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, newUpload, uploadError } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("what is left undone", ({ database }) => {
  const store = createUploadStore({ database, messageFor: (_, uploadId) => uploadId });
  const asOwner = (work: (sql: Sql) => Promise<unknown>) => database.transaction(async (sql) => void (await work(sql)));
  const statusOf = async (tenantId: string, uploadId: string) => (await store.getUpload(tenantId, uploadId))?.status;
  /** Sends everything that waits; answers what. */
  async function relayed(): Promise<string[]> {
    const sent: string[] = [];
    while ((await store.relayOutbox(async (body) => void sent.push(body))) > 0);
    return sent;
  }

  it(
    "an object whose upload never came is removed after its time, not before, and by then no upload may claim it",
    patient,
    async () => {
      const tenantId = randomUUID();
      const orphan = newUpload();
      await store.admitUpload(tenantId, orphan.objectKey);
      const removed: string[] = [];
      const sweep = (seconds?: number) => store.sweepIntents(async (key) => void removed.push(key), seconds);
      assert.equal(await sweep(), 0);
      await asOwner((sql) => sql`update object_intents set created_at = now() - interval '3 hours'`);
      const down = new Error("storage is down");
      await assert.rejects(
        store.sweepIntents(() => Promise.reject(down)),
        (error) => error === down,
      );
      await assert.rejects(store.insertUpload(tenantId, orphan), { code: "storage_unavailable" });
      assert.equal(await statusOf(tenantId, orphan.uploadId), undefined);
      assert.equal(await sweep(), 1);
      assert.deepEqual(removed, [orphan.objectKey]);
      assert.equal(await sweep(0), 0);
      assert.deepEqual(await relayed(), [], "and no message about it went out");
    },
  );

  it("the object of an upload is never swept", patient, async () => {
    await insertUpload(store, randomUUID(), newUpload());
    assert.equal(await store.sweepIntents(() => assert.fail("an upload's object"), -1), 0);
  });

  it("a lost message is sent again, once in its time, and none for what is at work or has ended", patient, async () => {
    await asOwner((sql) => sql`delete from uploads`);
    await relayed();
    const tenantId = randomUUID();
    const [lost, atWork, ended] = [newUpload(), newUpload(), newUpload()];
    for (const each of [lost, atWork, ended]) await insertUpload(store, tenantId, each);
    assert.equal(await store.requeueOverdue(), 0);
    await asOwner((sql) => sql`update uploads set queued_at = now() - interval '2 hours'`);
    assert.equal(await store.requeueOverdue(), 0, "their messages are still to go");
    assert.equal((await relayed()).length, 3);
    await store.claimUpload(tenantId, atWork.uploadId, randomUUID());
    await store.claimUpload(tenantId, ended.uploadId, randomUUID());
    await asOwner((sql) => sql`update uploads set status = 'failed' where upload_id = ${ended.uploadId}`);
    assert.equal(await store.requeueOverdue(), 1);
    assert.deepEqual(await relayed(), [lost.uploadId]);
    assert.equal(await store.requeueOverdue(), 0, "the next one has its own time");
    // A worker that died for good: its lease is over and its message was lost.
    await asOwner(
      (sql) => sql`
        update uploads
        set attempt_until = now() - interval '1 hour'
        where upload_id = ${atWork.uploadId}`,
    );
    assert.equal(await store.requeueOverdue(), 1);
    assert.deepEqual(await relayed(), [atWork.uploadId]);
  });

  it("work that nobody did for three days fails, and what is at work does not", patient, async () => {
    await asOwner((sql) => sql`delete from uploads`);
    const tenantId = randomUUID();
    const [old, atWork, fresh] = [newUpload(), newUpload(), newUpload()];
    for (const each of [old, atWork, fresh]) await insertUpload(store, tenantId, each);
    await store.claimUpload(tenantId, atWork.uploadId, randomUUID());
    await asOwner(
      (sql) => sql`
        update uploads
        set wanted_at = now() - ${limits.workSeconds + 60} * interval '1 second'
        where upload_id <> ${fresh.uploadId}`,
    );
    assert.equal(await store.expireOverdue({ ...uploadError, code: "expired" }), 1);
    const states = await Promise.all([old, atWork, fresh].map((each) => statusOf(tenantId, each.uploadId)));
    assert.deepEqual(states, ["failed", "processing", "pending"]);
    assert.equal((await store.getUpload(tenantId, old.uploadId))?.error?.code, "expired");
  });

  it(
    "a tenant that has too much waiting or stored is told, before anything of it is stored, and another is not",
    patient,
    async () => {
      await asOwner((sql) => sql`delete from object_intents`);
      const [full, heavy, other] = [randomUUID(), randomUUID(), randomUUID()];
      const fill = (tenantId: string, count: number, bytes: number, status: string) =>
        asOwner(
          (sql) => sql`
          insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options, status)
          select gen_random_uuid(), ${tenantId}, 'k', 'f', ${bytes}, '', '{}', ${status}
          from generate_series(1, ${count})`,
        );
      await fill(full, limits.tenantActiveUploads, 1, "pending");
      await fill(heavy, 100, limits.tenantStoredBytes / 100, "completed");
      await assert.rejects(store.admitUpload(full, "a"), { code: "quota_exceeded" });
      await assert.rejects(store.admitUpload(heavy, "b"), { code: "quota_exceeded" });
      await store.admitUpload(other, "c");
      await fill(randomUUID(), limits.activeUploads, 1, "pending");
      await assert.rejects(store.admitUpload(other, "d"), { code: "overloaded" });
      const notes = await database.transaction(
        (sql) => sql<{ object_key: string }[]>`select object_key from object_intents`,
      );
      assert.deepEqual(
        notes.map((note) => note.object_key),
        ["c"],
      );
    },
  );

  it("a key is found while it is in use: not revoked, not expired, of a tenant that there is", patient, async () => {
    const system = database.system();
    const tenantId = randomUUID();
    const key = { keyId: `rw_${randomUUID().slice(0, 16)}`, tenantId, name: "n", digest: "ab", expiresAt: null };
    await assert.rejects(insertApiKey(system, key), { code: "tenant_not_found" });
    await insertTenant(system, { tenantId, name: "T" });
    assert.ok((await listTenants(system)).some((tenant) => tenant.tenantId === tenantId && tenant.name === "T"));
    await insertApiKey(system, key);
    assert.deepEqual(await findApiKey(system, key.keyId), { tenantId, digest: "ab" });
    await insertApiKey(system, { ...key, keyId: "rw_old", expiresAt: new Date(Date.now() - 1_000) });
    await insertApiKey(system, { ...key, keyId: "rw_new", expiresAt: new Date(Date.now() + 60_000) });
    assert.equal(await findApiKey(system, "rw_old"), null);
    assert.notEqual(await findApiKey(system, "rw_new"), null);
    assert.equal(await revokeApiKey(system, key.keyId), true);
    assert.equal(await revokeApiKey(system, key.keyId), false);
    assert.equal(await findApiKey(system, key.keyId), null);
    assert.equal((await listApiKeys(system)).filter((each) => each.tenantId === tenantId).length, 3);
  });
});
