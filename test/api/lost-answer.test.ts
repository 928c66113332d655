/** The database took the upload, or did not, and its answer was lost on the way: nobody can tell which. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, it } from "node:test";
import { RetainWiseError } from "../../src/errors.ts";
import { startApi } from "./start-api.ts";

const api = await startApi();
after(() => api.stop());
const { uploads } = api.services;
const insert = uploads.insertUpload.bind(uploads);
const lost = () => new RetainWiseError("database_unavailable", "The database did not answer within 30000 ms.");

const send = (headers: Readonly<Record<string, string>> = {}) =>
  api.call("/v1/uploads", {
    method: "POST",
    body: "a,b\n1,2\n",
    headers: { "content-type": "text/csv", ...headers },
  });

it("keeps the object of an upload that may have been recorded: its job would find nothing otherwise", async () => {
  uploads.insertUpload = async (tenantId, upload) => {
    await insert(tenantId, upload);
    throw lost();
  };
  assert.equal((await send()).status, 503);
  const [row] = [...api.services.rows.values()];
  assert.ok(row !== undefined && api.services.stored.has(row.objectKey));
});

it("a repetition with the same key finds the upload that was recorded after all, with its object in place", async () => {
  uploads.insertUpload = async (tenantId, upload) => {
    await insert(tenantId, upload);
    throw lost();
  };
  const key = randomUUID();
  assert.equal((await send({ "idempotency-key": key })).status, 503);
  uploads.insertUpload = insert;
  const answer = await send({ "idempotency-key": key });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get("idempotency-replayed"), "true");
  const { upload_id } = (await answer.json()) as { upload_id: string };
  assert.ok(api.services.stored.has(api.services.rows.get(upload_id)?.objectKey ?? ""));
});

it("removes the object of an upload that certainly was not recorded", async () => {
  uploads.insertUpload = () => Promise.reject(new RetainWiseError("storage_unavailable", "swept"));
  const before = api.services.stored.size;
  assert.equal((await send()).status, 503);
  assert.equal(api.services.stored.size, before);
});
