import type { ExplanationView } from "../../api/presented.ts";
import { beeswarm } from "../charts/beeswarm.ts";
import { shapBar } from "../charts/shap-bar.ts";
import { type Html, html } from "../html.ts";
import { type CustomerFilter, filterQuery } from "./customer-filter.ts";
import { count, logOdds } from "./format.ts";

type Feature = ExplanationView["features"][number];

/** What weighs in the scores of the whole file: how much, for whom, and how it goes with the values. */
export function whatWeighs(uploadId: string, { features, sample }: ExplanationView, filter: CustomerFilter): Html {
  const shown = features.filter(({ mean_abs_shap }) => (mean_abs_shap ?? 0) > 0);
  const one = shown.find(({ feature }) => feature === filter.feature) ?? shown[0];
  if (one === undefined) return html``;
  return html`
<section aria-labelledby="weighs"><h2 id="weighs">What weighs in these scores</h2>
<p>Points are log-odds: what a value adds to a score or takes from it, beside the customers that the model learned from. About 0.7 points double the odds. What goes together in the model need not be a cause.</p>
<div class="card">${beeswarm(shown.map(({ feature, label, sample: dots }) => ({ feature, label, shapValues: dots.shap_values, positions: dots.positions })))}
<p class="quiet">A sample of ${count(sample.customers)}.</p></div>
<div class="card" id="dependence">
<form method="get" action="/uploads/${uploadId}#dependence" class="row"><label for="feature">How it goes with the value of</label>
<select id="feature" name="feature">${shown.map(({ feature, label }) => (feature === one.feature ? html`<option value="${feature}" selected>${label}</option>` : html`<option value="${feature}">${label}</option>`))}</select>${[...filterQuery({ ...filter, feature: "", cursor: "" })].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)} <button>Show</button></form>
${dependence(one)}</div>
</section>`;
}

/** The weightiest features, as bars. */
export function importance({ features: all }: ExplanationView): Html {
  const features = all.filter(({ mean_abs_shap }) => (mean_abs_shap ?? 0) > 0).slice(0, 8);
  const most = Math.max(0.01, ...features.map(({ mean_abs_shap }) => mean_abs_shap ?? 0));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Weight of each feature"><table class="weights">
<caption class="quiet">What weighs most in these scores: points that a feature moves a score on average, up or down. A point is explained below.</caption>
<thead><tr><th scope="col">Feature</th><th scope="col" class="number">Points</th><th scope="col" aria-hidden="true"></th></tr></thead>
<tbody>${features.map(
    ({ label, mean_abs_shap }) =>
      html`<tr><th scope="row">${label}</th><td class="number">${(mean_abs_shap ?? 0).toFixed(2)}</td><td aria-hidden="true"><svg class="weight-bar" viewBox="0 0 100 10" preserveAspectRatio="none"><rect class="mark-1" width="${(((mean_abs_shap ?? 0) / most) * 100).toFixed(2)}" height="10"/></svg></td></tr>`,
  )}</tbody></table></div>`;
}

function dependence({ label, dependence: bins }: Feature): Html {
  const filled = bins.filter(({ customers }) => customers > 0);
  const most = Math.max(0.01, ...filled.map(({ mean_shap_value }) => Math.abs(mean_shap_value)));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Points by value of ${label}"><table class="weights">
<caption class="quiet">Points on average, over all customers of the file with such a value.</caption>
<thead><tr><th scope="col">${label}</th><th scope="col" class="number">Customers</th><th scope="col" class="number">Points</th><th scope="col" aria-hidden="true"></th></tr></thead>
<tbody>${filled.map(
    (bin) =>
      html`<tr><th scope="row">${inWords(bin)}</th><td class="number">${count(bin.customers)}</td><td class="number">${logOdds(bin.mean_shap_value)}</td><td aria-hidden="true">${shapBar(bin.mean_shap_value, most)}</td></tr>`,
  )}</tbody></table></div>`;
}

function inWords({ missing, value, from, to }: Feature["dependence"][number]): string {
  if (missing) return "no value";
  if (value !== null) return value;
  if (from === null) return to === null ? "all" : `up to ${to}`;
  return to === null ? `over ${from}` : `over ${from}, up to ${to}`;
}
