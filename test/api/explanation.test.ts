import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as v from "valibot";
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

  it("a failed explanation has no interactions either, and none are computed", async () => {
    const id = await completed([{ ...samplePrediction(2), explanationStatus: "failed", shapValues: [] }]);
    const before = api.services.asked.length;
    const response = await api.call(`/v1/uploads/${id}/predictions/2?interactions=true`);
    assert.equal(v.parse(PredictionWithAttributions, await response.json()).interactions, null);
    assert.equal(api.services.asked.length, before);
  });
});
