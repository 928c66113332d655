/** What somebody with another tenant's ids, keys and tokens gets from each verb of the store: nothing, and nothing changes. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { limits } from "../../src/limits.ts";
import type { Database } from "../../src/store/database.ts";
import type { Attempt, UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, model, newUpload, prediction, rejection, report, uploadError } from "./samples.ts";

export interface Hands {
  /** Through the walls that are examined. */
  readonly store: UploadStore;
  /** The same database as a superuser, past all walls. */
  readonly database: Database;
  readonly owner: string;
  readonly intruder: string;
  /** Uploads of the owner, made by an untouched store. */
  readonly pending: () => Promise<string>;
  readonly processing: () => Promise<Attempt>;
  readonly completed: () => Promise<string>;
  readonly failed: () => Promise<string>;
  readonly asking: () => Promise<string>;
}

/** Verbs that work for every tenant in turn by their nature: the last test of `walls.test.ts` looks at them. */
export const houseVerbs = [
  "relayOutbox",
  "releaseAllAttempts",
  "sweepDeletions",
  "sweepIntents",
  "requeueOverdue",
  "expireOverdue",
] as const satisfies readonly (keyof UploadStore)[];

type TenantVerb = Exclude<keyof UploadStore, (typeof houseVerbs)[number]>;

const page = { limit: 10, cursor: null } as const;
const rows = { read: 9, scored: 9, rejected: 0 };
const lost = { code: "lease_lost" };

/** The attempt with its token, but as if it were the intruder's. */
async function stolen(hands: Hands): Promise<Attempt> {
  return { ...(await hands.processing()), tenantId: hands.intruder };
}

/** Verb → what the intruder tries; it throws when a wall has a hole. */
export const foreignHands: Readonly<Record<TenantVerb, (hands: Hands) => Promise<void>>> = {
  async admitUpload({ store, database, intruder }) {
    // Another tenant's crowd of waiting uploads is not counted as the intruder's.
    const crowd = randomUUID();
    await database.transaction(
      (sql) => sql`
        insert into uploads (upload_id, tenant_id, object_key, filename, bytes, sha256, options)
        select gen_random_uuid(), ${crowd}, 'none', '', 1, '', '{}'
        from generate_series(1, ${limits.tenantActiveUploads}::integer)`,
    );
    try {
      await store.admitUpload(intruder, `uploads/${randomUUID()}`);
    } finally {
      await database.transaction((sql) => sql`delete from uploads where tenant_id = ${crowd}`);
    }
  },
  async insertUpload({ store, owner, intruder, pending }) {
    const uploadId = await pending();
    await assert.rejects(insertUpload(store, intruder, newUpload({ uploadId, objectKey: `uploads/${randomUUID()}` })), {
      code: "idempotency_conflict",
    });
    // The owner's note of an object that is being stored does not let the intruder take that object for its own.
    const objectKey = `uploads/${randomUUID()}`;
    await store.admitUpload(owner, objectKey);
    await assert.rejects(store.insertUpload(intruder, newUpload({ objectKey })), { code: "storage_unavailable" });
    await store.insertUpload(owner, newUpload({ objectKey }));
  },
  async getUpload({ store, intruder, completed }) {
    assert.equal(await store.getUpload(intruder, await completed()), null);
  },
  async listUploads({ store, intruder, owner, completed }) {
    await completed();
    const { uploads } = await store.listUploads(intruder, { limit: 1_000, cursor: null });
    assert.ok(uploads.every((upload) => upload.tenantId === intruder));
    assert.ok((await store.listUploads(owner, page)).uploads.every((upload) => upload.tenantId === owner));
  },
  async answerMapping({ store, intruder, asking }) {
    const answer = { mapping: { tenure: "Stolen" }, decimal: null, remember: true };
    assert.equal(await store.answerMapping(intruder, await asking(), answer), null);
  },
  async deleteUpload({ store, intruder, completed }) {
    assert.equal(await store.deleteUpload(intruder, await completed()), null);
  },
  async listPredictions({ store, intruder, completed }) {
    const uploadId = await completed();
    for (const order of ["risk", "row"] as const)
      for (const tier of [null, "high", "medium", "low"] as const)
        for (const q of [null, "C"]) {
          const found = await store.listPredictions(intruder, uploadId, { ...page, order, tier, q });
          assert.deepEqual(found, { predictions: [], nextCursor: null });
        }
  },
  async getPrediction({ store, intruder, completed }) {
    assert.equal(await store.getPrediction(intruder, await completed(), 2), null);
  },
  async streamPredictions({ store, intruder, completed }) {
    await assert.rejects(store.streamPredictions(intruder, await completed()).next(), { code: "not_found" });
  },
  async streamRejections({ store, intruder, completed }) {
    await assert.rejects(store.streamRejections(intruder, await completed()).next(), { code: "not_found" });
  },
  async rememberedColumns({ store, owner, intruder, asking }) {
    await store.answerMapping(owner, await asking(), { mapping: { tenure: "T" }, decimal: null, remember: true });
    assert.deepEqual(await store.rememberedColumns(intruder, ""), {});
  },
  async claimUpload({ store, intruder, pending }) {
    assert.equal(await store.claimUpload(intruder, await pending(), randomUUID()), null);
  },
  async saveReport(hands) {
    await assert.rejects(hands.store.saveReport(await stolen(hands), report, model), lost);
  },
  async saveProgress(hands) {
    await assert.rejects(hands.store.saveProgress(await stolen(hands), 0.9), lost);
  },
  async savePredictions(hands) {
    await assert.rejects(
      hands.store.savePredictions(await stolen(hands), [prediction(99)], [rejection(98)], 0.9),
      lost,
    );
  },
  async requireMapping(hands) {
    await assert.rejects(hands.store.requireMapping(await stolen(hands), report, uploadError), lost);
  },
  async completeUpload(hands) {
    await assert.rejects(hands.store.completeUpload(await stolen(hands), { report, rows, summary: {} }), lost);
  },
  async failUpload(hands) {
    await assert.rejects(hands.store.failUpload(await stolen(hands), uploadError, null), lost);
  },
  async giveUpUpload({ store, owner, intruder, pending }) {
    const uploadId = await pending();
    await store.giveUpUpload(intruder, uploadId, uploadError);
    assert.equal((await store.getUpload(owner, uploadId))?.status, "pending");
  },
  async reviveUpload({ store, intruder, failed }) {
    assert.equal(await store.reviveUpload(intruder, await failed()), false);
  },
  async releaseUpload(hands) {
    await assert.rejects(hands.store.releaseUpload(await stolen(hands)), lost);
  },
};
