import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { ProblemDocument } from "../../src/api/problem.ts";
import { isUuid } from "../../src/api/uuid.ts";
import { problemOf } from "./problem-of.ts";
import { rawRequest, requestHead } from "./raw-request.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const someId = "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10";

describe("HTTP", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  it("an address that does not exist is a problem", async () => {
    for (const path of [
      "/",
      "/v1",
      "/v2/uploads",
      "/v1/uploads/",
      `/v1/uploads/${someId}/nothing`,
      "/docs/",
      "/favicon.ico",
      "/v1/uploads//events",
    ]) {
      await problemOf(await api.call(path), "not_found");
    }
  });

  it("an id that is none is like one that does not exist", async () => {
    for (const id of [
      "x",
      "1",
      "%00",
      `${someId}%00`,
      "..%2f..%2fetc",
      "%ff%fe",
      "a".repeat(5_000),
      someId.replace("0", "g"),
      `${someId}x`,
      "__proto__",
      someId,
    ]) {
      for (const path of [
        "",
        "/events",
        "/predictions",
        "/predictions/1",
        "/predictions.csv",
        "/rejected.csv",
        "/summary",
      ]) {
        await problemOf(await api.call(`/v1/uploads/${id}${path}`), "not_found");
      }
      await problemOf(await api.call(`/v1/uploads/${id}`, { method: "DELETE" }), "not_found");
    }
  });

  it("bytes in the address that are no UTF-8 are no reason to fail", async () => {
    for (const path of ["/v1/uploads/%ff", "/v1/uploads/%", "/v1/uploads/%zz", "/%c0%af", "/v1/uploads/%E0%A4"]) {
      const answer = await rawRequest(api.url, [requestHead("GET", path)]);
      assert.equal(answer?.status, 404);
      v.parse(ProblemDocument, JSON.parse(answer.body));
    }
    const query = await rawRequest(api.url, [requestHead("GET", "/v1/uploads?cursor=%ff%00")]);
    assert.equal(query?.status, 400);
    assert.ok(
      [400, 404].includes(
        (await rawRequest(api.url, [Buffer.from("GET /v1/uploads/\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n", "latin1")]))
          ?.status ?? 0,
      ),
    );
    assert.equal((await api.call("/livez")).status, 200);
  });

  it("another method is a problem that names those there are", async () => {
    const cases: [string, string, string][] = [
      ["PUT", "/v1/uploads", "POST, GET, HEAD, OPTIONS"],
      ["PATCH", `/v1/uploads/${someId}`, "GET, DELETE, HEAD, OPTIONS"],
      ["GET", "/v1/predict", "POST, OPTIONS"],
      ["HEAD", "/v1/predict", "POST, OPTIONS"],
      ["POST", "/v1/mappings/telecom/contract", "PUT, DELETE, OPTIONS"],
      ["DELETE", "/openapi.json", "GET, HEAD, OPTIONS"],
      ["POST", "/v1/templates/telecom.csv", "GET, HEAD, OPTIONS"],
    ];
    for (const [method, path, allow] of cases) {
      const response = await fetch(api.url + path, { method });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.equal(response.headers.get("allow"), allow);
      if (method !== "HEAD") await problemOf(response, "method_not_allowed");
    }
    const options = await fetch(`${api.url}/v1/uploads`, { method: "OPTIONS" });
    assert.deepEqual([options.status, options.headers.get("allow")], [204, "POST, GET, HEAD, OPTIONS"]);
  });

  it("HEAD answers as GET does, without a body", async () => {
    for (const path of [
      "/livez",
      "/v1/models",
      "/v1/uploads",
      "/docs",
      "/openapi.json",
      "/v1/templates/telecom.csv",
      `/v1/uploads/${someId}`,
    ]) {
      const [head, get] = [await api.call(path, { method: "HEAD" }), await api.call(path)];
      assert.equal(head.status, get.status, path);
      assert.equal(head.headers.get("content-type"), get.headers.get("content-type"), path);
      assert.equal(await head.text(), "");
    }
  });

  it("a request's own id is kept, one that is not safe is replaced", async () => {
    const own = await api.call("/livez", { headers: { "x-request-id": "order-4711.a_b" } });
    assert.equal(own.headers.get("x-request-id"), "order-4711.a_b");
    for (const id of ["a b", "<script>", "x".repeat(129), "ä"]) {
      const answer = await api.call("/livez", { headers: { "x-request-id": id } }).catch(() => null);
      // A client may refuse to send it.
      if (answer !== null) assert.ok(isUuid(answer.headers.get("x-request-id") ?? ""));
    }
    const problem = await problemOf(
      await api.call("/v1/nothing", { headers: { "x-request-id": "mine" } }),
      "not_found",
    );
    assert.equal(problem.instance, "urn:retainwise:request:mine");
  });

  it("every answer carries the headers that keep browsers careful", async () => {
    for (const path of ["/livez", "/v1/uploads", "/v1/nothing", "/docs", "/docs/style.css", "/openapi.json"]) {
      const { headers } = await api.call(path);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'/);
      assert.ok(["no-store", "no-cache"].includes(headers.get("cache-control") ?? ""));
      assert.equal(headers.get("access-control-allow-origin"), null);
    }
    assert.equal((await api.call("/v1/uploads")).headers.get("cache-control"), "no-store");
  });

  it("a page of another site cannot change anything, our own can", async () => {
    const { host } = new URL(api.url);
    const upload = (headers: Record<string, string>) =>
      api.call("/v1/uploads", {
        method: "POST",
        body: "a,b\n1,2\n",
        headers: { "content-type": "text/plain", ...headers },
      });
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site", origin: `http://${host}` },
      { "sec-fetch-site": "same-site" },
    ]) {
      const answer = await rawRequest(api.url, [
        requestHead("POST", "/v1/uploads", { host, ...headers, "content-type": "text/csv", "content-length": 8 }),
        "a,b\n1,2\n",
      ]);
      assert.equal(answer?.status, 403, JSON.stringify(headers));
      const put = requestHead("PUT", "/v1/mappings/telecom/contract", { host, ...headers, "content-length": 2 });
      assert.equal((await rawRequest(api.url, [put, "{}"]))?.status, 403, JSON.stringify(headers));
    }
    assert.equal(api.services.rows.size, 0);
    for (const headers of [{}, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }])
      assert.equal((await upload(headers)).status, 202);
    const own = await rawRequest(api.url, [
      requestHead("POST", "/v1/uploads", {
        host,
        origin: `http://${host}`,
        "content-type": "text/csv",
        "content-length": 8,
      }),
      "a,b\n1,2\n",
    ]);
    assert.equal(own?.status, 202);
  });

  it("livez touches nothing; readyz names the part that does not work", async () => {
    api.services.failing.set("getUpload", new Error("down"));
    assert.deepEqual(await (await api.call("/livez")).json(), { status: "alive" });
    api.services.failing.clear();
    assert.equal((await api.call("/readyz")).status, 200);
    api.services.parts = [
      { part: "database", problem: "It does not answer." },
      { part: "model", problem: null },
    ];
    const response = await api.call("/readyz");
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: "not_ready", parts: api.services.parts });
    api.services.parts = [];
  });

  it("a request under way is answered when the server stops", async () => {
    const other = await startApi({ onPiece: () => new Promise((resolve) => setTimeout(resolve, 300)) });
    const answer = other.call("/v1/uploads", {
      method: "POST",
      body: "a,b\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    while (other.services.storing === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stopped = other.stop();
    assert.equal((await answer).status, 202);
    await stopped;
    await assert.rejects(fetch(`${other.url}/livez`));
  });
});
