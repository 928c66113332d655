import type * as v from "valibot";
import type { ModelList } from "../../api/models.ts";
import type { TemplateList } from "../../api/templates.ts";
import type { UploadView } from "../../api/upload-view.ts";
import type { UploadList } from "../../api/uploads.ts";
import type { Summary } from "../../inference/summary.ts";
import { limits } from "../../limits.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { deleteDialog } from "../parts/delete-upload.ts";
import { featuresOf } from "../parts/features-of.ts";
import { bytes, count } from "../parts/format.ts";
import { moment } from "../parts/moment.ts";
import { statusWords } from "../parts/upload-head.ts";

const onePage = 20;

/** Where a file is given, and where the earlier ones are. */
export const homePage: ShowPage = async ({ rest, query }) => {
  const cursor = query.get("cursor");
  const address = new URLSearchParams({ limit: String(onePage), ...(cursor === null ? {} : { cursor }) });
  const [uploads, templates, models] = await Promise.all([
    rest.get<v.InferOutput<typeof UploadList>>(`/v1/uploads?${address}`),
    rest.get<v.InferOutput<typeof TemplateList>>("/v1/templates"),
    rest.get<v.InferOutput<typeof ModelList>>("/v1/models"),
  ]);
  const isFirstVisit = cursor === null && uploads.data.length === 0;
  return {
    title: "Uploads",
    section: "uploads",
    scripts: ["upload.js", "delete.js"],
    main: html`
<h1>Who is about to leave?</h1>
<p class="lead">Upload a CSV of your customers. Each gets a probability of leaving, and the reasons for it.</p>
${isFirstVisit ? firstVisit : nothing}
${dropZone(models.data[0]?.schema)}
${templateLinks(templates.data, isFirstVisit)}
${isFirstVisit ? nothing : uploadTable(uploads.data, uploads.next_cursor, cursor !== null)}`,
  };
};

const firstVisit = html`
<div class="notice"><p>Bring one row per customer: how long they have been with you, what they pay a month, and how long they are bound. An export from your billing tool will do; its columns are recognised, and you are asked where they are not clear.</p>
<p>Nothing at hand? <button type="button" id="try-sample">Try it with made-up customers</button></p></div>`;

/** Files over this size would be refused after they were sent. */
const dropZone = (schema: unknown): Html => html`
<form id="upload" class="card drop" data-most-bytes="${limits.uploadBytes}" data-head-bytes="${limits.headBytes}" data-features="${JSON.stringify(featuresOf(schema).map(({ name, label, required }) => ({ name, label, required })))}" novalidate>
<div class="stack">
<label for="file">Your customers, as a CSV</label>
<p class="quiet">Drop the file here, or choose it. Comma, semicolon or tab; any usual encoding; decimal comma or point.</p>
<input type="file" id="file" name="file" accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain">
</div>
<div id="refused" class="notice bad" role="alert" hidden></div>
<section id="preview" aria-labelledby="preview-title" hidden>
<h2 id="preview-title" tabindex="-1">This is how your file was read</h2>
<p class="cut" id="read-file"></p>
<p id="read-as"></p>
<div class="scroll" tabindex="0" role="region" aria-label="The first rows of your file"><table id="first-rows"></table></div>
<p id="recognised"></p>
<div id="to-say" class="row"></div>
<details><summary>Read it differently</summary>
<div class="row read-options">
<span><label for="delimiter">Columns are separated by</label> <select id="delimiter"><option value="">found out</option><option value="comma">comma</option><option value="semicolon">semicolon</option><option value="tab">tab</option><option value="pipe">pipe</option></select></span>
<span><label for="decimal">Decimal mark</label> <select id="decimal"><option value="">found out</option><option value="point">point: 79.90</option><option value="comma">comma: 79,90</option></select></span>
<span><label for="header-row">Column names are in row</label> <input id="header-row" type="number" min="1" max="10000" placeholder="found out" class="short"></span>
</div></details>
<p class="row"><button class="primary" id="send">Upload and score</button> <button type="button" id="other">Choose another file</button></p>
</section>
<div id="sending" hidden>
<p><label for="sent">Uploading</label> <span id="sent-words" class="quiet"></span></p>
<progress id="sent" max="1" value="0"></progress>
<p><button type="button" id="cancel">Cancel</button></p>
</div>
<p id="said" class="only-read" role="status"></p>
<noscript><p class="notice warn">This page needs JavaScript to read the file before it is sent. Without it: <code>curl -F file=@customers.csv</code>, as <a href="/docs">the API</a> shows.</p></noscript>
</form>`;

function templateLinks(templates: v.InferOutput<typeof TemplateList>["data"], isFirstVisit: boolean): Html {
  return html`<details class="templates"${isFirstVisit ? html` open` : nothing}><summary>Starting from nothing? Fill in a template</summary>
<dl>${templates.map(({ title, description, url }) => html`<dt><a href="${url}" download>${title}</a></dt><dd>${description}</dd>`)}</dl></details>`;
}

function uploadTable(uploads: readonly UploadView[], next: string | null, isLater: boolean): Html {
  return html`
<h2 id="uploads">Uploads</h2>
${
  uploads.length === 0
    ? html`<p>There are no more. <a href="/">Back to the newest</a></p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="uploads"><table class="uploads">
<thead><tr><th scope="col">File</th><th scope="col">State</th><th scope="col" class="number">Customers</th><th scope="col" class="number">At high risk</th><th scope="col" class="number">Size</th><th scope="col">Uploaded</th><th scope="col"><span class="only-read">Delete</span></th></tr></thead>
<tbody>${uploads.map(uploadRow)}</tbody></table></div>`
}
<p class="row">${isLater ? html`<a href="/">Newest</a>` : nothing}${next === null ? nothing : html`<a href="/?cursor=${encodeURIComponent(next)}">Older</a>`}</p>
${deleteDialog}`;
}

function uploadRow({ upload_id, filename, status, rows, summary, bytes: size, created_at }: UploadView): Html {
  const high = status === "completed" ? (summary as Summary | null)?.tiers.high : undefined;
  return html`<tr>
<td><a class="cut file-name" title="${filename}" href="/uploads/${upload_id}">${filename}</a></td>
<td><span class="badge ${status}">${statusWords[status]}</span></td>
<td class="number">${status === "completed" ? count(rows.scored) : "–"}</td>
<td class="number">${high === undefined ? "–" : count(high)}</td>
<td class="number">${bytes(size)}</td><td>${moment(created_at)}</td>
<td><button type="button" class="link" data-delete="${upload_id}" data-name="${filename}" aria-label="Delete ${filename}">Delete</button></td></tr>`;
}
