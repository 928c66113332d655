import type { RememberedList } from "../../api/remembered-mappings.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { moment } from "../parts/moment.ts";
import { unitWords } from "../parts/units.ts";

type Entry = RememberedList["data"][number];

/** What was said of columns once and is used for later files: shown, changed, forgotten. */
export const mappingsPage: ShowPage = async ({ rest }) => {
  const { data } = await rest.get<RememberedList>("/v1/mappings");
  return {
    title: "Columns",
    section: "mappings",
    scripts: ["mappings.js"],
    main: html`
<h1>Remembered columns</h1>
<p class="lead">What you said of a column is used for later files that have it, as long as its values fit. What no longer fits is not used, and the file's problems say so.</p>
${
  data.length === 0
    ? html`<div class="card"><p>Nothing is remembered yet. When a file has a question, you can have your answer remembered.</p></div>`
    : html`<div class="remembered">${data.map(entryCard)}</div>`
}
<p id="said" class="only-read" role="status"></p>`,
  };
};

function entryCard({ model, feature, label, column, unit, units, remembered_at }: Entry): Html {
  const id = `${model}-${feature}`;
  const name = label ?? feature;
  return html`
<form class="card" data-address="/v1/mappings/${model}/${feature}" data-label="${name}">
<h2>${name}${model === "_default" ? nothing : html` <span class="quiet">(model ${model})</span>`}</h2>
<div class="row">
<span><label for="column-${id}">is the column</label> <input id="column-${id}" name="column" value="${column}" required maxlength="10000"></span>
${
  units.length === 0
    ? nothing
    : html`<span><label for="unit-${id}">its values are</label> <select id="unit-${id}" name="unit"><option value="">as its name says, else ${unitWords(units[0]!)}</option>${units.map((each) => html`<option value="${each}"${each === unit ? html` selected` : nothing}>${unitWords(each)}</option>`)}</select></span>`
}
<button>Save</button> <button type="button" class="danger" data-forget>Forget</button></div>
<p class="quiet">remembered ${moment(remembered_at)}</p>
<p class="notice bad" role="alert" data-problem hidden></p>
</form>`;
}
