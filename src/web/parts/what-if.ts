import type { PredictionDetail } from "../../api/presented.ts";
import { impliedStates, noCode } from "../../features/implied-state.ts";
import type { Feature, Schema } from "../../features/schema.ts";
import { type Html, html, nothing } from "../html.ts";
import { percent } from "./format.ts";

/** What the model would say if a value that a business can act on were another; `client/what-if.js` asks it. */
export function whatIf({ attributions, churn_probability }: PredictionDetail, schema: Schema): Html {
  const { features, name: model } = schema;
  const values = new Map(attributions.map(({ feature, value }) => [feature, value]));
  const controls = features.filter(({ name, actionable }) => actionable && (values.get(name) ?? null) !== null);
  if (controls.length === 0) return nothing;
  return html`
<section aria-labelledby="what-if-title" class="card" id="what-if" data-model="${model}" data-customer="${JSON.stringify(Object.fromEntries(values))}" data-before="${churn_probability}">
<h2 id="what-if-title">What if?</h2>
<p>What the model says of a customer like this one with other values. It is no promise: what goes together in the model need not be a cause.</p>
<p class="what-if-answer" role="status"><output id="what-if-probability">${percent(churn_probability)}</output> <span id="what-if-change" class="quiet">as it is now</span></p>
<p id="what-if-problem" class="notice bad" role="alert" hidden></p>
<form class="what-if-fields">${controls.map((feature) => html`<div>${control(feature, schema, values.get(feature.name)!)}</div>`)}</form>
<p id="what-if-also" class="quiet" role="status"></p>
<p><button type="button" id="what-if-reset" disabled>Back to the customer's own values</button></p>
</section>`;
}

function control(feature: Feature, schema: Schema, value: string | number): Html {
  const { name, label } = feature;
  const id = `what-if-${name}`;
  if (feature.kind === "numeric") {
    const [min, max] = [Math.min(feature.expected.min, Number(value)), Math.max(feature.expected.max, Number(value))];
    return html`<label for="${id}">${label} <output for="${id}">${value}</output></label>
<input type="range" id="${id}" name="${name}" min="${min}" max="${max}" step="${feature.integer ? 1 : "any"}" value="${value}">`;
  }
  // Of a flag that another feature settles: by which of its values, what it is then, and what it is when that ends.
  const implied = impliedStates(schema)[schema.features.indexOf(feature)] ?? null;
  const no = feature.categories.find(({ code }) => code === noCode)?.value ?? "";
  const settled =
    implied === null
      ? nothing
      : html` data-parent="${schema.features[implied.parent]!.name}" data-when="${implied.whenValue}" data-state="${implied.value}" data-no="${no}"`;
  return html`<label for="${id}">${label}</label>
<select id="${id}" name="${name}"${settled}>${feature.categories.map(({ value: each }) => (each === value ? html`<option selected>${each}</option>` : html`<option>${each}</option>`))}</select>`;
}
