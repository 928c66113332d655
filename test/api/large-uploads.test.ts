import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startFile } from "../../src/api/file-head.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { loadRuntime } from "../../src/runtime/runtime.ts";
import { problemOf } from "./problem-of.ts";
import { rawRequest, requestHead } from "./raw-request.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const megabyte = 1_048_576;
const piece = Buffer.alloc(megabyte, "C-100001,4,79.90,Month-to-month\r\n");
const opening = Buffer.from('--B\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
const nothing = Buffer.alloc(0);
const megabytes = 40;
const closing = Buffer.from("\r\n--B--\r\n");

describe("a large upload", () => {
  let api: RunningApi;
  // A storage that is slower than the line.
  before(async () => {
    api = await startApi({ forgetObjects: true, onPiece: () => sleep(1) });
  });
  after(() => api.stop());

  /**
   * Sends from a socket that waits while the server does not read; answers the status and the most bytes that were on the way between the
   * client and the storage: in the system's buffers and in the server.
   */
  async function send(url: string, headers: Record<string, string>, [start, end]: readonly [Buffer, Buffer]) {
    api.services.taken = 0;
    let onTheWay = 0;
    const pieces = Array.from({ length: megabytes }, () => piece);
    const length = start.length + megabytes * piece.length + end.length;
    const answer = await rawRequest(
      url,
      [requestHead("POST", "/v1/uploads", { ...headers, "content-length": length }), start, ...pieces, end],
      {
        milliseconds: 30_000,
        onWritten: (bytes) => {
          onTheWay = Math.max(onTheWay, bytes - api.services.taken);
        },
      },
    );
    return { onTheWay: onTheWay / megabyte, status: answer?.status ?? 0 };
  }

  for (const [what, headers, around] of [
    ["a form", { "content-type": "multipart/form-data; boundary=B" }, [opening, closing]],
    ["a raw body", { "content-type": "text/csv" }, [nothing, nothing]],
  ] as const) {
    it(`as ${what} is read no faster than it is stored`, async () => {
      const { status, onTheWay } = await send(api.url, { ...headers }, around);
      assert.equal(status, 202);
      assert.equal(api.services.taken, megabytes * megabyte);
      assert.ok(onTheWay < 16, `${onTheWay.toFixed(0)} MB were on the way`);
    });
  }

  it("that a server gathers before it stores is on the way as a whole: the measure above sees it", async () => {
    const { serve } = await loadRuntime();
    const gathering = await serve({
      fetch: async (request) =>
        new Response(null, { status: (await request.arrayBuffer()).byteLength > 0 ? 202 : 400 }),
      hostname: "127.0.0.1",
      port: 0,
    });
    const { onTheWay } = await send(gathering.url, { "content-type": "text/csv" }, [nothing, nothing]);
    await gathering.stop(1);
    assert.ok(onTheWay > 30, `${onTheWay.toFixed(0)} MB were on the way`);
  });

  it("that grows beyond the limit on the way is cut off there", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield piece;
    }
    const file = await startFile(endless(), 10 * megabyte);
    let taken = 0;
    const reading = (async () => {
      for await (const bytes of file.bytes) taken += bytes.length;
    })();
    await assert.rejects(reading, (error) => error instanceof RetainWiseError && error.code === "too_large");
    assert.ok(taken <= 10 * megabyte);
  });

  it("that is refused at its head is answered although the client sends on", async () => {
    const zip = new Uint8Array(12 * megabyte);
    zip.set([0x50, 0x4b, 3, 4]);
    const form = new FormData();
    form.append("file", new File([zip], "customers.xlsx"));
    const requests: RequestInit[] = [
      { body: zip, headers: { "content-type": "text/csv" } },
      { body: form },
      { body: zip, headers: { "content-type": "application/zip" } },
    ];
    for (const init of requests) {
      const response = await api.call("/v1/uploads", { method: "POST", ...init });
      assert.equal(response.status, 415);
      assert.match((await problemOf(response, "not_csv")).detail, /zip|xlsx/);
    }
    const elsewhere = await api.call("/v1/nowhere", { method: "POST", body: zip });
    await problemOf(elsewhere, "not_found");
    assert.equal(api.services.storing, 0);
  });
});
