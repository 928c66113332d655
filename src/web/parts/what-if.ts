import type { PredictionDetail } from "../../api/presented.ts";
import { type Html, html, nothing } from "../html.ts";
import { featuresOf, type SchemaFeature } from "./features-of.ts";
import { percent } from "./format.ts";

/** What the model would say if a value that a business can act on were another; `client/what-if.js` asks it. */
export function whatIf({ attributions, churn_probability }: PredictionDetail, schema: unknown, model: string): Html {
  const features = featuresOf(schema);
  const values = new Map(attributions.map(({ feature, value }) => [feature, value]));
  const controls = features.filter(({ name, actionable }) => actionable && (values.get(name) ?? null) !== null);
  if (controls.length === 0) return nothing;
  return html`
<section aria-labelledby="what-if-title" class="card" id="what-if" data-model="${model}" data-customer="${JSON.stringify(Object.fromEntries(values))}" data-before="${churn_probability}">
<h2 id="what-if-title">What if?</h2>
<p>What the model says of a customer like this one with other values. It is no promise: what goes together in the model need not be a cause.</p>
<p class="what-if-answer" role="status"><output id="what-if-probability">${percent(churn_probability)}</output> <span id="what-if-change" class="quiet">as it is now</span></p>
<p id="what-if-problem" class="notice bad" role="alert" hidden></p>
<form class="what-if-fields">${controls.map((feature) => html`<div>${control(feature, features, values.get(feature.name)!)}</div>`)}</form>
<p class="row"><button type="button" id="what-if-reset" disabled>Back to the customer's own values</button> <span id="what-if-also" class="quiet"></span></p>
</section>`;
}

function control(feature: SchemaFeature, all: readonly SchemaFeature[], value: string | number): Html {
  const { name, label, expected, categories = [] } = feature;
  const id = `what-if-${name}`;
  if (feature.kind === "numeric" && expected !== undefined) {
    const [min, max] = [Math.min(expected.min, Number(value)), Math.max(expected.max, Number(value))];
    return html`<label for="${id}">${label} <output for="${id}">${value}</output></label>
<input type="range" id="${id}" name="${name}" min="${min}" max="${max}" step="${feature.integer === true ? 1 : "any"}" value="${value}">`;
  }
  const parent = settledBy(feature, all);
  const settled =
    parent === null
      ? nothing
      : html` data-parent="${parent.name}" data-when="${parent.when}" data-state="${parent.state}"`;
  return html`<label for="${id}">${label}</label>
<select id="${id}" name="${name}"${settled}>${categories.map(({ value: each }) => (each === value ? html`<option selected>${each}</option>` : html`<option>${each}</option>`))}</select>`;
}

/** The feature of which one value leaves this one a single state, such as no internet service; as the schema's spellings say. */
function settledBy(
  feature: SchemaFeature,
  all: readonly SchemaFeature[],
): { name: string; when: string; state: string } | null {
  const spell = (text: string) => text.trim().toLowerCase();
  for (const state of (feature.categories ?? []).slice(2)) {
    for (const parent of all) {
      if (parent === feature || parent.kind === "numeric") continue;
      const choices = parent.kind === "flag" ? (parent.categories ?? []).slice(0, 1) : (parent.categories ?? []);
      const same = choices.find(({ value, synonyms = [] }) =>
        [value, ...synonyms].map(spell).includes(spell(state.value)),
      );
      if (same !== undefined && feature.kind === "flag")
        return { name: parent.name, when: same.value, state: state.value };
    }
  }
  return null;
}
