import type * as v from "valibot";
import type { ModelList } from "../../api/models.ts";
import type { UploadView } from "../../api/upload-view.ts";
import { isDrifted } from "../../features/drift.ts";
import type { Summary } from "../../inference/summary.ts";
import { limits } from "../../limits.ts";
import { type Html, html, nothing } from "../html.ts";
import { labelsOf } from "./features-of.ts";
import { count, percent } from "./format.ts";

/** Usual reading of a population stability index (PSI). */
const moderate = 0.1;

/** How far the newest scored file is from what its model learned from. */
export function driftOf(uploads: readonly UploadView[], models: v.InferOutput<typeof ModelList>["data"]): Html {
  const newest = uploads.find(({ status }) => status === "completed");
  if (newest === undefined) return nothing;
  const { drift, drifted_attribution_share } = newest.summary as Summary;
  const labels = labelsOf(models.find(({ digest }) => digest === newest.model?.digest)?.schema);
  const rows = drift.toSorted((a, b) => (b.psi ?? -1) - (a.psi ?? -1));
  return html`
<section aria-labelledby="drift"><h2 id="drift">Drift</h2>
<p>Of the newest result, <a class="theirs" href="/uploads/${newest.upload_id}">${newest.filename}</a> (${count(newest.rows.scored)} customers), against the customers that the model learned from.
${drifted_attribution_share === null || drifted_attribution_share === 0 ? nothing : html`Features that are far off carry ${percent(drifted_attribution_share)} of the explanations.`}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Drift by feature"><table>
<thead><tr><th scope="col">Feature</th><th scope="col" class="number">PSI</th><th scope="col">In words</th><th scope="col" class="number">Without a value</th></tr></thead>
<tbody>${rows.map(
    ({ feature, psi, missing_share, note }) => html`<tr>
<th scope="row">${labels.get(feature) ?? feature}</th><td class="number">${psi === null ? "–" : psi.toFixed(2)}</td>
<td>${inWords(psi)} <span class="quiet">${note ?? (psi === null ? unknownBecause(missing_share) : "")}</span></td><td class="number">${percent(missing_share)}</td></tr>`,
  )}</tbody></table></div>
<p class="quiet">PSI: population stability index. Below ${moderate} is alike, above ${limits.driftIndex} is unlike.</p>
</section>`;
}

const unknownBecause = (missing: number): string =>
  missing === 1 ? "the file has no value of it" : "too few customers to tell";

function inWords(psi: number | null): Html {
  if (psi === null) return html`<span class="badge">Not known</span>`;
  if (isDrifted(psi)) return html`<span class="badge failed">Unlike</span>`;
  return psi > moderate
    ? html`<span class="badge warning">Somewhat unlike</span>`
    : html`<span class="badge">Alike</span>`;
}
