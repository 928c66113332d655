import type { PredictionView } from "../../api/presented.ts";
import { shapBar } from "../charts/shap-bar.ts";
import { type Html, html, nothing } from "../html.ts";
import { logOdds, percent } from "./format.ts";

const reasonsShown = 3;
/** Points that fill a bar, whoever is on the page: so bars can be compared from page to page. */
const fullBar = 2;

/** Customers with their strongest reasons. */
export function customerTable(uploadId: string, customers: readonly PredictionView[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Customers"><table class="customers">
<thead><tr><th scope="col">Customer</th><th scope="col" class="number">Probability</th><th scope="col">Risk</th><th scope="col">Strongest reasons</th></tr></thead>
<tbody>${customers.map((customer) => customerRow(uploadId, customer))}</tbody></table></div>`;
}

function customerRow(uploadId: string, customer: PredictionView): Html {
  const { row, customer_id, churn_probability, risk_tier, explanation_status, reasons } = customer;
  const name = customer_id === null || customer_id.trim() === "" ? `row ${row}` : customer_id;
  return html`<tr>
<td><a class="cut customer-id" title="${name}" href="/uploads/${uploadId}/customers/${row}">${name}</a></td>
<td class="number">${percent(churn_probability)}</td>
<td><span class="badge ${risk_tier}">${risk_tier}</span></td>
<td>${
    explanation_status === "failed"
      ? html`<span class="quiet">The reasons did not add up to the score, so none are shown.</span>`
      : html`<ul class="reasons">${reasons
          .slice(0, reasonsShown)
          .map(
            ({ text, shap_value, note }) =>
              html`<li>${shapBar(shap_value, fullBar)}<span class="weight">${logOdds(shap_value)}</span> <span class="theirs">${text}</span>${note === null ? nothing : html` <span class="quiet" title="${note}">*<span class="only-read"> ${note}</span></span>`}</li>`,
          )}</ul>`
  }</td></tr>`;
}
