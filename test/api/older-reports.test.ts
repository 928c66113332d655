/** What a newer version shows of reports that an older one stored. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as v from "valibot";
import { UploadView } from "../../src/api/upload-view.ts";
import { startApi } from "./start-api.ts";

const api = await startApi();
after(() => api.stop());

test("questions without an effect and examples without a customer's id are shown with none", async () => {
  const stored = `{"csv":null,"columns":[],"mapping":[{"feature":"tenure","column":"t","confidence":1,"method":"exact","transform":null}],"unmapped_columns":[],"missing_features":[],"issues_truncated":false,
    "questions":[{"feature":"contract","columns":["Plan"],"question":"Which?"}],
    "issues":[{"code":"c","severity":"info","column":"x","feature":null,"count":1,"message":"m","examples":[{"row":2,"value":"-1"}]}]}`;
  const response = await api.call("/v1/uploads", {
    method: "POST",
    body: "id,t\n1,2\n",
    headers: { "content-type": "text/csv" },
  });
  const { upload_id: id } = v.parse(v.object({ upload_id: v.string() }), await response.json());
  api.services.change(id, { status: "needs_mapping", report: JSON.parse(stored) });
  const view = v.parse(UploadView, await (await api.call(`/v1/uploads/${id}`)).json());
  assert.deepEqual([view.issues[0]?.rule, view.problems, view.not_scored.monthly_revenue], [null, [], null]);
  assert.deepEqual([view.mapping[0]?.column, view.mapping[0]?.why], ["t", null]);
  assert.deepEqual([view.questions[0]?.effect, view.issues[0]?.examples[0]?.customer_id], [null, null]);
});
