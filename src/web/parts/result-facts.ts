import type { UploadView } from "../../api/upload-view.ts";
import { isDrifted } from "../../features/drift.ts";
import type { Summary } from "../../inference/summary.ts";
import { type Html, html, nothing } from "../html.ts";
import { count, counted, percent } from "./format.ts";

/** The numbers that a result is looked at for first. */
export function resultFacts(upload: UploadView, summary: Summary): Html {
  const { tiers, customers, mean_probability, revenue_at_risk } = summary;
  const share = (tier: keyof Summary["tiers"]) => (customers === 0 ? "" : percent(tiers[tier] / customers));
  return html`<dl class="stats">
${fact("At high risk", count(tiers.high), share("high"))}
${fact("At medium risk", count(tiers.medium), share("medium"))}
${fact("At low risk", count(tiers.low), share("low"))}
${fact("Probability of leaving, on average", percent(mean_probability), counted(customers, "customer"))}
${
  revenue_at_risk === null
    ? nothing
    : html`${fact("A month's revenue at high risk", count(revenue_at_risk.monthly_high_tier), `of ${count(revenue_at_risk.monthly_total)}, in your file's currency`)}
${fact("A month's revenue expected to leave", count(revenue_at_risk.monthly_expected), revenue_at_risk.known_for === customers ? "probability × monthly charge" : `known for ${counted(revenue_at_risk.known_for, "customer")}`)}`
}
${upload.rows.rejected === 0 ? nothing : fact("Rows set aside", count(upload.rows.rejected), html`<a href="/uploads/${upload.upload_id}/problems">why, and how to correct them</a>`)}
</dl>`;
}

function fact(label: string, value: string, note: string | Html): Html {
  return html`<div class="stat"><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

/** What a person must know before believing the numbers. */
export function resultNotices(upload: UploadView, summary: Summary, labels: ReadonlyMap<string, string>): Html {
  const drifted = summary.drift
    .filter(({ psi }) => isDrifted(psi))
    .toSorted((a, b) => b.psi! - a.psi!)
    .map(({ feature }) => labels.get(feature) ?? feature);
  const doubts = upload.issues.filter(({ severity }) => severity === "warning").length;
  return html`${
    drifted.length === 0
      ? nothing
      : html`<div class="notice warn"><p><strong>These customers are not like those that the model learned from.</strong> Far off ${drifted.length === 1 ? "is" : "are"}: ${drifted.join(", ")}. The order of the customers may still help; take the probabilities with care.</p></div>`
  }${doubts === 0 ? nothing : html`<div class="notice"><p>${counted(doubts, "thing")} about this file ${doubts === 1 ? "is" : "are"} worth a look before you act. <a href="/uploads/${upload.upload_id}/problems">See the problems</a></p></div>`}`;
}
