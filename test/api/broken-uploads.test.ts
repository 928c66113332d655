import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../src/limits.ts";
import { rawRequest, requestHead } from "./raw-request.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const part = 'content-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n';
const rows = "id,tenure\r\n".padEnd(200_000, "C-1,4\r\n");
const multipart = { "content-type": "multipart/form-data; boundary=B" };

describe("an upload that breaks off", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi({ body: { idleSeconds: 0.4, totalSeconds: 1.5 } });
  });
  after(() => api.stop());

  /** Nothing stored, nothing recorded, nothing still being stored. */
  async function nothingBehind(): Promise<void> {
    for (let tries = 0; api.services.storing > 0 && tries < 100; tries++) await sleep(20);
    assert.deepEqual([api.services.storing, api.services.stored.size, api.services.rows.size], [0, 0, 0]);
  }

  async function lastCode(): Promise<unknown> {
    for (let tries = 0; api.services.lines.length === 0 && tries < 100; tries++) await sleep(20);
    return api.services.lines.splice(0).at(-1)?.fields.code;
  }

  it("raw, by a client that goes away in the middle of the file", async () => {
    const head = requestHead("POST", "/v1/uploads", { "content-type": "text/csv", "content-length": rows.length + 1 });
    await rawRequest(api.url, [head, rows, 100], { cut: true });
    assert.equal(await lastCode(), "body_incomplete");
    await nothingBehind();
  });

  it("chunked, by a client that goes away before the last chunk", async () => {
    const head = requestHead("POST", "/v1/uploads", { "content-type": "text/csv", "transfer-encoding": "chunked" });
    await rawRequest(api.url, [head, `${rows.length.toString(16)}\r\n${rows}\r\n`, 100], { cut: true });
    assert.equal(await lastCode(), "body_incomplete");
    await nothingBehind();
  });

  it("in a form, by a client that goes away in the middle of the file", async () => {
    const head = requestHead("POST", "/v1/uploads", { ...multipart, "content-length": 1_000_000 });
    await rawRequest(api.url, [head, `--B\r\n${part}${rows}`, 100], { cut: true });
    assert.equal(await lastCode(), "body_incomplete");
    await nothingBehind();
  });

  const cutForms: [string, string][] = [
    ["without its closing boundary", `--B\r\n${part}${rows}\r\n`],
    ["in the middle of the file", `--B\r\n${part}${rows}`],
    ["in the header of a part", `--B\r\n${part.slice(0, 40)}`],
    [
      "after a whole file, in the next part",
      `--B\r\n${part}${rows}\r\n--B\r\ncontent-disposition: form-data; name="model"\r\n\r\ntele`,
    ],
    ["with another boundary", `--C\r\n${part}${rows}\r\n--C--\r\n`],
    ["with a part that is malformed", `--B\r\n${part}${rows}\r\n--B\r\nno colon here\u0001\r\n\r\nx\r\n--B--\r\n`],
    ["with nothing in it", "--B--\r\n"],
    ["of no bytes", ""],
  ];
  for (const [what, body] of cutForms) {
    it(`a form ${what} is refused with 400`, async () => {
      const answer = await rawRequest(api.url, [
        requestHead("POST", "/v1/uploads", { ...multipart, "content-length": Buffer.byteLength(body) }),
        body,
      ]);
      assert.equal(answer?.status, 400);
      assert.equal(await lastCode(), "multipart_malformed");
      await nothingBehind();
    });
  }

  it("by a client that falls silent: it is told so and let go", async () => {
    const head = requestHead("POST", "/v1/uploads", { "content-type": "text/csv", "content-length": rows.length });
    const started = performance.now();
    const answer = await rawRequest(api.url, [head, rows.slice(0, 1000)]);
    assert.equal(answer?.status, 400);
    assert.match(answer.body, /body_incomplete/);
    assert.ok(performance.now() - started < 3_000);
    await lastCode();
    await nothingBehind();
  });

  it("by a client that drips for ever: the whole body has a deadline", async () => {
    const head = requestHead("POST", "/v1/uploads", { "content-type": "text/csv", "content-length": rows.length });
    const drips = Array.from({ length: 12 }, () => ["id,tenure\n", 200] as const).flat();
    const answer = await rawRequest(api.url, [head, ...drips]);
    assert.equal(answer?.status, 400);
    await lastCode();
    await nothingBehind();
  });

  it("a slow client that stays within the times is served", async () => {
    const body = `--B\r\n${part}id,tenure\r\nC-1,4\r\n\r\n--B--\r\n`;
    const pieces = [...body].flatMap((character, index) => (index % 20 === 0 ? [character, 60] : [character]));
    const answer = await rawRequest(api.url, [
      requestHead("POST", "/v1/uploads", { ...multipart, "content-length": body.length }),
      ...pieces,
    ]);
    assert.equal(answer?.status, 202);
    const [key] = [...api.services.stored.keys()];
    assert.equal(Buffer.from(api.services.stored.get(key!)!).toString(), "id,tenure\r\nC-1,4\r\n");
    api.services.stored.clear();
    api.services.rows.clear();
    await lastCode();
  });

  it("one that announces more than the limit is refused before it is read", async () => {
    for (const headers of [{ "content-type": "text/csv" }, multipart]) {
      const answer = await rawRequest(api.url, [
        requestHead("POST", "/v1/uploads", { ...headers, "content-length": limits.uploadBytes * 3 }),
      ]);
      assert.equal(answer?.status, 413);
      assert.match(answer.body, /"code":"too_large"/);
      assert.match(answer.body, /1,073,741,824/);
      assert.equal(await lastCode(), "too_large");
    }
    await nothingBehind();
  });
});
