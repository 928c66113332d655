import type { DeadLetterList } from "../../api/dead-letters.ts";
import { type Html, html, nothing } from "../html.ts";
import { counted } from "./format.ts";
import { moment } from "./moment.ts";

/** Rows shown; more are the same again. */
const most = 50;

/** What was given up, why, and the buttons to try it again; null: it is not for this caller to see. */
export function deadLetters(list: DeadLetterList | null): Html {
  if (list === null) return nothing;
  const { data } = list;
  const codes = [...new Set(data.flatMap(({ code }) => (code === null ? [] : [code])))];
  return html`
<section aria-labelledby="dead-letters"><h2 id="dead-letters">Given up</h2>
${
  data.length === 0
    ? html`<p class="quiet">Nothing was given up. A job that fails five times by our own fault comes here, and is kept until somebody tries it again.</p>`
    : html`
<p>${counted(data.length, "upload was", "uploads were")} tried too often. Mend the cause first; then try again.</p>
<p class="row" data-redrive>
<button data-code="">Try all again</button>
${codes.length > 1 ? codes.map((code) => html`<button data-code="${code}">Try <code>${code}</code> again</button>`) : nothing}
</p>
<div class="scroll" tabindex="0" role="region" aria-label="What was given up"><table>
<thead><tr><th scope="col">Upload</th><th scope="col">Why</th><th scope="col" class="number">Tries</th><th scope="col">Given up</th></tr></thead>
<tbody>${data.slice(0, most).map(
        ({ upload_id, code, receives, dead_at }) => html`<tr>
<td>${upload_id === null ? "not one of ours" : html`<a href="/uploads/${upload_id}"><code>${upload_id}</code></a>`}</td>
<td>${code === null ? "the upload is gone" : html`<a href="/docs/errors#${code}"><code>${code}</code></a>`}</td>
<td class="number">${receives}</td><td>${dead_at === null ? "unknown" : moment(dead_at)}</td></tr>`,
      )}</tbody></table></div>
${data.length > most ? html`<p class="quiet">and ${counted(data.length - most, "more")}</p>` : nothing}`
}
<p role="status" id="redriven"></p>
</section>`;
}
