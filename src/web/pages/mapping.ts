import type * as v from "valibot";
import type { ModelList } from "../../api/models.ts";
import type { UploadView } from "../../api/upload-view.ts";
import type { Feature } from "../../features/schema.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { deleteUpload } from "../parts/delete-upload.ts";
import { featuresOf } from "../parts/features-of.ts";
import { questionCard, shortName } from "../parts/question-card.ts";
import { uploadHead } from "../parts/upload-head.ts";

/** Which column was taken for what, and what only a person can say. */
export const mappingPage: ShowPage = async ({ rest, params }) => {
  const [upload, models] = await Promise.all([
    rest.get<UploadView>(`/v1/uploads/${params["upload_id"]}`),
    rest.get<v.InferOutput<typeof ModelList>>("/v1/models"),
  ]);
  const model =
    models.data.find(({ digest, name }) => digest === upload.model?.digest || name === upload.options.model) ??
    models.data[0];
  const features = featuresOf(model?.schema);
  const asks = upload.status === "needs_mapping";
  return {
    title: `Columns · ${upload.filename}`,
    section: "uploads",
    scripts: asks ? ["mapping.js", "delete.js"] : [],
    main: html`
${uploadHead(upload, "mapping")}
${asks ? ask(upload, features) : nothing}
${taken(upload, features)}
${asks ? deleteUpload(upload) : html`<p class="quiet">Is a column not what it was taken for? <a href="/">Upload the file again</a>; by the API, with <code>mapping</code>.</p>`}`,
  };
};

function ask(upload: UploadView, features: readonly Feature[]): Html {
  const { questions, error } = upload;
  const labelOf = (name: string) => features.find((feature) => feature.name === name);
  const dates = questions.some(({ units }) => units.includes("date"));
  const decimal = upload.issues.some(({ code }) => code.startsWith("decimal_"));
  return html`
<p class="lead">${questions.length === 1 ? "One thing is" : `${questions.length} things are`} not certain, and would change the result. Nothing is scored until you say.</p>
${error === null || error.code === "required_columns_missing" ? nothing : html`<p class="notice bad theirs" role="alert">${error.detail} ${error.remedy}</p>`}
<form id="answer" data-upload="${upload.upload_id}" data-columns="${JSON.stringify(upload.columns.map((name, place) => answerOf(upload.columns, name, place)))}">
${questions.map((question) => {
  const feature = labelOf(question.feature);
  return questionCard(question, feature, upload);
})}
<div class="row">
${dates ? html`<p><label for="as-of">If dates are counted: the day that this file was made</label> <input type="date" id="as-of"></p>` : nothing}
${decimal ? html`<p><label for="decimal">Decimal mark of the file</label> <select id="decimal"><option value="">as it was read</option><option value=".">point: 79.90</option><option value=",">comma: 79,90</option></select></p>` : nothing}
</div>
<p><label><input type="checkbox" id="remember" checked> Remember this for later files with these columns</label></p>
<p id="refused" class="notice bad" role="alert" hidden></p>
<p><button class="primary">Go on with this</button></p>
</form>`;
}

/** A name that stands there twice, or is too long to be said, is said by its number. */
function answerOf(columns: readonly string[], name: string, place: number): string {
  const isPlain = name.trim() !== "" && name.length <= 1_000 && columns.filter((other) => other === name).length === 1;
  return isPlain ? name : `#${place + 1}`;
}

function taken(upload: UploadView, features: readonly Feature[]): Html {
  const { mapping, missing_features, columns, constants } = upload;
  const labels = new Map(features.map(({ name, label }) => [name, label]));
  const missing = features.filter(({ name }) => missing_features.includes(name));
  const unmapped = columns
    .map((name, place) => ({ name, place }))
    .filter(({ name }) => upload.unmapped_columns.includes(name));
  return html`
<section aria-labelledby="taken"><h2 id="taken">What your columns were taken for</h2>
${
  mapping.length === 0
    ? html`<p>None was recognised for certain.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Columns and what they were taken for"><table>
<thead><tr><th scope="col">Your column</th><th scope="col">Some values</th><th scope="col">Taken for</th><th scope="col">How sure, and why</th><th scope="col">Converted</th></tr></thead>
<tbody>${mapping.map(({ feature, column, confidence, method, transform, why }) => {
        const place = columns.indexOf(column);
        return html`<tr><th scope="row"><span class="cut customer-id" title="${column.slice(0, 500)}">${shortName(column, place)}</span></th>
<td class="quiet theirs">${(upload.column_samples[place] ?? []).join(" · ")}</td>
<td>${labels.get(feature) ?? feature.replaceAll("_", " ")}</td><td>${sureWords(method, confidence)}${why === null || method === "given" || method === "remembered" ? nothing : html`<span class="usual quiet">${why}</span>`}</td><td>${transform ?? "–"}</td></tr>`;
      })}</tbody></table></div>`
}
${constants.length === 0 ? nothing : html`<p>Given for the whole file: ${constants.map(({ feature, value }, i) => html`${i === 0 ? "" : ", "}${labels.get(feature) ?? feature} <strong class="theirs">${value}</strong>`)}.</p>`}
</section>
${
  missing.length === 0
    ? nothing
    : html`<details><summary>${missing.length} things that the model could use and this file does not say</summary><p>${missing.map(({ label }) => label).join(", ")}. The model takes them as not known; nothing is put in their place.</p></details>`
}
${
  unmapped.length === 0
    ? nothing
    : html`<details><summary>${unmapped.length} columns that are not used</summary><p class="theirs">${unmapped.map(({ name, place }) => shortName(name, place)).join(", ")}. They come back as they were in the result.</p></details>`
}`;
}

function sureWords(method: UploadView["mapping"][number]["method"], confidence: number): string {
  if (method === "given") return "you said so";
  if (method === "remembered") return "you said so for an earlier file";
  if (method === "exact" || confidence >= 0.98) return "certain";
  return confidence >= 0.9 ? "sure" : "likely";
}
