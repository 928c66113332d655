/** What a scored file says of itself beside its scores: drift, and the work it took. On the shipped model, about 3 s. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { predictCustomers } from "../../src/inference/predict-customers.ts";
import { type ScoreEvent, scoreFile } from "../../src/inference/score-file.ts";
import { createRowScorer } from "../../src/inference/score-rows.ts";
import { limits } from "../../src/limits.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());

async function score(lines: readonly (readonly string[])[], output: "rows" | "csv" = "rows", explain = true) {
  const bytes = new TextEncoder().encode(lines.map((cells) => `${cells.join()}\n`).join(""));
  const events: ScoreEvent[] = [];
  const open = async function* () {
    yield bytes.subarray(0, 10_000);
    yield bytes.subarray(10_000);
  };
  for await (const event of scoreFile(model, open, { bytes: bytes.length, output, explain })) events.push(event);
  const end = events.at(-1);
  assert.ok(end?.type === "end");
  return { events, summary: end.summary };
}

const contract = customerHeader.findIndex((name) => /contract/i.test(name));

test("a file of one kind of customer tells which columns are unlike the training data and how much rests on them", async () => {
  const customers = [...makeCustomers(600, 3)].map((cells) =>
    cells.map((cell, i) => (i === contract ? "Two year" : cell)),
  );
  const { summary } = await score([customerHeader, ...customers]);
  const found = summary.drift.find(({ feature }) => feature === "contract");
  assert.ok(found?.psi != null && found.psi > limits.driftIndex);
  assert.match(
    found.note ?? "",
    /^Contract looks unlike the training data \(PSI \d\.\d\d\): treat the scores with care\.$/,
  );
  const drifted = summary.drift
    .filter(({ psi }) => psi !== null && psi > limits.driftIndex)
    .map((each) => each.feature);
  const total = summary.global_importance.reduce((sum, each) => sum + each.mean_abs_shap, 0);
  const on = summary.global_importance.filter((each) => drifted.includes(each.feature));
  const share = on.reduce((sum, each) => sum + each.mean_abs_shap, 0) / total;
  assert.ok(Math.abs(summary.drifted_attribution_share! - share) < 1e-9);
  assert.ok(share > 0 && share < 1);
});

test("a column that the file does not have is no drift, and without explanations nothing rests on anything", async () => {
  const keep = (cells: readonly string[]) => cells.filter((_, i) => !customerHeader[i]!.startsWith("Streaming"));
  const lines = [customerHeader, ...makeCustomers(600, 4)].map(keep);
  const { summary } = await score(lines, "csv", false);
  const gone = summary.drift.filter(({ feature }) => feature.startsWith("streaming"));
  assert.deepEqual(
    gone.map(({ psi, psi_missing, missing_share }) => [psi, psi_missing, missing_share]),
    [
      [null, "not_in_file", 1],
      [null, "not_in_file", 1],
    ],
  );
  assert.equal(summary.drifted_attribution_share, null);
});

test("every block tells once what it took and how exact it was", async () => {
  const { events } = await score([customerHeader, ...makeCustomers(5_000, 5)]);
  const chunks = events.flatMap((event) => (event.type === "chunk" ? [event] : []));
  const works = chunks.flatMap(({ work }) => (work === null ? [] : [work]));
  assert.equal(chunks.length, 3, "a small block, and a large one in two chunks");
  assert.equal(works.length, 2);
  for (const { predictionSeconds, explanationSeconds, largestAdditivityError } of works) {
    assert.ok(predictionSeconds > 0 && explanationSeconds > 0);
    assert.ok(largestAdditivityError! > 0 && largestAdditivityError! <= limits.additivityError);
  }
  const stored = Math.max(...chunks.flatMap(({ predictions }) => predictions.map((each) => each.additivityError)));
  assert.equal(Math.max(...works.map((work) => work.largestAdditivityError!)), stored);
  const { work } = await predictCustomers(model, [{ tenure_months: 3, monthly_charges: 70, contract: "One year" }]);
  assert.ok(work.predictionSeconds > 0 && work.largestAdditivityError! <= limits.additivityError);
});

test("an explanation that does not add up is told as large as it is, and one that is no number as the worst", async () => {
  const width = model.schema.features.length;
  const rows = { count: 2, features: new Float32Array(2 * width).fill(Number.NaN) };
  const largestWith = async (wrong: number) => {
    const spoilt = {
      ...model,
      explain(features: Float32Array, count: number, shapValues: Float64Array, scores: Float64Array) {
        model.explain(features, count, shapValues, scores);
        shapValues[0]! += wrong;
      },
    };
    const { work, explained } = await createRowScorer(spoilt, true)(rows as never);
    assert.deepEqual([...explained], [wrong === 0 ? 1 : 0, 1]);
    return work.largestAdditivityError!;
  };
  assert.ok((await largestWith(0)) <= limits.additivityError);
  assert.ok(Math.abs((await largestWith(0.5)) - 0.5) < 1e-9);
  assert.equal(await largestWith(Number.NaN), limits.worstAdditivityError);
  const { work } = await createRowScorer(model, false)(rows as never);
  assert.deepEqual([work.explanationSeconds, work.largestAdditivityError], [0, null]);
});
