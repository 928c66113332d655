import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html, nothing } from "../html.ts";
import { count } from "./format.ts";

type Issue = UploadView["issues"][number];

const severityWords: Readonly<Record<Issue["severity"], string>> = {
  error: "Rows set aside",
  warning: "Look at this",
  info: "Good to know",
};

/** Issues with their examples, the gravest first, as the API orders them. */
export function issueList(issues: readonly Issue[]): Html {
  return html`${issues.map(
    (issue) => html`
<section class="card issue">
<p class="row spread"><span class="badge ${issue.severity}">${severityWords[issue.severity]}</span>
<span class="quiet">${count(issue.count)} ${issue.count === 1 ? "time" : "times"}</span></p>
<p class="theirs">${issue.message}</p>
${issue.examples.length === 0 ? nothing : examplesOf(issue)}
</section>`,
  )}`;
}

function examplesOf({ examples, column, code }: Issue): Html {
  const withIds = examples.some(({ customer_id }) => customer_id !== null);
  return html`<details><summary>${examples.length === 1 ? "An example" : `${examples.length} examples`}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Examples of ${code}${column === null ? "" : ` in ${column.slice(0, 60)}`}"><table>
<thead><tr><th scope="col" class="number">Row of the file</th>${withIds ? html`<th scope="col">Customer</th>` : nothing}<th scope="col">Value</th></tr></thead>
<tbody>${examples.map(
    ({ row, customer_id, value }) =>
      html`<tr><td class="number">${count(row)}</td>${withIds ? html`<td><span class="theirs">${customer_id ?? ""}</span></td>` : nothing}<td><span class="theirs">${value}</span></td></tr>`,
  )}</tbody></table></div></details>`;
}
