/** What a person and a chart read of one customer and of a whole file, over HTTP from the running service. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
const service = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

interface Attributed {
  readonly feature: string;
  readonly shap_value: number;
}
interface Detail {
  readonly base_value: number;
  readonly raw_score: number;
  readonly attributions: readonly Attributed[];
  readonly groups: readonly { readonly shap_value: number; readonly features: readonly string[] }[];
  readonly reasons: readonly {
    readonly sentence: string;
    readonly comparison: { readonly text: string } | null;
    readonly actionable: boolean;
    readonly group: string;
  }[];
  readonly interactions: {
    readonly main: readonly Attributed[];
    readonly pairs: readonly { readonly features: readonly string[]; readonly shap_value: number }[];
  };
}
interface Explanation {
  readonly customers: number;
  readonly sample: { readonly customers: number; readonly rows: readonly number[] };
  readonly features: readonly {
    readonly feature: string;
    readonly mean_abs_shap: number;
    readonly sample: { readonly shap_values: readonly number[] };
    readonly dependence: readonly { readonly customers: number }[];
  }[];
}

const get = async <T>(path: string): Promise<T> => {
  const response = await fetch(`${service.url}${path}`);
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
};
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
const csv = [customerHeader, ...makeCustomers(1_200, 31)].map((cells) => cells.join()).join("\n");
const accepted = async () => {
  const { upload_id } = (await (await upload(service, csv)).json()) as { upload_id: string };
  const { rows } = await settled(service, upload_id);
  assert.equal(rows.scored, 1_200);
  return upload_id;
};
const first = await accepted();
const second = await accepted();

test("a customer's reasons are sentences, the groups and the interactions add up to the score", async () => {
  const detail = await get<Detail>(`/v1/uploads/${first}/predictions/7?interactions=true`);
  for (const { sentence, comparison } of detail.reasons) {
    assert.match(sentence, /: goes with a (higher|lower) risk of leaving/);
    assert.ok(comparison !== null && sentence.includes(comparison.text));
  }
  const { base_value, raw_score, groups, attributions, interactions } = detail;
  assert.ok(Math.abs(sum(groups.map(({ shap_value }) => shap_value)) + base_value - raw_score) < 1e-9);
  assert.equal(groups.flatMap(({ features }) => features).length, attributions.length);
  for (const { feature, shap_value } of attributions) {
    const main = interactions.main.find((each) => each.feature === feature)!.shap_value;
    const pairs = interactions.pairs.filter(({ features }) => features.includes(feature));
    assert.ok(Math.abs(main + sum(pairs.map((pair) => pair.shap_value)) - shap_value) < 1e-9, feature);
  }
});

test("a customer scored at once has the interactions of the same customer in a file", async () => {
  const [cells] = makeCustomers(1, 31);
  const response = await fetch(`${service.url}/v1/predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      customers: [Object.fromEntries(cells!.map((cell, i) => [customerHeader[i], cell]))],
      interactions: true,
    }),
  });
  const { predictions } = (await response.json()) as { predictions: readonly Detail[] };
  const { interactions } = await get<Detail>(`/v1/uploads/${first}/predictions/2?interactions=true`);
  assert.deepEqual(predictions[0]?.interactions, interactions);
});

test("the same file has the same explanation in every upload, and its dots are its customers' own", async () => {
  const explanation = await get<Explanation>(`/v1/uploads/${first}/explanation`);
  assert.deepEqual(await get<Explanation>(`/v1/uploads/${second}/explanation`), explanation);
  assert.deepEqual([explanation.customers, explanation.sample.customers], [1_200, 500]);
  assert.equal(explanation.features.length, 18);
  const at = 250;
  const row = explanation.sample.rows[at]!;
  const { attributions } = await get<Detail>(`/v1/uploads/${first}/predictions/${row}`);
  for (const { feature, sample, dependence } of explanation.features) {
    assert.equal(sample.shap_values[at], attributions.find((each) => each.feature === feature)!.shap_value);
    assert.equal(sum(dependence.map(({ customers }) => customers)), 1_200);
  }
  const summary = await get<{ global_importance: readonly { feature: string; mean_abs_shap: number }[] }>(
    `/v1/uploads/${first}/summary`,
  );
  assert.deepEqual(
    explanation.features.map(({ feature, mean_abs_shap }) => [feature, mean_abs_shap]),
    summary.global_importance.map(({ feature, mean_abs_shap }) => [feature, mean_abs_shap]),
  );
  assert.ok(!JSON.stringify(summary).includes("dependence"));
});
