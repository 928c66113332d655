import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { listDeadJobs, redriveDeadJobs } from "../../src/jobs/dead-jobs.ts";
import { formatMessage } from "../../src/queue/message.ts";
import { createPostgresQueue } from "../../src/queue/postgres.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { after, test } from "../slow-test.ts";
import { insertUpload, newUpload } from "../store/samples.ts";
import { embeddedKind, startDatabase } from "../store/servers.ts";

const { database, stop } = await startDatabase(embeddedKind);
after(stop);
/** A tenant of its own, and an empty queue on which the first receive is the last. */
async function rig() {
  await database.transaction((sql) => sql`delete from messages`);
  const tenantId = randomUUID();
  const store = createUploadStore({
    database,
    messageFor: (tenant, uploadId) => formatMessage({ tenantId: tenant, uploadId }),
  });
  const queue = createPostgresQueue(database.system(), { maxReceiveCount: 1 });

  /** A message that was received once too often. */
  async function die(body: string): Promise<void> {
    await queue.sendMessage(body);
    const [message] = await queue.receiveMessages({ maxMessages: 1, waitSeconds: 1 });
    await queue.changeMessageVisibility(message!.receiptHandle, 0);
    assert.deepEqual(await queue.receiveMessages({ maxMessages: 1, waitSeconds: 0 }), []);
  }

  async function givenUp(code: string): Promise<string> {
    const upload = newUpload();
    await insertUpload(store, tenantId, upload);
    await store.giveUpUpload(tenantId, upload.uploadId, { code, title: "t", detail: "d", remedy: "r" });
    await die(formatMessage({ tenantId, uploadId: upload.uploadId }));
    return upload.uploadId;
  }
  return { tenantId, store, queue, die, givenUp };
}

test("dead letters are listed with their upload and code, and come back by code, their upload pending again", async () => {
  const { tenantId, store, queue, die, givenUp } = await rig();
  const [storage, other] = [await givenUp("storage_unavailable"), await givenUp("database_unavailable")];
  await die("not one of ours");
  const listed = await listDeadJobs({ queue, store });
  assert.deepEqual(
    listed.map((job) => [job.uploadId, job.code]),
    [
      [storage, "storage_unavailable"],
      [other, "database_unavailable"],
      [null, null],
    ],
  );
  assert.equal(await redriveDeadJobs({ queue, store }, "no_such_code"), 0);
  assert.equal(await redriveDeadJobs({ queue, store }, "storage_unavailable"), 1);
  assert.equal((await store.getUpload(tenantId, storage))?.status, "pending");
  assert.equal((await store.getUpload(tenantId, other))?.status, "failed");
  const [back] = await queue.receiveMessages({ maxMessages: 10, waitSeconds: 1 });
  assert.deepEqual([back?.body, back?.approximateReceiveCount], [formatMessage({ tenantId, uploadId: storage }), 1]);
  assert.equal(await redriveDeadJobs({ queue, store }, null), 2);
  assert.deepEqual(await listDeadJobs({ queue, store }), []);
});

test("an upload that was completed in the meantime stays so", async () => {
  const { tenantId, store, queue, die } = await rig();
  const upload = newUpload();
  await insertUpload(store, tenantId, upload);
  const attempt = { tenantId, uploadId: upload.uploadId, attemptToken: randomUUID() };
  await store.claimUpload(tenantId, upload.uploadId, attempt.attemptToken);
  await store.completeUpload(attempt, {
    report: {} as never,
    rows: { read: 1, scored: 1, rejected: 0 },
    summary: null,
  });
  await die(formatMessage({ tenantId, uploadId: upload.uploadId }));
  assert.equal(await redriveDeadJobs({ queue, store }, null), 1);
  assert.equal((await store.getUpload(tenantId, upload.uploadId))?.status, "completed");
});
