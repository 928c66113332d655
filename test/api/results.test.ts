import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { PredictionList, PredictionWithAttributions } from "../../src/api/prediction-view.ts";
import type { UploadStatus } from "../../src/api/services.ts";
import { UploadView } from "../../src/api/upload-view.ts";
import { UploadList } from "../../src/api/uploads.ts";
import { model, samplePrediction } from "./memory-model.ts";
import { problemOf } from "./problem-of.ts";
import { rawRequest, requestHead } from "./raw-request.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("the results of an upload", () => {
  let api: RunningApi;
  let done = "";
  before(async () => {
    api = await startApi();
    done = await upload("completed");
    api.services.predictions.set(
      done,
      Array.from({ length: 250 }, (_, index) => samplePrediction(index + 2)),
    );
    api.services.rejections.set(done, [
      { row: 7, customerId: null, errorCode: "value_invalid", error: 'tenure, "x"', source: 'C-7,"x",' },
    ]);
  });
  after(() => api.stop());

  async function upload(status: UploadStatus): Promise<string> {
    const response = await api.call("/v1/uploads?filename=Kunden%20%C3%BC.csv", {
      method: "POST",
      body: "id,t\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
    const { name, version, digest } = model;
    const error = {
      code: "csv_malformed",
      title: "The CSV cannot be read",
      detail: "Row 7 has an open quotation mark.",
      remedy: "Mend it.",
    };
    api.services.change(upload_id, {
      status,
      model: { name, version, digest },
      summary: { tiers: { high: 1 } },
      error: status === "failed" ? error : null,
      progress: 0.25,
      rowsRead: 251,
    });
    return upload_id;
  }

  async function pages(query: string): Promise<{ rows: number[]; calls: number }> {
    const rows: number[] = [];
    let cursor: string | null = null;
    let calls = 0;
    do {
      const next: string = cursor === null ? "" : `&cursor=${cursor}`;
      const response = await api.call(`/v1/uploads/${done}/predictions?${query}${next}`);
      assert.equal(response.status, 200);
      const page: v.InferOutput<typeof PredictionList> = v.parse(PredictionList, await response.json());
      rows.push(...page.data.map(({ row }) => row));
      cursor = page.next_cursor;
      calls++;
    } while (cursor !== null);
    return { rows, calls };
  }

  it("come page by page, each customer once, those most at risk first", async () => {
    const { rows, calls } = await pages("limit=100");
    assert.equal(calls, 3);
    assert.equal(new Set(rows).size, 250);
    assert.equal(rows.length, 250);
    const probabilities = rows.map((row) => samplePrediction(row).probability);
    assert.deepEqual(
      probabilities,
      probabilities.toSorted((a, b) => b - a),
    );
  });

  it("come in file order, by tier and by a part of the customer id", async () => {
    assert.deepEqual(
      (await pages("order=row&limit=1000")).rows,
      Array.from({ length: 250 }, (_, index) => index + 2),
    );
    const high = (await pages("tier=high&limit=50")).rows;
    assert.ok(high.length > 0 && high.every((row) => samplePrediction(row).tier === "high"));
    assert.deepEqual((await pages("q=c-1007")).rows, [7]);
    assert.deepEqual((await pages("q=nobody")).rows, []);
  });

  it("one comes with every attribution", async () => {
    const response = await api.call(`/v1/uploads/${done}/predictions/7`);
    const { row, attributions } = v.parse(PredictionWithAttributions, await response.json());
    assert.equal(row, 7);
    assert.equal(attributions.length, 2);
  });

  it("are not there for a row that was not scored or is no row", async () => {
    for (const row of ["99999", "0", "-1", "1e3", "x", "%00", "9".repeat(40)]) {
      await problemOf(await api.call(`/v1/uploads/${done}/predictions/${row}`), "not_found");
    }
  });

  it("a cursor that was not given out, or belongs to another list, is refused", async () => {
    const response = await api.call(`/v1/uploads/${done}/predictions?limit=10`);
    const { next_cursor } = v.parse(PredictionList, await response.json());
    for (const cursor of [
      "x",
      "e30",
      "%00",
      "a".repeat(3000),
      `${next_cursor}%20`,
      Buffer.from('{"scope":"x","at":"1"}').toString("base64url"),
    ]) {
      await problemOf(await api.call(`/v1/uploads/${done}/predictions?cursor=${cursor}`), "bad_request");
    }
    await problemOf(await api.call(`/v1/uploads/${done}/predictions?order=row&cursor=${next_cursor}`), "bad_request");
    await problemOf(await api.call(`/v1/uploads?cursor=${next_cursor}`), "bad_request");
  });

  it("limits, orders and tiers that there are not are refused by name", async () => {
    for (const [query, parameter] of [
      ["limit=0", "limit"],
      ["limit=1001", "limit"],
      ["limit=ten", "limit"],
      ["order=up", "order"],
      ["tier=huge", "tier"],
      ["q=%00", "q"],
      ["teir=high", "teir"],
    ]) {
      const problem = await problemOf(await api.call(`/v1/uploads/${done}/predictions?${query}`), "bad_request");
      assert.equal(problem.issues?.[0]?.parameter, parameter);
    }
    assert.equal((await api.call(`/v1/uploads/${done}/predictions?limit=1000`)).status, 200);
  });

  it("download as the customer's own columns and the results, CRLF, with a name", async () => {
    const response = await api.call(`/v1/uploads/${done}/predictions.csv`);
    assert.equal(
      response.headers.get("content-disposition"),
      `attachment; filename="Kunden _.predictions.csv"; filename*=UTF-8''Kunden%20%C3%BC.predictions.csv`,
    );
    const text = await response.text();
    const lines = text.split("\r\n");
    assert.equal(lines[0], "customer_id,tenure,note,churn_probability,risk_tier,reason_1,reason_2,reason_3");
    assert.equal(lines[1], 'C-1002,2,"a, b",0.74,high,short tenure,,');
    assert.equal(lines.length, 252);
    assert.equal(lines.at(-1), "");
    assert.ok(!/[^\r]\n/.test(text));
    const wide = await (await api.call(`/v1/uploads/${done}/predictions.csv?shap=all`)).text();
    assert.ok(wide.split("\r\n")[0]!.endsWith("reason_3,shap_tenure,shap_contract"));
    assert.ok(wide.split("\r\n")[1]!.endsWith(",0.5,-0.25"));
  });

  it("rows set aside download with their error in front, as they came", async () => {
    const text = await (await api.call(`/v1/uploads/${done}/rejected.csv`)).text();
    assert.equal(text, 'row,error_code,error,customer_id,tenure,note\r\n7,value_invalid,"tenure, ""x""",C-7,"x",\r\n');
  });

  it("a download that fails before it begins is a problem; one that fails on the way is cut off", async () => {
    api.services.failing.set("streamPredictions", new Error("down"));
    await problemOf(await api.call(`/v1/uploads/${done}/predictions.csv`), "internal");
    api.services.failing.clear();
    const predictions = api.services.predictions.get(done)!;
    api.services.predictions.set(
      done,
      Array.from({ length: 5_000 }, (_, index) => samplePrediction(index + 2)),
    );
    api.services.failing.set("streamPredictionsLater", new Error("down"));
    const cut = await rawRequest(api.url, [requestHead("GET", `/v1/uploads/${done}/predictions.csv`)]);
    api.services.failing.clear();
    // Without the last chunk a client knows that it has not got all.
    assert.ok(cut === null || !cut.body.endsWith("0\r\n\r\n"));
    assert.equal(api.services.lines.at(-1)?.event, "request.failed");
    const whole = await rawRequest(api.url, [requestHead("GET", `/v1/uploads/${done}/predictions.csv`)]);
    assert.ok(whole?.body.endsWith("0\r\n\r\n"));
    api.services.predictions.set(done, predictions);
  });

  it("are refused with the state until there are any", async () => {
    for (const status of ["pending", "processing", "needs_mapping", "failed"] as const) {
      const id = await upload(status);
      for (const path of ["predictions", "predictions/2", "predictions.csv", "summary", "rejected.csv"]) {
        const response = await api.call(`/v1/uploads/${id}/${path}`);
        assert.equal(response.status, 409);
        const { detail } = await problemOf(response, "not_ready");
        assert.match(detail, new RegExp(status));
        if (status === "failed") assert.match(detail, /csv_malformed.*Row 7 has an open quotation mark/);
        if (status === "processing") assert.match(detail, /25 % done/);
      }
    }
  });

  it("a file of which no row could be scored still gives its rejected rows", async () => {
    const id = await upload("failed");
    api.services.change(id, {
      rowsRejected: 1,
      error: { code: "all_rows_rejected", title: "t", detail: "d", remedy: "r" },
    });
    assert.equal((await api.call(`/v1/uploads/${id}/rejected.csv`)).status, 200);
    assert.equal((await api.call(`/v1/uploads/${id}/predictions.csv`)).status, 409);
  });

  it("say so when the model that made them is gone", async () => {
    const id = await upload("completed");
    api.services.change(id, { model: { name: "telecom", version: "0.1.0", digest: "c".repeat(64) } });
    const response = await api.call(`/v1/uploads/${id}/predictions`);
    assert.equal(response.status, 503);
    await problemOf(response, "model_unavailable");
  });

  it("the summary comes as it was made", async () => {
    const summary = v.parse(v.looseObject({}), await (await api.call(`/v1/uploads/${done}/summary`)).json());
    assert.deepEqual(summary.tiers, { high: 1 });
  });

  it("uploads are listed page by page, newest first, and another tenant's are not there", async () => {
    const newest = await upload("pending");
    const other = await upload("pending");
    api.services.change(other, { tenantId: "0198f3a2-0000-7000-8000-000000000002" });
    const first = v.parse(UploadList, await (await api.call("/v1/uploads?limit=1")).json());
    assert.equal(first.data[0]?.upload_id, newest);
    const second = v.parse(
      UploadList,
      await (await api.call(`/v1/uploads?limit=1&cursor=${first.next_cursor}`)).json(),
    );
    assert.notEqual(second.data[0]?.upload_id, newest);
    for (const path of [
      "",
      "/events",
      "/predictions",
      "/predictions/2",
      "/predictions.csv",
      "/rejected.csv",
      "/summary",
      "/explanation",
    ]) {
      await problemOf(await api.call(`/v1/uploads/${other}${path}`), "not_found");
    }
    await problemOf(await api.call(`/v1/uploads/${other}`, { method: "DELETE" }), "not_found");
    assert.ok(api.services.rows.has(other));
  });

  it("an upload shows what is known of its file, in capitals or small letters", async () => {
    api.services.change(done, {
      startedAt: new Date(),
      report: {
        csv: { encoding: "utf-8", delimiter: ";", decimal: ",", header_row: 1 },
        mapping: [{ feature: "tenure", column: "Monate", confidence: 1, method: "synonym", transform: null }],
        columns: ["Monate", "Farbe"],
        unmapped_columns: ["Farbe"],
        missing_features: ["contract"],
        questions: [],
        issues_truncated: false,
        problems: [],
        not_scored: { customers: 0, monthly_revenue: 0, revenue_known_for: 0 },
        issues: [
          {
            code: "outside_training_range",
            severity: "warning",
            column: "Monate",
            feature: "tenure",
            count: 3,
            message: "m",
            examples: [{ row: 2, value: "-1", customer_id: null }],
          },
        ],
      },
    });
    const view = v.parse(UploadView, await (await api.call(`/v1/uploads/${done.toUpperCase()}`)).json());
    assert.deepEqual(
      [view.csv?.delimiter, view.mapping[0]?.column, view.issues[0]?.count, view.rows.read],
      [";", "Monate", 3, 251],
    );
  });

  it("go when the upload is deleted, and it is gone", async () => {
    const id = await upload("completed");
    const { objectKey } = api.services.rows.get(id)!;
    const response = await api.call(`/v1/uploads/${id}`, { method: "DELETE" });
    assert.equal(response.status, 204);
    assert.equal(await response.text(), "");
    assert.ok(!api.services.stored.has(objectKey));
    await problemOf(await api.call(`/v1/uploads/${id}`), "not_found");
    await problemOf(await api.call(`/v1/uploads/${id}`, { method: "DELETE" }), "not_found");
  });

  it("a file that cannot be removed is no success", async () => {
    const id = await upload("completed");
    api.services.failing.set("delete", new Error("down"));
    const response = await api.call(`/v1/uploads/${id}`, { method: "DELETE" });
    api.services.failing.clear();
    await problemOf(response, "storage_unavailable");
    assert.ok(api.services.lines.some(({ event }) => event === "object.orphaned"));
  });
});
