import type { UploadView } from "../../api/upload-view.ts";
import { type Html, html, nothing } from "../html.ts";
import { count, counted } from "./format.ts";

type Issue = UploadView["issues"][number];

/** One issue: where, how often, what a value has to be, and some of them. */
export function issueCard({ message, count: times, rule, examples, column, code, severity }: Issue): Html {
  return html`
<div class="issue">
<p class="theirs">${message}</p>
<p class="quiet">${severity === "info" ? nothing : html`${counted(times, "time")}. `}${rule === null ? nothing : html`Wanted: ${rule}.`}</p>
${examples.length === 0 ? nothing : exampleTable({ examples, column, code })}
</div>`;
}

function exampleTable({ examples, column, code }: Pick<Issue, "examples" | "column" | "code">): Html {
  const withIds = examples.some(({ customer_id }) => customer_id !== null);
  const place = column === null ? "" : ` in ${column.slice(0, 60)}`;
  return html`<details><summary>${examples.length === 1 ? "An example" : `${examples.length} examples`}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Examples of ${code}${place}"><table>
<thead><tr><th scope="col" class="number">Row of the file</th>${withIds ? html`<th scope="col">Customer</th>` : nothing}<th scope="col">Value</th></tr></thead>
<tbody>${examples.map(
    ({ row, customer_id, value }) =>
      html`<tr><td class="number">${count(row)}</td>${withIds ? html`<td><span class="theirs">${customer_id ?? ""}</span></td>` : nothing}<td><span class="theirs">${value}</span></td></tr>`,
  )}</tbody></table></div></details>`;
}
