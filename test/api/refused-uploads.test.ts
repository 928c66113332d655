import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { csv, csvFile as file, formOf as form } from "./form-of.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("POST /v1/uploads refuses", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

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
    it(`${what} and leaves nothing behind`, async () => {
      const [query, init] = request();
      const before = { stored: api.services.stored.size, rows: api.services.rows.size };
      const response = await api.call(`/v1/uploads${query}`, { method: "POST", ...init });
      assert.equal(response.status, status);
      await problemOf(response, code);
      assert.deepEqual({ stored: api.services.stored.size, rows: api.services.rows.size }, before);
      assert.equal(api.services.storing, 0);
    });
  }

  it("every wrong option, each named by its parameter", async () => {
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
});
