import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { MappingSuggestion } from "../../src/api/mappings.ts";
import { PredictAnswer } from "../../src/api/predict.ts";
import { limits } from "../../src/limits.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("calls that take JSON", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const post = (path: string, body: BodyInit, type = "application/json") =>
    api.call(path, { method: "POST", body, headers: { "content-type": type } });
  const predict = (body: unknown) => post("/v1/predict", JSON.stringify(body));

  it("predict answers each customer in order, with or without every attribution", async () => {
    const customers = [{ tenure: 4, contract: "Monthly", senior: false, note: null }, { tenure: 9 }];
    const short = v.parse(PredictAnswer, await (await predict({ customers })).json());
    assert.deepEqual(
      short.predictions.map(({ row }) => row),
      [1, 2],
    );
    assert.ok(short.predictions.every((each) => !("attributions" in each)));
    const long = v.parse(PredictAnswer, await (await predict({ customers, explain: true, model: "telecom" })).json());
    assert.ok(long.predictions.every((each) => "attributions" in each));
    const asked = { model: "telecom", customers, explain: true, interactions: false };
    assert.deepEqual(api.services.asked.at(-1), asked);
  });

  it("predict gives interactions of one customer, and refuses them for more", async () => {
    const one = { customers: [{ tenure: 4 }], interactions: true };
    const { predictions } = v.parse(PredictAnswer, await (await predict(one)).json());
    assert.ok("interactions" in predictions[0]! && predictions[0].interactions!.pairs.length === 1);
    const problem = await problemOf(await predict({ ...one, customers: [{}, {}] }), "bad_request");
    assert.equal(problem.issues?.[0]?.pointer, "/interactions");
  });

  it("as many customers as the limit says are taken, one more is refused", async () => {
    const customers = Array.from({ length: limits.predictCustomers }, () => ({ tenure: 4 }));
    assert.equal((await predict({ customers })).status, 200);
    const response = await predict({ customers: [...customers, {}] });
    assert.equal(response.status, 413);
    assert.match((await problemOf(response, "too_many_customers")).detail, /1000 customers; there are 1001/);
  });

  it("every wrong value is named by a JSON pointer, and never repeated", async () => {
    const wrong = { customers: [{ tenure: { secret: 1 } }, { "a/b~c": [] }, 7], explain: "yes", colour: 1 };
    const problem = await problemOf(await predict(wrong), "bad_request");
    assert.deepEqual(
      new Set(problem.issues?.map(({ pointer }) => pointer)),
      new Set(["/customers/0/tenure", "/customers/1/a~1b~0c", "/customers/2", "/explain", "/colour"]),
    );
    assert.ok(!JSON.stringify(problem).includes("secret"));
  });

  it("a number that is too large for a number is refused", async () => {
    const problem = await problemOf(await post("/v1/predict", '{"customers":[{"tenure":1e999}]}'), "bad_request");
    assert.equal(problem.issues?.[0]?.pointer, "/customers/0/tenure");
  });

  it("a shape that is missing or empty is refused", async () => {
    for (const body of ["null", "[]", "7", '"x"', "{}", '{"customers":[]}', '{"customers":{}}']) {
      await problemOf(await post("/v1/predict", body), "bad_request");
    }
  });

  it("text that is no JSON is refused with its place", async () => {
    const problem = await problemOf(
      await post("/v1/predict", '{\n  "customers": [\n    {"tenure": 4,}\n  ]\n}'),
      "bad_request",
    );
    assert.match(problem.detail, /line 3, column 18/);
    for (const body of [
      "",
      "  ",
      "{",
      "nope",
      '{"customers":[NaN]}',
      "[".repeat(100_000),
      new Uint8Array([0x22, 0xff, 0x22]),
    ]) {
      await problemOf(await post("/v1/predict", body), "bad_request");
    }
  });

  it("a body beyond the limit is refused, announced or not", async () => {
    const body = `{"customers":[{"a":"${"x".repeat(limits.jsonBodyBytes)}"}]}`;
    await problemOf(await post("/v1/predict", body), "too_large");
    const chunked = await api.call("/v1/predict", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob([body]).stream(),
      ...{ duplex: "half" },
    });
    assert.equal(chunked.status, 413);
  });

  it("another content type is refused, none is taken as JSON", async () => {
    await problemOf(await post("/v1/predict", "{}", "application/x-www-form-urlencoded"), "unsupported_media_type");
    const response = await api.call("/v1/predict", {
      method: "POST",
      body: new TextEncoder().encode('{"customers":[{}]}'),
    });
    assert.equal(response.status, 200);
  });

  it("what the predictor throws is answered by its code; what it did not mean to throw is internal", async () => {
    api.services.failing.set("predict", new TypeError("customer C-77 is not a function"));
    const problem = await problemOf(await predict({ customers: [{}] }), "internal");
    api.services.failing.clear();
    assert.ok(!JSON.stringify([problem, api.services.lines]).includes("C-77"));
    assert.equal(api.services.lines.at(-1)?.fields.code, "internal");
  });

  it("a mapping is suggested for a CSV head and for columns with samples", async () => {
    const fromCsv = await post(
      "/v1/mappings/suggest?model=telecom&delimiter=semicolon&header_row=2",
      "Months,Plan\n4,basic\n",
      "text/csv",
    );
    assert.equal(v.parse(MappingSuggestion, await fromCsv.json()).mapping[0]?.why, "Months means tenure.");
    const asked = api.services.asked.at(-1);
    assert.ok(typeof asked === "object" && asked !== null && "head" in asked);
    const { bytes, ...read } = asked.head as { bytes: Uint8Array };
    assert.equal(new TextDecoder().decode(bytes), "Months,Plan\n4,basic\n");
    assert.deepEqual(read, { delimiter: ";", headerRow: 2 });
    const fromJson = await post(
      "/v1/mappings/suggest",
      JSON.stringify({
        columns: ["__proto__", "Plan"],
        sample: [
          [4, true],
          [null, "basic"],
        ],
      }),
    );
    assert.equal(fromJson.status, 200);
    assert.deepEqual(api.services.asked.at(-1), {
      model: null,
      head: {
        columns: ["__proto__", "Plan"],
        sample: [
          ["4", "true"],
          ["", "basic"],
        ],
      },
    });
    assert.equal((await post("/v1/mappings/suggest", '{"columns":["a"]}')).status, 200);
  });

  it("a head that is no CSV or no sample is refused", async () => {
    await problemOf(await post("/v1/mappings/suggest", "", "text/csv"), "empty_file");
    await problemOf(await post("/v1/mappings/suggest", "PK\u0003\u0004", "text/csv"), "not_csv");
    const problem = await problemOf(
      await post("/v1/mappings/suggest", '{"columns":[],"sample":[[{}]]}'),
      "bad_request",
    );
    assert.deepEqual(
      problem.issues?.map(({ pointer }) => pointer),
      ["/columns", "/sample/0/0"],
    );
  });

  it("a mapping is answered once, and the work goes on", async () => {
    const created = await post("/v1/uploads", "id,t\n1,2\n", "text/csv");
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await created.json());
    const path = `/v1/uploads/${upload_id}/mapping`;
    const answer = '{"mapping":{"tenure":"t"},"remember":true}';
    await problemOf(await post(path, answer), "not_ready");
    api.services.change(upload_id, { status: "needs_mapping" });
    await problemOf(await post(path, '{"mapping":{"colour":"t"}}'), "mapping_invalid");
    await problemOf(await post(path, '{"mapping":{}}'), "bad_request");
    await problemOf(await post(path, '{"mapping":{"tenure":""},"remember":1}'), "bad_request");
    const woken = api.services.woken;
    const response = await post(path, answer);
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("location"), `/v1/uploads/${upload_id}`);
    assert.equal(v.parse(v.object({ status: v.string() }), await response.json()).status, "pending");
    assert.deepEqual(api.services.asked.at(-1), { mapping: { tenure: "t" }, decimal: null, remember: true });
    assert.equal(api.services.woken, woken + 1);
    await problemOf(await post(path, answer), "not_ready");
  });

  it("a unit is taken with its column, and one that does not fit is refused at the door", async () => {
    const created = await post("/v1/uploads", "id,t\n1,2\n", "text/csv");
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await created.json());
    const path = `/v1/uploads/${upload_id}/mapping`;
    api.services.change(upload_id, { status: "needs_mapping" });
    for (const units of ['{"tenure":"furlongs"}', '{"colour":"days"}', '{"contract":"days"}'])
      await problemOf(await post(path, `{"mapping":{"tenure":"t"},"units":${units}}`), "mapping_invalid");
    await problemOf(await post(path, '{"mapping":{"contract":"t"},"units":{"tenure":"days"}}'), "mapping_invalid");
    await problemOf(await post(path, '{"mapping":{"tenure":"t"},"units":{"tenure":"Days!"}}'), "bad_request");
    await problemOf(
      await post("/v1/uploads?units=%7B%22tenure%22%3A%22days%22%7D", "id,t\n1,2\n", "text/csv"),
      "mapping_invalid",
    );
    assert.equal((await post(path, '{"mapping":{"tenure":"t"},"units":{"tenure":"days"}}')).status, 202);
    assert.deepEqual(api.services.asked.at(-1), {
      mapping: { tenure: "t" },
      units: { tenure: "days" },
      decimal: null,
      remember: false,
    });
  });

  it("templates and models are listed and a template downloads", async () => {
    const listed = v.parse(
      v.object({ data: v.tuple([v.object({ name: v.string(), url: v.string() })]) }),
      await (await api.call("/v1/templates")).json(),
    );
    const template = await api.call(listed.data[0].url);
    assert.equal(await template.text(), "customer_id,tenure\r\nC-1,4\r\n");
    assert.match(template.headers.get("content-disposition") ?? "", /filename="telecom.template.csv"/);
    for (const path of ["other.csv", "telecom", "telecom.xlsx", ".csv", "..%2f..%2fetc%2fpasswd.csv", "a%00.csv"]) {
      await problemOf(await api.call(`/v1/templates/${path}`), "not_found");
    }
    const models = v.parse(
      v.object({ data: v.array(v.object({ name: v.string(), digest: v.string() })) }),
      await (await api.call("/v1/models")).json(),
    );
    assert.equal(models.data[0]?.name, "telecom");
  });
});
