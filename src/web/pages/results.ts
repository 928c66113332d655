import type * as v from "valibot";
import type { ModelList } from "../../api/models.ts";
import type { MoversPart } from "../../api/movers.ts";
import type { ExplanationView, PredictionView } from "../../api/presented.ts";
import type { UploadView } from "../../api/upload-view.ts";
import type { Schema } from "../../features/schema.ts";
import type { Summary } from "../../inference/summary.ts";
import { histogram } from "../charts/histogram.ts";
import { type Html, html, nothing } from "../html.ts";
import type { Page, Visit } from "../page.ts";
import { type CustomerFilter, filterForm, filterQuery, readFilter } from "../parts/customer-filter.ts";
import { customerTable } from "../parts/customer-table.ts";
import { deleteUpload } from "../parts/delete-upload.ts";
import { featuresOf, labelsOf } from "../parts/features-of.ts";
import { count, counted } from "../parts/format.ts";
import { resultFacts, resultNotices } from "../parts/result-facts.ts";
import { uploadHead } from "../parts/upload-head.ts";
import { importance, whatWeighs } from "../parts/what-weighs.ts";

const onePage = 25;

interface CustomerPage {
  readonly data: readonly PredictionView[];
  readonly next_cursor: string | null;
}

/** The result of an upload: how many are at risk, what weighs, and who. */
export async function resultsPage({ rest, query }: Visit, upload: UploadView): Promise<Page> {
  const { feature, ...filter } = readFilter(query);
  const self = `/v1/uploads/${upload.upload_id}`;
  const [summary, models, customers, explanation] = await Promise.all([
    rest.get<Summary & Partial<MoversPart>>(`${self}/summary`),
    rest.get<v.InferOutput<typeof ModelList>>("/v1/models"),
    rest.find<CustomerPage>(`${self}/predictions?limit=${onePage}&${filterQuery({ ...filter })}`, [
      "model_unavailable",
    ]),
    rest.find<ExplanationView>(`${self}/explanation?rows=400&features=12`, ["model_unavailable"]),
  ]);
  const schema = models.data.find(({ digest }) => digest === upload.model?.digest)?.schema as Schema | undefined;
  return {
    title: upload.filename,
    section: "uploads",
    scripts: ["results.js", "delete.js"],
    main: html`
${uploadHead(upload, "results")}
${resultNotices(upload, summary, labelsOf(schema))}
${resultFacts(upload, summary)}
${moversLine(upload, summary)}
<p class="row"><a class="button primary" href="${self}/predictions.csv" download>Download as CSV</a>
<a class="button" href="${self}/predictions.csv?shap=all" download>with every SHAP value</a>
<button type="button" id="share" hidden>Copy the address of this view</button> <span id="shared" role="status" class="quiet"></span></p>
<div class="pairs">
<div class="card">${histogram(summary.histogram, schema?.tiers ?? null)}</div>
${explanation === null ? nothing : html`<div class="card">${importance(explanation)}</div>`}
</div>
${customers === null ? html`<p class="notice warn">The version of the model that scored this file is no longer here, so its reasons cannot be put in words. The numbers above hold; upload the file again to see its customers.</p>` : customersSection(upload, { ...filter, feature }, customers, featuresOf(schema), summary)}
${explanation === null ? nothing : whatWeighs(upload.upload_id, explanation, { ...filter, feature })}
${deleteUpload(upload)}`,
  };
}

function customersSection(
  { upload_id }: UploadView,
  filter: CustomerFilter,
  { data, next_cursor }: CustomerPage,
  features: ReturnType<typeof featuresOf>,
  { tiers, customers }: Summary,
): Html {
  const path = `/uploads/${upload_id}`;
  const isFiltered = filter.tier !== "" || filter.reason !== "" || filter.q !== "";
  const known =
    filter.reason === "" && filter.q === ""
      ? isFiltered
        ? tiers[filter.tier as keyof typeof tiers]
        : customers
      : null;
  const next = next_cursor === null ? null : `${path}?${filterQuery({ ...filter, cursor: next_cursor })}#customers`;
  return html`
<section aria-labelledby="customers"><h2 id="customers">Customers, those most at risk first</h2>
${filterForm(path, filter, features)}
<div id="found">
<p role="status" class="quiet">${
    known === null
      ? data.length === 0
        ? "None."
        : next === null && filter.cursor === ""
          ? `${counted(data.length, "customer")}.`
          : `The first ${data.length}.`
      : `${counted(known, "customer")}${isFiltered ? "" : " in all"}.`
  }${filter.cursor === "" ? nothing : html` <a href="${path}?${filterQuery({ ...filter, cursor: "" })}#customers">Back to the first</a>`}</p>
${data.length === 0 ? html`<p class="card">No customer of this file is like that. <a href="${path}">Show all ${count(customers)}</a></p>` : customerTable(upload_id, data)}
<p>${next === null ? nothing : html`<a class="button" id="more" href="${next}">Show ${onePage} more</a>`}</p>
</div></section>`;
}

function moversLine({ upload_id }: UploadView, { movers, since }: Partial<MoversPart>): Html {
  if (movers === null || movers === undefined || since === null || since === undefined) return nothing;
  const { up, down } = movers;
  if (up.length === 0 && down.length === 0) return nothing;
  const [first] = up;
  return html`<div class="notice"><p>Since <span class="theirs">${since.filename}</span>${first === undefined ? nothing : html` the risk of <a class="theirs" href="/uploads/${upload_id}/customers/${first.row}">${first.customer_id}</a> rose most`}. <a href="/uploads/${upload_id}/changes">What changed</a></p></div>`;
}
