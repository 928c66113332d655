import type { ChangeView } from "../../api/presented.ts";
import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { changeBars } from "../parts/change-bars.ts";
import { count, percent } from "../parts/format.ts";
import { moment } from "../parts/moment.ts";
import { uploadHead } from "../parts/upload-head.ts";

const onePage = 25;

interface Changes {
  readonly data: readonly ChangeView[];
  readonly next_cursor: string | null;
  readonly since: { readonly upload_id: string; readonly filename: string; readonly created_at: string } | null;
  readonly model_changed: boolean;
  readonly split: { readonly status: string; readonly detail: string | null } | null;
  readonly counts: {
    readonly compared: number;
    readonly new: number;
    readonly gone: number;
    readonly moved_up: number;
    readonly moved_down: number;
    readonly tier_changes: number;
  } | null;
}

const orders: readonly (readonly [string, string])[] = [
  ["size", "largest change first"],
  ["increase", "risen most first"],
  ["decrease", "fallen most first"],
];

/** Whose risk moved since an earlier upload, and what moved it. */
export const changesPage: ShowPage = async ({ rest, params, query }) => {
  const upload = await rest.get<UploadView>(`/v1/uploads/${params["upload_id"]}`);
  if (upload.status !== "completed") return { location: `/uploads/${upload.upload_id}` };
  const given = new URLSearchParams(
    [...query].filter(([name, value]) => ["since", "order", "cursor"].includes(name) && value !== ""),
  );
  const [changes, uploads] = await Promise.all([
    rest.get<Changes>(`/v1/uploads/${upload.upload_id}/changes?limit=${onePage}&${given}`),
    rest.get<{ data: readonly UploadView[] }>("/v1/uploads?limit=100"),
  ]);
  const earlier = uploads.data.filter(
    ({ status, created_at, upload_id }) =>
      status === "completed" && created_at < upload.created_at && upload_id !== upload.upload_id,
  );
  return {
    title: `What changed · ${upload.filename}`,
    section: "uploads",
    main: html`${uploadHead(upload, "changes")}${changes.since === null ? nothingEarlier : compared(upload, changes, earlier, query)}`,
  };
};

const nothingEarlier = html`
<h2>There is nothing to compare with yet</h2>
<p>When you upload the same customers again, next month say, this page shows whose risk moved and which of their values moved it. Customers are recognised by their id.</p>`;

function compared(upload: UploadView, changes: Changes, earlier: readonly UploadView[], query: URLSearchParams): Html {
  const { since, counts, data, next_cursor, model_changed, split } = changes;
  const path = `/uploads/${upload.upload_id}/changes`;
  const order = query.get("order") ?? "size";
  const next = new URLSearchParams({ since: since!.upload_id, order, cursor: next_cursor ?? "" });
  return html`
<h2>Since <span class="theirs">${since!.filename}</span></h2>
<p class="quiet">uploaded ${moment(since!.created_at)}</p>
<form method="get" action="${path}" class="row filter">
<span><label for="since">Compare with</label> <select id="since" name="since">${earlier.some(({ upload_id }) => upload_id === since!.upload_id) ? nothing : html`<option value="${since!.upload_id}" selected>${since!.filename.slice(0, 60)}, ${since!.created_at.slice(0, 16).replace("T", " ")}</option>`}${earlier.map(({ upload_id, filename, created_at }) => html`<option value="${upload_id}"${upload_id === since!.upload_id ? html` selected` : nothing}>${filename.slice(0, 60)}, ${created_at.slice(0, 16).replace("T", " ")}</option>`)}</select></span>
<span><label for="order">Order</label> <select id="order" name="order">${orders.map(([value, text]) => html`<option value="${value}"${value === order ? html` selected` : nothing}>${text}</option>`)}</select></span>
<button>Show</button></form>
${counts === null ? nothing : countsOf(counts)}
${model_changed ? html`<p class="notice">The two files were scored by different versions of the model; what that alone did is a part of its own.</p>` : nothing}
${split?.status === "unavailable" ? html`<p class="notice warn">${split.detail} The differences hold; they cannot be split by feature.</p>` : nothing}
${data.length === 0 ? html`<p class="card">No customer is in both files, by their ids.</p>` : changesTable(upload.upload_id, data)}
<p>${next_cursor === null ? nothing : html`<a class="button" href="${path}?${next}">Show the next ${onePage}</a>`}</p>`;
}

function countsOf(counts: NonNullable<Changes["counts"]>): Html {
  const fact = (label: string, value: number) =>
    html`<div class="stat"><dt>${label}</dt><dd>${count(value)}</dd></div>`;
  return html`<dl class="stats">${fact("In both files", counts.compared)}${fact("Risk rose", counts.moved_up)}${fact("Risk fell", counts.moved_down)}${fact("In another tier", counts.tier_changes)}${fact("New", counts.new)}${fact("No longer there", counts.gone)}</dl>`;
}

function changesTable(uploadId: string, changes: readonly ChangeView[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Customers whose risk moved"><table class="customers">
<thead><tr><th scope="col">Customer</th><th scope="col" class="number">Probability</th><th scope="col">Risk</th><th scope="col">What moved it</th></tr></thead>
<tbody>${changes.map((change) => {
    const { row, customer_id, previous_churn_probability, churn_probability, risk_tier, previous_risk_tier } = change;
    return html`<tr><td><a class="cut customer-id" title="${customer_id}" href="/uploads/${uploadId}/customers/${row}">${customer_id}</a></td>
<td class="number">${percent(previous_churn_probability)} → ${percent(churn_probability)}</td>
<td>${previous_risk_tier === risk_tier ? nothing : html`<span class="badge ${previous_risk_tier}">${previous_risk_tier}</span> → `}<span class="badge ${risk_tier}">${risk_tier}</span></td>
<td>${changeBars(change)}</td></tr>`;
  })}</tbody></table></div>`;
}
