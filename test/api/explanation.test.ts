import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
import { Explanation } from "../../src/api/explanation.ts";
import { PredictionWithAttributions } from "../../src/api/prediction-view.ts";
import type { StoredPrediction } from "../../src/api/services.ts";
import { RetainWiseError } from "../../src/errors.ts";
import { model, samplePrediction } from "./memory-model.ts";
import { problemOf } from "./problem-of.ts";
import { type RunningApi, startApi } from "./start-api.ts";

describe("explanations beyond the reasons", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  /** A completed upload with these predictions. */
  async function completed(predictions: readonly StoredPrediction[]): Promise<string> {
    const response = await api.call("/v1/uploads", {
      method: "POST",
      body: "id,t\n1,2\n",
      headers: { "content-type": "text/csv" },
    });
    const { upload_id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
    const { name, version, digest } = model;
    api.services.change(upload_id, { status: "completed", model: { name, version, digest }, summary: {} });
    api.services.predictions.set(upload_id, [...predictions]);
    return upload_id;
  }

  it("what features do together comes with one prediction, where that is asked for", async () => {
    const id = await completed([samplePrediction(7)]);
    const get = async (query: string) =>
      v.parse(PredictionWithAttributions, await (await api.call(`/v1/uploads/${id}/predictions/7${query}`)).json());
    assert.ok(!("interactions" in (await get(""))) && !("interactions" in (await get("?interactions=false"))));
    const { interactions } = await get("?interactions=true");
    assert.deepEqual(interactions?.pairs, [{ features: ["tenure", "contract"], shap_value: 0.1 }]);
    assert.deepEqual(api.services.asked.at(-1), { digest: model.digest, interactionsOf: 7 });
    await problemOf(await api.call(`/v1/uploads/${id}/predictions/7?interactions=yes`), "bad_request");
    api.services.failing.set("interactions", new RetainWiseError("model_unavailable", "It only presents."));
    await problemOf(await api.call(`/v1/uploads/${id}/predictions/7?interactions=true`), "model_unavailable");
    api.services.failing.clear();
  });

  it("the whole file's is made of a sample of its own and of what was counted while it was scored", async () => {
    const id = await completed([samplePrediction(2), samplePrediction(3)]);
    const counted = {
      customers: 2,
      global_importance: [
        { feature: "tenure", label: "Tenure", mean_abs_shap: 0.5 },
        { feature: "contract", label: "Contract", mean_abs_shap: 0.25 },
      ],
      dependence: [{ feature: "tenure", counts: [2], mean_shap: [0.5] }],
    };
    api.services.change(id, { summary: counted });
    const get = async (query: string) => {
      const response = await api.call(`/v1/uploads/${id}/explanation${query}`);
      assert.equal(response.status, 200);
      return v.parse(Explanation, await response.json());
    };
    const whole = await get("");
    const seed = Number.parseInt(api.services.rows.get(id)!.sha256.slice(0, 8), 16);
    assert.deepEqual(api.services.asked.at(-1), { sampleOf: id, rows: 500, seed });
    assert.deepEqual(whole.sample, { customers: 2, rows: [2, 3] });
    assert.deepEqual(
      whole.features.map((each) => [each.feature, each.mean_abs_shap, each.sample.values.length]),
      [
        ["tenure", 0.5, 2],
        ["contract", 0.25, 2],
      ],
    );
    assert.equal(whole.features[0]!.dependence[0]!.customers, 2);
    assert.equal((await get("?features=1")).features.length, 1);
    assert.equal((await get("?rows=1")).sample.customers, 1);
    for (const query of ["rows=0", "rows=2001", "rows=x", "features=0", "features=101", "row=7"])
      await problemOf(await api.call(`/v1/uploads/${id}/explanation?${query}`), "bad_request");
    // The summary and the upload stay as small as they were.
    for (const path of ["", "/summary"])
      assert.ok(!(await (await api.call(`/v1/uploads/${id}${path}`)).text()).includes("dependence"), path);
    api.services.change(id, { status: "processing" });
    await problemOf(await api.call(`/v1/uploads/${id}/explanation`), "not_ready");
  });

  it("a file that was summed up before there was anything to show has a sample all the same", async () => {
    const id = await completed([samplePrediction(2)]);
    const response = await api.call(`/v1/uploads/${id}/explanation`);
    assert.deepEqual(v.parse(Explanation, await response.json()).sample.rows, [2]);
    api.services.change(id, { summary: { dependence: "x" } });
    await problemOf(await api.call(`/v1/uploads/${id}/explanation`), "internal");
  });

  it("a failed explanation has no interactions either, and none are computed", async () => {
    const id = await completed([{ ...samplePrediction(2), explanationStatus: "failed", shapValues: [] }]);
    const before = api.services.asked.length;
    const response = await api.call(`/v1/uploads/${id}/predictions/2?interactions=true`);
    assert.equal(v.parse(PredictionWithAttributions, await response.json()).interactions, null);
    assert.equal(api.services.asked.length, before);
  });
});
