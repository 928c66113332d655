import type { UploadView } from "../../api/upload-view.ts";
import { html, nothing } from "../html.ts";
import type { Page } from "../page.ts";
import { deleteUpload } from "../parts/delete-upload.ts";
import { bytes, count } from "../parts/format.ts";
import { issueCard } from "../parts/issue-card.ts";
import { uploadHead } from "../parts/upload-head.ts";

const separators: Readonly<Record<string, string>> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };

/** An upload that came to no result: what is wrong, where, and what to do. */
export function failedPage(upload: UploadView): Page {
  const { error, csv, rows, bytes: size, issues, upload_id } = upload;
  return {
    title: upload.filename,
    section: "uploads",
    scripts: ["delete.js"],
    main: html`
${uploadHead(upload, null)}
<section class="notice bad" aria-labelledby="what"><h2 id="what">${error?.title ?? "It came to no result"}</h2>
<p class="theirs">${error?.detail}</p>
<p><strong>What to do:</strong> ${error?.remedy}</p></section>
<div class="row next-steps"><a class="button primary" href="/">Upload the corrected file</a>
${rows.rejected > 0 ? html`<a class="button" href="/uploads/${upload_id}/problems">See the problems by cause</a> <a class="button" href="/v1/uploads/${upload_id}/rejected.csv" download>Download the rows set aside</a>` : nothing}</div>
${issues.length > 0 ? html`<div class="card">${issues.map((issue) => issueCard(issue))}</div>` : nothing}
<h2>The file</h2>
<dl class="facts">
<dt>Size</dt><dd>${bytes(size)}</dd>
${csv === null ? nothing : html`<dt>Read as</dt><dd>${csv.encoding.toUpperCase()}, columns separated by ${separators[csv.delimiter] ?? csv.delimiter}, column names in row ${csv.header_row}</dd>`}
${rows.read > 0 ? html`<dt>Rows read</dt><dd>${count(rows.read)}</dd>` : nothing}
<dt>Code</dt><dd><a href="/docs/errors#${error?.code}"><code>${error?.code}</code></a></dd>
</dl>
${deleteUpload(upload)}`,
  };
}
