import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { AcceptedUpload } from "../../src/api/create-upload.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("Idempotency-Key", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const send = (key: string, body = "id,tenure\nC-1,4\n", query = "") =>
    api.call(`/v1/uploads?filename=a.csv${query}`, {
      method: "POST",
      body,
      headers: { "content-type": "text/csv", "idempotency-key": key },
    });

  const idOf = async (response: Response) => {
    assert.equal(response.status, 202);
    return v.parse(AcceptedUpload, await response.json()).upload_id;
  };

  it("a repetition answers with the first upload and stores nothing", async () => {
    const first = await send("one");
    const again = await send("one");
    assert.equal(first.headers.get("idempotency-replayed"), null);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal(await idOf(again), await idOf(first));
    assert.equal(api.services.rows.size, 1);
    assert.equal(api.services.stored.size, 1);
    assert.equal(api.services.woken, 1);
  });

  it("another key makes another upload", async () => {
    assert.notEqual(await idOf(await send("two")), await idOf(await send("three")));
  });

  it("another file or other options with the same key are refused", async () => {
    await send("four");
    const stored = api.services.stored.size;
    await problemOf(await send("four", "id,tenure\nC-1,5\n"), "idempotency_conflict");
    await problemOf(await send("four", undefined, "&header_row=2"), "idempotency_conflict");
    assert.equal(api.services.stored.size, stored);
  });

  it("two requests at the same time make one upload and leave one object", async () => {
    const stored = api.services.stored.size;
    const answers = await Promise.all([send("five"), send("five"), send("five")]);
    const ids = new Set(await Promise.all(answers.map(idOf)));
    assert.equal(ids.size, 1);
    assert.equal(api.services.stored.size, stored + 1);
  });

  it("a key that is none is refused", async () => {
    for (const key of ["two words", "x".repeat(256)]) await problemOf(await send(key), "bad_request");
  });
});
