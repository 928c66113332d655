import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import type { ChangedCustomer, ChangePage, ComparedUploads } from "../../src/store/changes.ts";
import type { StoredPrediction } from "../../src/store/upload.ts";
import { createUploadStore, type UploadStore } from "../../src/store/upload-store.ts";
import { insertUpload, model, newUpload, prediction, report } from "./samples.ts";
import { describeOnServers, patient } from "./servers.ts";

await describeOnServers("changes between two uploads", ({ database }) => {
  const store: UploadStore = createUploadStore({ database, messageFor: () => "message" });

  async function completed(tenantId: string, predictions: readonly StoredPrediction[], by = model): Promise<string> {
    const { uploadId } = await insertUpload(store, tenantId, newUpload());
    const attempt = { tenantId, uploadId, attemptToken: randomUUID() };
    await store.claimUpload(tenantId, uploadId, attempt.attemptToken);
    await store.saveReport(attempt, report, by);
    await store.savePredictions(attempt, predictions, [], 0.5);
    const rows = { read: predictions.length, scored: predictions.length, rejected: 0 };
    await store.completeUpload(attempt, { report, rows, summary: {} });
    return uploadId;
  }

  async function pages(tenantId: string, ids: ComparedUploads, page: Omit<ChangePage, "cursor">) {
    const all: ChangedCustomer[] = [];
    let cursor: string | null = null;
    do {
      const answer = await store.compareUploads(tenantId, ids, { ...page, cursor });
      assert.ok(answer.customers.length <= page.limit);
      all.push(...answer.customers);
      cursor = answer.nextCursor;
    } while (cursor !== null);
    return all;
  }

  const named = (row: number, customerId: string | null, rawScore: number, tier: StoredPrediction["tier"] = "low") =>
    prediction(row, { customerId, rawScore, tier });
  const changeOf = ({ now, before }: ChangedCustomer) => now.rawScore - before.rawScore;
  const idsOf = (customers: readonly ChangedCustomer[]) => customers.map(({ now }) => now.customerId);

  it("pair customers by id and count everyone once", patient, async () => {
    const tenantId = randomUUID();
    const sinceId = await completed(tenantId, [
      named(2, "stayed", 1),
      named(3, "rose", 0.1),
      named(4, "gone", 1),
      named(5, "twice before", 1),
      named(6, "twice before", 2),
      named(7, "twice now", 3),
      named(8, null, 1),
      named(9, "fell", 0.25, "high"),
      named(10, "gone twice", 1),
      named(11, "gone twice", 1),
    ]);
    const uploadId = await completed(tenantId, [
      named(2, "fell", -1, "medium"),
      named(3, null, 5),
      named(4, null, 5),
      named(5, "twice now", 1),
      named(6, "twice now", 1),
      named(7, "Rose", 9),
      named(8, "rose", 0.1 + 0.2),
      named(9, "stayed", 1),
      named(10, "twice before", 4),
      named(11, "new twice", 4),
      named(12, "new twice", 4),
    ]);
    const { customers, counts, nextCursor } = await store.compareUploads(
      tenantId,
      { uploadId, sinceId },
      { limit: 10, cursor: null, order: "size" },
    );
    assert.deepEqual(counts, {
      compared: 3,
      new: 2, // capitals count: an id is what it is
      gone: 2,
      ambiguous: 2,
      withoutId: 2,
      movedUp: 1,
      movedDown: 1,
      tierChanges: 1,
    });
    assert.equal(nextCursor, null);
    assert.deepEqual(idsOf(customers), ["fell", "rose", "stayed"]);
    const one = async (row: number) =>
      store.compareUploads(tenantId, { uploadId, sinceId }, { limit: 10, cursor: null, order: "size", row });
    assert.deepEqual(idsOf((await one(8)).customers), ["rose"]);
    // Twice in the file: nobody can say which it was.
    assert.deepEqual([(await one(5)).customers, (await one(5)).counts], [[], counts]);
    assert.deepEqual(customers[1]!.now, named(8, "rose", 0.1 + 0.2));
    assert.deepEqual(customers[1]!.before, named(3, "rose", 0.1));
  });

  it("count too where nobody is in both, or nobody at all", patient, async () => {
    const tenantId = randomUUID();
    const sinceId = await completed(tenantId, [named(2, "a", 1)]);
    const uploadId = await completed(tenantId, [named(2, null, 1), named(3, "b", 1)]);
    const none = { compared: 0, ambiguous: 0, movedUp: 0, movedDown: 0, tierChanges: 0 };
    const page = { limit: 10, cursor: null, order: "size" } as const;
    const apart = await store.compareUploads(tenantId, { uploadId, sinceId }, page);
    assert.deepEqual(apart, { customers: [], nextCursor: null, counts: { ...none, new: 1, gone: 1, withoutId: 1 } });
    const [empty, too] = [await completed(tenantId, []), await completed(tenantId, [])];
    const nobody = await store.findMovers(tenantId, { uploadId: empty, sinceId: too }, 5);
    assert.deepEqual(nobody, { up: [], down: [], counts: { ...none, new: 0, gone: 0, withoutId: 0 } });
  });

  it("come page by page in three orders, each customer once, ties by row, to the last bit", patient, async () => {
    const tenantId = randomUUID();
    const score = (i: number, by: number) => Math.sin(i * by) / 3;
    const before = Array.from({ length: 120 }, (_, i) => named(i + 2, `C-${i}`, i % 7 === 0 ? 0.5 : score(i, 1.1)));
    const now = Array.from({ length: 120 }, (_, i) => named(201 - i, `C-${i}`, i % 7 === 0 ? 0.5 : score(i, 2.3)));
    const ids = { sinceId: await completed(tenantId, before), uploadId: await completed(tenantId, now) };
    const expected = now.map((each, i) => ({ now: each, before: before[i]! }));
    const sizes = { increase: changeOf, decrease: (c: ChangedCustomer) => -changeOf(c), size: absolute };
    for (const order of ["increase", "decrease", "size"] as const) {
      const size = sizes[order];
      const sorted = expected.toSorted((a, b) => size(b) - size(a) || a.now.row - b.now.row);
      for (const limit of [7, 1_000]) assert.deepEqual(await pages(tenantId, ids, { limit, order }), sorted);
    }
  });
  const absolute = (customer: ChangedCustomer) => Math.abs(changeOf(customer));

  it("name the biggest movers of either direction, and nobody who stayed", patient, async () => {
    const tenantId = randomUUID();
    const moves = [0.5, -0.25, 0, 2, -3, 1, 2, -3, 0];
    const before = moves.map((_, i) => named(i + 2, `C-${i}`, i));
    const now = moves.map((move, i) => named(i + 2, `C-${i}`, i + move));
    const ids = { sinceId: await completed(tenantId, before), uploadId: await completed(tenantId, now) };
    const { up, down, counts } = await store.findMovers(tenantId, ids, 3);
    assert.deepEqual(idsOf(up), ["C-3", "C-6", "C-5"]);
    assert.deepEqual(idsOf(down), ["C-4", "C-7", "C-1"]);
    assert.deepEqual([counts.compared, counts.movedUp, counts.movedDown], [9, 4, 3]);
    assert.deepEqual(idsOf((await store.findMovers(tenantId, ids, 1)).down), ["C-4"]);
  });

  it("refuse a cursor that was made up", patient, async () => {
    const tenantId = randomUUID();
    const ids = { sinceId: await completed(tenantId, []), uploadId: await completed(tenantId, []) };
    for (const cursor of ["", "e30", btoa('["x",1]'), btoa("[1]"), btoa("[1,-1]"), btoa("[1,1.5]"), btoa("[null,1]")]) {
      const page = { limit: 1, cursor, order: "size" } as const;
      await assert.rejects(store.compareUploads(tenantId, ids, page), { code: "bad_request" });
    }
  });

  it("are there while both uploads are, for their tenant alone", patient, async () => {
    const tenantId = randomUUID();
    const ids = {
      sinceId: await completed(tenantId, [named(2, "a", 1)]),
      uploadId: await completed(tenantId, [named(2, "a", 2)]),
    };
    const others = await completed(randomUUID(), [named(2, "a", 1)]);
    const page = { limit: 10, cursor: null, order: "size" } as const;
    assert.equal((await store.compareUploads(tenantId, ids, page)).counts.compared, 1);
    for (const [tenant, pair] of [
      [randomUUID(), ids],
      [tenantId, { ...ids, sinceId: others }],
      [tenantId, { ...ids, uploadId: others }],
      [tenantId, { ...ids, sinceId: randomUUID() }],
      [tenantId, { ...ids, sinceId: "no id" }],
      [tenantId, { ...ids, sinceId: (await insertUpload(store, tenantId, newUpload())).uploadId }],
    ] as const) {
      await assert.rejects(async () => store.compareUploads(tenant, pair, page), { code: "not_found" });
      await assert.rejects(async () => store.findMovers(tenant, pair, 5), { code: "not_found" });
    }
    await store.deleteUpload(tenantId, ids.sinceId);
    await assert.rejects(store.compareUploads(tenantId, ids, page), { code: "not_found" });
  });

  it("are since the latest completed upload before, of a model of the same name", patient, async () => {
    const tenantId = randomUUID();
    const first = await completed(tenantId, []);
    assert.equal(await store.findEarlierUpload(tenantId, first), null);
    const second = await completed(tenantId, [], { ...model, version: "2.0.0", digest: "ef".repeat(32) });
    const other = await completed(tenantId, [], { ...model, name: "banking" });
    await insertUpload(store, tenantId, newUpload());
    await completed(randomUUID(), []);
    const third = await completed(tenantId, []);
    const earlier = async (id: string) => (await store.findEarlierUpload(tenantId, id))?.uploadId;
    assert.equal(await earlier(third), second);
    assert.equal(await earlier(second), first);
    assert.equal(await earlier(other), undefined);
    await store.deleteUpload(tenantId, second);
    assert.equal(await earlier(third), first);
    assert.equal(await store.findEarlierUpload(randomUUID(), third), null);
    assert.equal(await store.findEarlierUpload(tenantId, "no id"), null);
  });
});
