import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { ChangeList } from "../../src/api/change-view.ts";
import { UploadSummary } from "../../src/api/predictions.ts";
import type { StoredPrediction, Upload } from "../../src/api/services.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { limits } from "../../src/limits.ts";
import { model, samplePrediction } from "./memory-model.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("what changed since an earlier upload", () => {
  let api: RunningApi;
  let [first, second, third] = ["", "", ""];
  before(async () => {
    api = await startApi();
    first = await completed([1, 2, 3, 4].map((i) => named(i + 2, `C-${i}`, i)));
    second = await completed([...Array(250).keys()].map((i) => named(i + 2, `C-${i}`, Math.cos(i * i))));
    third = await completed([...Array(250).keys()].map((i) => named(i + 2, `C-${i}`, Math.sin(i))));
  });
  after(() => api.stop());

  const named = (row: number, customerId: string | null, rawScore: number): StoredPrediction => ({
    ...samplePrediction(row),
    customerId,
    rawScore,
  });

  async function completed(predictions: StoredPrediction[], fields: Partial<Upload> = {}): Promise<string> {
    // Later than the one before, to the millisecond.
    await new Promise((resolve) => setTimeout(resolve, 2));
    const response = await api.call("/v1/uploads?filename=customers.csv", {
      method: "POST",
      body: "id,t\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
    const { name, version, digest } = model;
    api.services.predictions.set(upload_id, predictions);
    api.services.change(upload_id, {
      status: "completed",
      model: { name, version, digest },
      rowsScored: predictions.length,
      summary: { customers: predictions.length },
      ...fields,
    });
    return upload_id;
  }

  const list = async (path: string) => {
    const response = await api.call(path);
    assert.equal(response.status, 200, path);
    return v.parse(ChangeList, await response.json());
  };
  const summary = async (id: string) =>
    v.parse(UploadSummary, await (await api.call(`/v1/uploads/${id}/summary`)).json());

  it("is told of every customer in both, page by page, the largest first", async () => {
    const sizes: number[] = [];
    let cursor = "";
    let calls = 0;
    for (;;) {
      const page = await list(`/v1/uploads/${third}/changes?limit=100${cursor}`);
      calls++;
      assert.equal(page.since?.upload_id, second);
      assert.equal(page.counts?.compared, 250);
      sizes.push(...page.data.map(({ change }) => Math.abs(change)));
      for (const { change, contributions, model_contribution } of page.data)
        assert.equal(contributions[0]!.contribution + model_contribution!, change);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    assert.equal(calls, 3);
    assert.equal(sizes.length, 250);
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
  });

  it("is since the upload that is named, in the order that is asked for", async () => {
    const page = await list(`/v1/uploads/${third}/changes?since=${first.toUpperCase()}&order=decrease&limit=2`);
    assert.equal(page.since?.upload_id, first);
    assert.equal(page.model_changed, false);
    assert.deepEqual(page.counts, {
      compared: 4,
      new: 246,
      gone: 0,
      ambiguous: 0,
      without_id: 0,
      moved_up: 0,
      moved_down: 4,
      tier_changes: 0,
    });
    assert.deepEqual(
      page.data.map(({ customer_id, previous_row }) => [customer_id, previous_row]),
      [
        ["C-4", 6],
        ["C-3", 5],
      ],
    );
    const rising = await list(`/v1/uploads/${third}/changes?since=${first}&order=increase&limit=1`);
    assert.equal(rising.data[0]?.customer_id, "C-1");
    assert.ok(rising.data[0].change < 0, "where nobody's score rises, the one that fell least comes first");
  });

  it("is nothing, and says so, where there is no earlier upload", async () => {
    assert.deepEqual(await list(`/v1/uploads/${first}/changes`), {
      data: [],
      next_cursor: null,
      since: null,
      model_changed: false,
      missing_features: [],
      split: null,
      counts: null,
    });
    assert.deepEqual(await summary(first), {
      customers: 4,
      since: null,
      movers: null,
      movers_missing: "no_earlier_upload",
    });
  });

  it("is told without its split where a model is no longer loaded", async () => {
    const digest = "c".repeat(64);
    const fields: Partial<Upload> = { model: { name: model.name, version: "0.9.0", digest } };
    const gone = await completed([named(2, "C-1", 4)], fields);
    const now = await completed([named(2, "C-1", 5)]);
    const page = await list(`/v1/uploads/${now}/changes`);
    assert.equal(page.since?.upload_id, gone);
    assert.equal(page.model_changed, true);
    assert.deepEqual(page.split, {
      status: "unavailable",
      code: "model_unavailable",
      detail: "A model is no longer loaded.",
    });
    const { change, explanation_status, contributions, model_contribution } = page.data[0]!;
    assert.deepEqual([change, explanation_status, contributions, model_contribution], [1, "unavailable", [], null]);
    assert.equal((await summary(now)).movers?.up[0]?.main_feature, null);
  });

  it("refuses an upload that is not there, not done, not earlier, or too large", async () => {
    const path = `/v1/uploads/${second}/changes`;
    await problemOf(await api.call(`${path}?since=${randomUUID()}`), "not_found");
    await problemOf(await api.call(`${path}?since=x`), "bad_request");
    for (const since of [second, third]) {
      const problem = await problemOf(await api.call(`${path}?since=${since}`), "bad_request");
      assert.equal(problem.issues?.[0]?.parameter, "since");
    }
    const theirs = await completed([], { tenantId: randomUUID() });
    await problemOf(await api.call(`${path}?since=${theirs}`), "not_found");
    await problemOf(await api.call(`/v1/uploads/${theirs}/changes`), "not_found");
    const waiting = await completed([], { status: "processing" });
    await problemOf(await api.call(`${path}?since=${waiting}`), "not_ready");
    await problemOf(await api.call(`/v1/uploads/${waiting}/changes`), "not_ready");
    const huge = await completed([], { rowsScored: limits.comparedRows });
    await problemOf(await api.call(`/v1/uploads/${huge}/changes?since=${first}`), "comparison_too_large");
    assert.equal((await summary(huge)).movers_missing, "too_many_rows");
    api.services.rows.delete(huge);
  });

  it("refuses a cursor of another order, of another upload to compare with, or made up", async () => {
    const path = `/v1/uploads/${third}/changes`;
    const { next_cursor } = await list(`${path}?limit=1`);
    assert.notEqual(next_cursor, null);
    await list(`${path}?since=${second}&limit=1&cursor=${next_cursor}`);
    for (const query of [`order=increase&cursor=${next_cursor}`, `since=${first}&cursor=${next_cursor}`, "cursor=x"])
      await problemOf(await api.call(`${path}?${query}`), "bad_request");
  });

  it("leaves the rest of the summary where no comparison can be made now", async () => {
    api.services.failing.set("findMovers", new RetainWiseError("overloaded", "busy"));
    const { movers, movers_missing, customers, since } = await summary(third);
    api.services.failing.delete("findMovers");
    assert.deepEqual([movers, movers_missing, customers, since?.upload_id], [null, "busy", 250, second]);
  });

  it("is in the summary by its biggest movers, found out once for all who ask", async () => {
    const found = await summary(third);
    assert.equal(found.since?.upload_id, second);
    assert.equal(found.movers_missing, null);
    assert.deepEqual(
      [found.movers?.up.length, found.movers?.down.length, found.movers?.counts.compared],
      [limits.moversShown, limits.moversShown, 250],
    );
    for (const { change, main_feature } of [...found.movers!.up, ...found.movers!.down])
      assert.equal(main_feature?.contribution, change);
    const asked = () => api.services.asked.filter((each) => Object.hasOwn(Object(each), "moversOf")).length;
    const before = asked();
    assert.deepEqual(await summary(third), found);
    assert.equal(asked(), before);
  });
});
