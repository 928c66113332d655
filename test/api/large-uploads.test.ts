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
const closing = Buffer.from("\r\n--B--\r\n");

describe("a large upload", () => {
  let api: RunningApi;
  // A storage that is slower than the line.
  before(async () => {
    api = await startApi({ forgetObjects: true, onPiece: () => sleep(1) });
  });
  after(() => api.stop());

  /** Sends from a socket of our own that waits while the server does; answers the status and by how much this process grew. */
  async function send(
    url: string,
    bytes: number,
    headers: Record<string, string>,
    start: Buffer,
    end: Buffer,
  ): Promise<{ grown: number; status: number }> {
    api.services.taken = 0;
    const before = process.memoryUsage().rss;
    let most = before;
    const pieces = Array.from({ length: bytes / megabyte }, () => piece);
    const head = requestHead("POST", "/v1/uploads", {
      ...headers,
      "content-length": start.length + bytes + end.length,
    });
    const watch = setInterval(() => void (most = Math.max(most, process.memoryUsage().rss)), 20);
    const answer = await rawRequest(url, [head, start, ...pieces, end], { milliseconds: 30_000 });
    clearInterval(watch);
    return { grown: most - before, status: answer?.status ?? 0 };
  }

  for (const [what, headers, start, end] of [
    ["a form", { "content-type": "multipart/form-data; boundary=B" }, opening, closing],
    ["a raw body", { "content-type": "text/csv" }, Buffer.alloc(0), Buffer.alloc(0)],
  ] as const) {
    it(`of 20 and of 80 MB as ${what} goes through in about the same memory`, async () => {
      const warm = await send(api.url, 20 * megabyte, { ...headers }, start, end);
      assert.equal(warm.status, 202);
      assert.equal(api.services.taken, 20 * megabyte);
      const large = await send(api.url, 80 * megabyte, { ...headers }, start, end);
      assert.equal(large.status, 202);
      assert.equal(api.services.taken, 80 * megabyte);
      // Buffering would cost the whole file, and more than once.
      assert.ok(large.grown < 40 * megabyte, `grew by ${(large.grown / megabyte).toFixed(0)} MB`);
    });
  }

  it("that a server gathers before it stores costs that memory: the measure above sees it", async () => {
    const { serve } = await loadRuntime();
    const gathering = await serve({
      fetch: async (request) =>
        new Response(null, { status: (await request.arrayBuffer()).byteLength > 0 ? 202 : 400 }),
      hostname: "127.0.0.1",
      port: 0,
    });
    const { grown } = await send(
      gathering.url,
      80 * megabyte,
      { "content-type": "text/csv" },
      Buffer.alloc(0),
      Buffer.alloc(0),
    );
    await gathering.stop(1);
    assert.ok(grown > 60 * megabyte, `grew by ${(grown / megabyte).toFixed(0)} MB`);
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
