import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { AcceptedUpload } from "../../src/api/create-upload.ts";
import { UploadView } from "../../src/api/upload-view.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

const csv = "customer_id,tenure\r\nC-1,4\r\nC-2,9\r\n";

describe("POST /v1/uploads", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  function form(parts: readonly [string, string | File][]): FormData {
    const data = new FormData();
    for (const [name, value] of parts) data.append(name, value);
    return data;
  }

  const file = (content: BlobPart = csv, name = "customers.csv") => new File([content], name, { type: "text/csv" });

  async function accepted(response: Response): Promise<v.InferOutput<typeof AcceptedUpload>> {
    assert.equal(response.status, 202, await response.clone().text());
    return v.parse(AcceptedUpload, await response.json());
  }

  it("stores a form's file byte for byte and answers 202 with its address", async () => {
    const response = await api.call("/v1/uploads", { method: "POST", body: form([["file", file()]]) });
    const { upload_id, status, links } = await accepted(response);
    assert.equal(status, "pending");
    assert.match(upload_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(response.headers.get("location"), `/v1/uploads/${upload_id}`);
    assert.equal(links.self, `/v1/uploads/${upload_id}`);
    const row = api.services.rows.get(upload_id)!;
    assert.equal(row.objectKey, `uploads/${row.tenantId}/${upload_id}`);
    assert.equal(Buffer.from(api.services.stored.get(row.objectKey)!).toString(), csv);
    assert.equal(row.bytes, csv.length);
    assert.equal(row.filename, "customers.csv");
    assert.equal(api.services.woken, 1);
  });

  it("takes options before and after the file", async () => {
    const fields: [string, string | File][] = [
      ["delimiter", "semicolon"],
      ["decimal", "comma"],
      ["file", file()],
      ["as_of", "2026-02-28"],
      ["header_row", "3"],
      ["mapping", '{"tenure":"__proto__"}'],
      ["model", "telecom"],
      ["priority", "high"],
    ];
    const { upload_id } = await accepted(await api.call("/v1/uploads", { method: "POST", body: form(fields) }));
    assert.deepEqual(api.services.rows.get(upload_id)!.options, {
      model: "telecom",
      mapping: { tenure: "__proto__" },
      headerRow: 3,
      delimiter: ";",
      decimal: ",",
      asOf: "2026-02-28",
      priority: "high",
    });
    const view = v.parse(UploadView, await (await api.call(`/v1/uploads/${upload_id}`)).json());
    assert.equal(view.options.header_row, 3);
    assert.equal(view.options.as_of, "2026-02-28");
  });

  for (const type of [
    "text/csv",
    "text/csv; charset=utf-8",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "text/plain",
    "",
  ]) {
    it(`takes the CSV itself as ${type || "no type"}`, async () => {
      const init = {
        method: "POST",
        body: new TextEncoder().encode(csv),
        headers: type === "" ? {} : { "content-type": type },
      };
      const { upload_id } = await accepted(
        await api.call("/v1/uploads?filename=raw.csv&delimiter=tab&header_row=2", init),
      );
      const { filename, options, sha256 } = api.services.rows.get(upload_id)!;
      assert.equal(filename, "raw.csv");
      assert.deepEqual(options, { delimiter: "\t", headerRow: 2 });
      assert.equal(sha256.length, 64);
    });
  }

  it("shows file names without path, control characters and marks that turn the writing around", async () => {
    const names = [
      ["../../etc/passwd\u202e.csv", "passwd.csv"],
      ["C:\\Users\\me\\kunden\u0007 ü.csv", "kunden ü.csv"],
      ["..", "upload.csv"],
      [`${"ä".repeat(400)}.csv`, `${"ä".repeat(251)}.csv`],
    ] as const;
    for (const [given, shown] of names) {
      const raw = await api.call(`/v1/uploads?filename=${encodeURIComponent(given)}`, {
        method: "POST",
        body: csv,
        headers: { "content-type": "text/csv" },
      });
      assert.equal(api.services.rows.get((await accepted(raw)).upload_id)!.filename, shown);
      // A control character in a part's header is refused there: RFC 9110 allows none.
      if (given.includes("\u0007")) continue;
      const inForm = await api.call("/v1/uploads", { method: "POST", body: form([["file", file(csv, given)]]) });
      assert.equal(api.services.rows.get((await accepted(inForm)).upload_id)!.filename, shown);
    }
  });

  const refusals: [string, () => [string, RequestInit], number, string][] = [
    ["an empty form file", () => ["", { body: form([["file", file("")]]) }], 422, "empty_file"],
    ["an empty body", () => ["", { body: "", headers: { "content-type": "text/csv" } }], 422, "empty_file"],
    ["no body at all", () => ["", {}], 422, "empty_file"],
    ["a header without rows", () => ["", { body: form([["file", file("a,b\n")]]) }], 422, "no_data_rows"],
    ["a workbook by its content", () => ["", { body: form([["file", file("PK\u0003\u0004xx")]]) }], 415, "not_csv"],
    [
      "a workbook by its type",
      () => [
        "",
        { body: "x", headers: { "content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" } },
      ],
      415,
      "not_csv",
    ],
    [
      "JSON",
      () => ["", { body: "{}", headers: { "content-type": "application/json" } }],
      415,
      "unsupported_media_type",
    ],
    [
      "curl's default type",
      () => ["", { body: csv, headers: { "content-type": "application/x-www-form-urlencoded" } }],
      415,
      "unsupported_media_type",
    ],
    [
      "a compressed body",
      () => ["", { body: csv, headers: { "content-type": "text/csv", "content-encoding": "br" } }],
      415,
      "unsupported_media_type",
    ],
    ["a form without a file", () => ["", { body: form([["delimiter", "comma"]]) }], 400, "multipart_malformed"],
    ["a file in another field", () => ["", { body: form([["data", file()]]) }], 400, "multipart_malformed"],
    ["a file sent as text", () => ["", { body: form([["file", csv]]) }], 400, "multipart_malformed"],
    [
      "two files",
      () => [
        "",
        {
          body: form([
            ["file", file()],
            ["file", file()],
          ]),
        },
      ],
      400,
      "multipart_malformed",
    ],
    [
      "a boundary that never comes",
      () => ["", { body: csv, headers: { "content-type": "multipart/form-data; boundary=x" } }],
      400,
      "multipart_malformed",
    ],
    [
      "a form without a boundary",
      () => ["", { body: csv, headers: { "content-type": "multipart/form-data" } }],
      400,
      "multipart_malformed",
    ],
    [
      "an unknown option",
      () => ["?delimeter=tab", { body: csv, headers: { "content-type": "text/csv" } }],
      400,
      "bad_request",
    ],
    [
      "an option twice in the address",
      () => ["?decimal=,&decimal=.", { body: csv, headers: { "content-type": "text/csv" } }],
      400,
      "bad_request",
    ],
    [
      "an option in address and form",
      () => [
        "?decimal=point",
        {
          body: form([
            ["decimal", "point"],
            ["file", file()],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a wrong delimiter before the file",
      () => [
        "",
        {
          body: form([
            ["delimiter", "x"],
            ["file", file()],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a wrong header row after the file",
      () => [
        "",
        {
          body: form([
            ["file", file()],
            ["header_row", "0"],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a day that does not exist",
      () => [
        "",
        {
          body: form([
            ["file", file()],
            ["as_of", "2026-02-30"],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a mapping that is no JSON",
      () => [
        "",
        {
          body: form([
            ["mapping", "{tenure"],
            ["file", file()],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a mapping of another shape",
      () => [
        "",
        {
          body: form([
            ["mapping", '{"tenure":4}'],
            ["file", file()],
          ]),
        },
      ],
      400,
      "bad_request",
    ],
    [
      "a mapping of an unknown feature",
      () => [
        "",
        {
          body: form([
            ["mapping", '{"colour":"Colour"}'],
            ["file", file()],
          ]),
        },
      ],
      422,
      "mapping_invalid",
    ],
    [
      "a model that does not exist",
      () => ["?model=other", { body: csv, headers: { "content-type": "text/csv" } }],
      422,
      "model_not_found",
    ],
    [
      "comma for both signs",
      () => ["?delimiter=comma&decimal=comma", { body: csv, headers: { "content-type": "text/csv" } }],
      400,
      "bad_request",
    ],
  ];
  for (const [what, request, status, code] of refusals) {
    it(`refuses ${what} and leaves nothing behind`, async () => {
      const [query, init] = request();
      const before = { stored: api.services.stored.size, rows: api.services.rows.size };
      const response = await api.call(`/v1/uploads${query}`, { method: "POST", ...init });
      assert.equal(response.status, status);
      await problemOf(response, code);
      assert.deepEqual({ stored: api.services.stored.size, rows: api.services.rows.size }, before);
      assert.equal(api.services.storing, 0);
    });
  }

  it("names every wrong option with its parameter", async () => {
    const response = await api.call("/v1/uploads?header_row=x&priority=urgent", {
      method: "POST",
      body: csv,
      headers: { "content-type": "text/csv" },
    });
    const problem = await problemOf(response, "bad_request");
    assert.deepEqual(
      problem.issues?.map(({ parameter }) => parameter),
      ["header_row", "priority"],
    );
    assert.match(problem.detail, /^header_row must be a whole number \(and 1 more/);
  });

  it("removes the object when the database does not take the upload", async () => {
    const before = api.services.stored.size;
    api.services.failing.set("insertUpload", new Error("secret of the database"));
    const response = await api.call("/v1/uploads", { method: "POST", body: form([["file", file()]]) });
    api.services.failing.clear();
    assert.equal(response.status, 500);
    const problem = await problemOf(response, "internal");
    assert.ok(!JSON.stringify(problem).includes("secret"));
    assert.equal(api.services.stored.size, before);
    const line = api.services.lines.at(-1)!;
    assert.equal(line.event, "request_failed");
    assert.equal(line.fields["route"], "POST /v1/uploads");
    assert.ok(problem.instance.endsWith(String(line.fields["request_id"])));
    assert.match(String(line.fields["cause"]), /^RetainWiseError \[internal\] .* < Error .*uploads\.test\.ts/);
    assert.ok(!JSON.stringify(api.services.lines).includes("secret"), "a message may hold a customer's data");
  });

  it("names in the log the object that it could not remove", async () => {
    api.services.failing.set("insertUpload", new Error("down")).set("delete", new Error("down"));
    const response = await api.call("/v1/uploads", { method: "POST", body: form([["file", file()]]) });
    api.services.failing.clear();
    await problemOf(response, "internal");
    const line = api.services.lines.find(({ event }) => event === "object_orphaned")!;
    assert.ok(api.services.stored.delete(String(line.fields["object_key"])));
  });

  it("writes no file name and no content to the log", async () => {
    await api.call("/v1/uploads?filename=acme-secret.csv", {
      method: "POST",
      body: "zzz,yyy\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    const line = api.services.lines.at(-1)!;
    assert.equal(line.event, "upload_accepted");
    assert.ok(!/acme|zzz/.test(JSON.stringify(api.services.lines)));
  });
});
