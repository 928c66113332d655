import type * as v from "valibot";
import type { ModelList } from "../../api/models.ts";
import type { ChangeView, PredictionDetail } from "../../api/presented.ts";
import type { UploadView } from "../../api/upload-view.ts";
import type { Schema } from "../../features/schema.ts";
import { valueCell, type WaterfallStep, waterfall } from "../charts/waterfall.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { changeBars } from "../parts/change-bars.ts";
import { labelsOf } from "../parts/features-of.ts";
import { logOdds, percent } from "../parts/format.ts";
import { whatIf } from "../parts/what-if.ts";
import { RestProblem } from "../rest.ts";

/** Steps of the waterfall; what is left is one more. */
const stepsShown = 9;

/** One customer: the score, what it is made of, what changed, and what the model would say otherwise. */
export const customerPage: ShowPage = async ({ rest, params, query }) => {
  const upload = await rest.get<UploadView>(`/v1/uploads/${params["upload_id"]}`);
  const self = `/v1/uploads/${upload.upload_id}`;
  const row = encodeURIComponent(params["row"] ?? "");
  const wantsPairs = query.get("together") === "true";
  const [found, withPairs, models, changes] = await Promise.all([
    rest.find<PredictionDetail>(`${self}/predictions/${row}`),
    wantsPairs
      ? orProblem(rest.find<PredictionDetail>(`${self}/predictions/${row}?interactions=true`), pairsRefused)
      : null,
    rest.get<v.InferOutput<typeof ModelList>>("/v1/models"),
    orProblem(rest.find<Changes>(`${self}/changes?row=${row}&limit=1`), ["comparison_too_large", "overloaded"]),
  ]);
  if (found === null) return notScored(upload, params["row"] ?? "");
  const model = models.data.find(({ digest }) => digest === found.model.digest);
  const labels = labelsOf(model?.schema);
  const name = nameOf(found);
  return {
    title: name,
    section: "uploads",
    scripts: ["what-if.js"],
    main: html`
<p class="quiet"><a href="/">Uploads</a> / <a class="theirs" href="/uploads/${upload.upload_id}">${upload.filename}</a></p>
<h1 class="theirs">${name}</h1>
<p class="row"><span class="big">${percent(found.churn_probability)}</span> <span class="badge ${found.risk_tier}">${found.risk_tier} risk</span> <span class="quiet">row ${found.row} of the file</span></p>
${
  found.explanation_status === "failed"
    ? html`<div class="notice bad"><p><strong>No reasons are shown.</strong> The parts did not add up to the score within the bound that this service keeps. The probability itself is the model's. Tell whoever runs this service: it is counted there.</p></div>`
    : explained(found)
}
${changed(changes)}
${quality(found, labels)}
${model === undefined || found.attributions.length === 0 ? html`<p class="quiet">${model === undefined ? "The version of the model that scored this file is not the one that scores now" : "Without an explanation the values are not shown"}, so nothing can be tried with others.</p>` : whatIf(found, model.schema as Schema)}
${found.explanation_status === "ok" ? together(found, withPairs, upload.upload_id, labels) : nothing}
${howComputed(found)}`,
  };
};

/** Codes of a picture of pairs that is not to be had; the page is there without it. */
const pairsRefused = ["interactions_too_costly", "model_unavailable", "overloaded"];

interface Changes {
  readonly data: readonly ChangeView[];
  readonly since: { readonly filename: string } | null;
}

/** What a part of the page says in place of its numbers, where the answer is one of these problems. */
async function orProblem<Found>(answer: Promise<Found>, codes: readonly string[]): Promise<Found | RestProblem> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RestProblem && codes.includes(error.problem.code)) return error;
    throw error;
  }
}

const refusal = ({ problem }: RestProblem): Html => html`<p class="notice">${problem.detail} ${problem.remedy}</p>`;

function nameOf({ customer_id, row }: PredictionDetail): string {
  return customer_id === null || customer_id.trim() === "" ? `Row ${row}` : customer_id;
}

function explained(found: PredictionDetail): Html {
  const { base_value, raw_score, reasons } = found;
  const { shown, folded } = stepsOf(found);
  return html`
<section aria-labelledby="why"><h2 id="why">Why</h2>
<ul class="sentences">${reasons.map(({ sentence, note, direction }) => html`<li class="${direction}"><span class="theirs">${sentence}</span>${note === null ? nothing : html` <span class="quiet">${note}</span>`}</li>`)}</ul></section>
<section class="card" aria-labelledby="made-of"><h2 id="made-of">What the score is made of</h2>
<p>The score starts where everybody starts; each value adds points or takes some away. Points are log-odds: about 0.7 double the odds. They add up to the score exactly.</p>
${waterfall(base_value, raw_score, shown)}${foldedSteps(folded)}</section>`;
}

function quality({ data_quality }: PredictionDetail, labels: ReadonlyMap<string, string>): Html {
  if (data_quality.length === 0) return nothing;
  return html`<section aria-labelledby="quality"><h2 id="quality">About this customer's data</h2><ul>${data_quality.map(({ feature, note }) => html`<li>${labels.get(feature) ?? feature}: <span class="theirs">${note}</span></li>`)}</ul></section>`;
}

/** The weightiest one by one, the others as one step: together they are all. */
function stepsOf({ attributions }: PredictionDetail): {
  shown: readonly WaterfallStep[];
  folded: readonly WaterfallStep[];
} {
  const steps = attributions
    .toSorted((a, b) => Math.abs(b.shap_value) - Math.abs(a.shap_value))
    .map(({ label, text, shap_value, comparison }) => ({
      label,
      value: text.slice(label.length + 2), // behind "Tenure: "
      usual: comparison?.text ?? "",
      shapValue: shap_value,
    }));
  // One step alone is not folded.
  if (steps.length <= stepsShown + 1) return { shown: steps, folded: [] };
  const folded = steps.slice(stepsShown);
  const shapValue = folded.reduce((sum, step) => sum + step.shapValue, 0);
  const others = { label: `${folded.length} others`, value: "listed below", usual: "", shapValue };
  return { shown: [...steps.slice(0, stepsShown), others], folded };
}

function foldedSteps(steps: readonly WaterfallStep[]): Html {
  if (steps.length === 0) return nothing;
  return html`<details><summary>The ${steps.length} others</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The ${steps.length} others"><table>
<thead><tr><th scope="col">What</th><th scope="col">This customer</th><th scope="col" class="number">Points</th></tr></thead>
<tbody>${steps.map(({ label, value, usual, shapValue }) => html`<tr><th scope="row">${label}</th><td>${valueCell(value, usual)}</td><td class="number">${logOdds(shapValue)}</td></tr>`)}</tbody></table></div></details>`;
}

function changed(changes: Changes | RestProblem | null): Html {
  if (changes instanceof RestProblem) return refusal(changes);
  const [change] = changes?.data ?? [];
  if (change === undefined) return nothing;
  const { previous_churn_probability, churn_probability } = change;
  return html`<section class="card" aria-labelledby="changed"><h2 id="changed">What changed since <span class="theirs">${changes?.since?.filename}</span></h2>
<p>From ${percent(previous_churn_probability)} to ${percent(churn_probability)}: ${logOdds(change.change)} points.</p>${changeBars(change)}</section>`;
}

function together(
  { row }: PredictionDetail,
  withPairs: PredictionDetail | RestProblem | null,
  uploadId: string,
  labels: ReadonlyMap<string, string>,
): Html {
  if (withPairs instanceof RestProblem) return refusal(withPairs);
  const interactions = withPairs?.interactions ?? null;
  if (interactions === null)
    return html`<p><a href="/uploads/${uploadId}/customers/${row}?together=true#together">What do two values do together?</a></p>`;
  const most = interactions.pairs.toSorted((a, b) => Math.abs(b.shap_value) - Math.abs(a.shap_value)).slice(0, 6);
  return html`<section class="card" aria-labelledby="together"><h2 id="together">What two values do together</h2>
<p>Points that two values have only beside each other; they are part of the points above, half with each.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Pairs of features"><table><thead><tr><th scope="col">Both</th><th scope="col" class="number">Points</th></tr></thead>
<tbody>${most.map(({ features: [a, b], shap_value }) => html`<tr><th scope="row">${labels.get(a) ?? a} and ${labels.get(b) ?? b}</th><td class="number">${logOdds(2 * shap_value)}</td></tr>`)}</tbody></table></div></section>`;
}

function howComputed({ method, model, background_digest, additivity_error, confidence }: PredictionDetail): Html {
  return html`<details><summary>How this was computed</summary><dl class="facts">
<dt>Model</dt><dd>${model.name} ${model.version}, <code>${model.digest}</code></dd>
<dt>Explanation</dt><dd>${method.algorithm}, ${method.feature_perturbation}, in log-odds</dd>
<dt>Compared with</dt><dd>background <code>${background_digest}</code></dd>
<dt>Base value and points miss the score by</dt><dd>${additivity_error.toExponential(1)}</dd>
<dt>Confidence</dt><dd>${percent(confidence)}: how far the probability is from a coin's toss</dd>
</dl></details>`;
}

function notScored(upload: UploadView, row: string) {
  return {
    title: "Not scored",
    section: "uploads" as const,
    status: 404,
    main: html`
<h1>Row ${row.slice(0, 20)} has no score</h1>
<p class="lead">It was set aside, or the file has no such row.</p>
<p class="row"><a class="button primary" href="/uploads/${upload.upload_id}/problems">See what was set aside, and why</a> <a class="button" href="/uploads/${upload.upload_id}">All customers</a></p>`,
  };
}
