import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { count, counted } from "../parts/format.ts";
import { issueCard } from "../parts/issue-card.ts";
import { uploadHead } from "../parts/upload-head.ts";

type Problem = UploadView["problems"][number];

/** What is wrong with a file by its causes, what each costs, and the rows to correct. */
export const problemsPage: ShowPage = async ({ rest, params }) => {
  const upload = await rest.get<UploadView>(`/v1/uploads/${params["upload_id"]}`);
  if (upload.status === "pending" || upload.status === "processing")
    return { location: `/uploads/${upload.upload_id}` };
  const { issues, problems, issues_truncated } = upload;
  const costly = problems.filter(({ not_scored }) => not_scored.customers > 0);
  const others = problems.filter(({ not_scored }) => not_scored.customers === 0);
  const notes = issues.filter(({ severity }) => severity === "info");
  return {
    title: `Problems · ${upload.filename}`,
    section: "uploads",
    scripts:
      upload.rows.rejected > 0 && upload.status === "completed" && upload.corrects === null ? ["correct.js"] : [],
    main: html`
${uploadHead(upload, "problems")}
${summaryOf(upload)}
${costly.length === 0 ? nothing : html`<section aria-labelledby="not-scored"><h2 id="not-scored">Not scored, and why</h2>${costly.map((problem) => problemCard(problem, upload))}</section>`}
${others.length === 0 ? nothing : html`<section aria-labelledby="look"><h2 id="look">Worth a look before you act</h2>${others.map((problem) => problemCard(problem, upload))}</section>`}
${notes.length === 0 ? nothing : html`<section aria-labelledby="notes"><h2 id="notes">Good to know</h2>${notes.map((issue) => issueCard(issue))}</section>`}
${issues_truncated ? html`<p class="notice">There are more kinds of problems than are kept. Correct these first, and upload the file again.</p>` : nothing}`,
  };
};

function summaryOf({ rows, not_scored, issues, upload_id, corrections, corrects, status }: UploadView): Html {
  if (issues.length === 0)
    return html`<p class="notice good">Nothing is wrong with this file: all ${count(rows.scored)} customers were scored.</p>`;
  if (rows.rejected === 0)
    return html`<p class="lead">All ${counted(rows.scored, "customer")} were scored.</p>${corrected(corrections)}`;
  const { customers, monthly_revenue, revenue_known_for } = not_scored;
  const worth =
    monthly_revenue === null || corrections.length > 0
      ? ""
      : `, worth ${count(monthly_revenue)} a month${revenue_known_for < customers ? ` as far as their charge is known (${count(revenue_known_for)} of them)` : ""}`;
  return html`
<p class="lead">${counted(rows.scored, "customer was", "customers were")} scored. ${counted(rows.rejected, "row was", "rows were")} set aside${worth}.</p>
${corrected(corrections)}
<div class="card" id="correct"><h2>Correct them</h2>
<ol><li><a href="/v1/uploads/${upload_id}/rejected.csv" download>Download the rows set aside</a>: as they came, with what is wrong in front.</li>
<li>Correct them in your spreadsheet.</li>
<li>${
    status === "completed" && corrects === null
      ? html`Bring them back here; they take their places in this result.
<form id="correct-form" class="row" data-upload="${upload_id}"><label for="corrected">The corrected rows</label> <input type="file" id="corrected" required accept=".csv,text/csv"> <button class="primary">Put them back</button></form>
<p id="corrected-said" role="status"></p><div id="corrected-refused" class="notice bad" role="alert" hidden></div>`
      : html`<a href="/">Upload them.</a>`
  }</li></ol></div>`;
}

function corrected(corrections: UploadView["corrections"]): Html {
  if (corrections.length === 0) return nothing;
  const rows = corrections.reduce((sum, each) => sum + each.rows, 0);
  return html`<p class="notice good">${counted(rows, "corrected row was", "corrected rows were")} put back and scored. What is listed below counts the file as it came.</p>`;
}

function problemCard(
  { title, remedy, severity, customers, not_scored, issues: places }: Problem,
  { issues, rows }: UploadView,
): Html {
  return html`
<article class="card problem ${severity}">
<p class="row spread"><strong class="theirs">${title}</strong>
<span class="price">${
    not_scored.customers === 0
      ? customers === rows.read
        ? "the whole file"
        : counted(customers, "customer")
      : `${counted(not_scored.customers, "customer")} not scored${not_scored.monthly_revenue === null ? "" : `, ${count(not_scored.monthly_revenue)} a month`}`
  }</span></p>
<p class="theirs"><strong>What to do:</strong> ${remedy}</p>
${places.flatMap((place) => (issues[place] === undefined ? [] : [issueCard(issues[place])]))}
</article>`;
}
