import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type JobDeps, runJob } from "../../src/jobs/job.ts";
import { createUploadStore } from "../../src/store/upload-store.ts";
import { after, test } from "../slow-test.ts";
import { insertUpload, model, newUpload, prediction, rejection, report } from "../store/samples.ts";
import { embeddedKind, startDatabase } from "../store/servers.ts";

const { database, stop } = await startDatabase(embeddedKind);
after(stop);

test("a message delivered five times at once makes one set of rows and one completion", async () => {
  const store = createUploadStore({ database, messageFor: (_, uploadId) => uploadId });
  for (let round = 0; round < 10; round++) {
    const tenantId = randomUUID();
    const upload = newUpload();
    await insertUpload(store, tenantId, upload);
    const completed: string[] = [];
    const deps = {
      ...{ store, modelFor: () => model },
      log: (event: string) => void (event === "job.completed" && completed.push(event)),
      inference: {
        async scoreFile({ onEvent }: Parameters<JobDeps["inference"]["scoreFile"]>[0]) {
          await onEvent({ type: "report", report, blocked: null });
          for (const row of [2, 4]) {
            const results = { predictions: [prediction(row)], rejections: [rejection(row + 1)] };
            await onEvent({ type: "chunk", share: row / 4, rows: 2, ...results, work: null });
          }
          const rows = { read: 4, scored: 2, rejected: 2 };
          await onEvent({ type: "end", report, rows, summary: {} as never });
        },
      },
    } as unknown as JobDeps;
    const { signal } = new AbortController();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => runJob(deps, tenantId, upload.uploadId, signal)),
    );
    assert.equal(completed.length, 1);
    for (const outcome of outcomes) if (outcome.end === "again") assert.equal(outcome.error.code, "lease_lost");
    const stored = await store.getUpload(tenantId, upload.uploadId);
    assert.deepEqual(
      [stored?.status, stored?.rowsRead, stored?.rowsScored, stored?.rowsRejected],
      ["completed", 4, 2, 2],
    );
    const counted = await database.tenant(tenantId).transaction(
      (sql) => sql`
        select row_number from predictions where upload_id = ${upload.uploadId}
        union all
        select row_number from rejections where upload_id = ${upload.uploadId}
        order by row_number`,
    );
    assert.deepEqual(
      counted.map((row) => row.row_number),
      [2, 3, 4, 5],
    );
  }
});
