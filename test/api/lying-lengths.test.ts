/** Requests whose length is a lie, as a smuggler writes them. A runtime may answer for itself or hang up; it may not store, hang or break. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { rawRequest } from "./raw-request.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const csv = "id,tenure\r\nC-1,4\r\n";
const head = (...lines: string[]) =>
  ["POST /v1/uploads HTTP/1.1", "host: localhost", "content-type: text/csv", ...lines, "", ""].join("\r\n");
const smuggled = "DELETE /v1/uploads/0198f3a2-0000-7000-8000-000000000009 HTTP/1.1\r\nhost: localhost\r\n\r\n";

/** Each is a request that must not be taken for an upload. */
const lies: Readonly<Record<string, readonly string[]>> = {
  "a length that is negative": [head("content-length: -5"), csv],
  "a length that is no number": [head("content-length: 1e3"), csv],
  "a length in hexadecimal": [head("content-length: 0x13"), csv],
  "two lengths": [head("content-length: 5", `content-length: ${csv.length}`), csv],
  "two lengths in one header": [head(`content-length: 5, ${csv.length}`), csv],
  "a chunk that is longer than its size says": [head("transfer-encoding: chunked"), `3\r\n${csv}\r\n0\r\n\r\n`],
  "a chunk whose size is no number": [head("transfer-encoding: chunked"), `zz\r\n${csv}\r\n0\r\n\r\n`],
  "a chunk whose size is negative": [head("transfer-encoding: chunked"), `-1\r\n${csv}\r\n0\r\n\r\n`],
  "a chunk of more bytes than there are numbers": [head("transfer-encoding: chunked"), `ffffffffffffffffff\r\n${csv}`],
  "a transfer encoding that nobody knows": [head("transfer-encoding: xchunked"), `${csv}`],
};

describe("a request that lies about its length", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi({ body: { idleSeconds: 0.4, totalSeconds: 1.5 } });
  });
  after(() => api.stop());

  const settledDown = async (): Promise<void> => {
    for (let tries = 0; api.services.storing > 0 && tries < 100; tries++) await sleep(20);
    assert.equal(api.services.storing, 0);
  };

  for (const [what, pieces] of Object.entries(lies)) {
    it(`by ${what} stores nothing, and the next one is served`, async () => {
      const answer = await rawRequest(api.url, pieces, { milliseconds: 3_000 });
      assert.ok(answer === null || (answer.status >= 400 && answer.status < 500), `${answer?.status}`);
      await settledDown();
      assert.deepEqual([api.services.stored.size, api.services.rows.size], [0, 0]);
      assert.equal((await api.call("/livez")).status, 200);
    });
  }

  it("by a length that is too short has what follows taken for another request, not for a part of the file", async () => {
    await rawRequest(api.url, [head(`content-length: ${csv.length}`), csv, "GET / nonsense\r\n\r\n"], {
      milliseconds: 3_000,
    });
    await settledDown();
    const stored = [...api.services.stored.values()].map((bytes) => Buffer.from(bytes).toString());
    assert.ok(
      stored.every((text) => text === csv),
      JSON.stringify(stored),
    );
    api.services.stored.clear();
    api.services.rows.clear();
  });

  it("by a length and chunks at once is never read in two ways: nothing is deleted by what is hidden in it", async () => {
    let deleted = 0;
    const { uploads } = api.services;
    const { deleteUpload } = uploads;
    Object.assign(uploads, {
      deleteUpload: (tenant: string, uploadId: string) => {
        deleted++;
        return deleteUpload(tenant, uploadId);
      },
    });
    const both = head("content-length: 6", "transfer-encoding: chunked");
    await rawRequest(api.url, [both, `0\r\n\r\n${smuggled}`], { milliseconds: 2_000 });
    await rawRequest(api.url, [head("transfer-encoding: chunked", "content-length: 4"), `0\r\n\r\n${smuggled}`], {
      milliseconds: 2_000,
    });
    // Behind a proxy that goes by the length, whatever follows the chunks would be the next client's.
    assert.ok(deleted === 0, `${deleted} smuggled requests were carried out`);
    assert.equal((await api.call("/livez")).status, 200);
  });
});
