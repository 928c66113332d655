import type { Feature } from "../../features/schema.ts";
import { type Html, html, nothing } from "../html.ts";

export interface CustomerFilter {
  readonly tier: string;
  readonly reason: string;
  readonly q: string;
  readonly cursor: string;
  /** Whose dependence is shown below: another form's, kept by this one. */
  readonly feature: string;
}

const tiers = ["high", "medium", "low"];

export function readFilter(query: URLSearchParams): CustomerFilter {
  const of = (name: string) => query.get(name) ?? "";
  return {
    tier: tiers.includes(of("tier")) ? of("tier") : "",
    reason: of("reason"),
    q: of("q").slice(0, 200),
    cursor: of("cursor"),
    feature: of("feature"),
  };
}

/** As a query of the page and of the call; what is empty is left out. */
export function filterQuery(filter: Partial<CustomerFilter>): URLSearchParams {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
}

/** Works as a plain form; `client/results.js` answers it without a new page. */
export function filterForm(
  path: string,
  { tier, reason, q, feature }: CustomerFilter,
  features: readonly Feature[],
): Html {
  const option = (value: string, text: string, chosen: string) =>
    value === chosen
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  return html`
<form id="filter" method="get" action="${path}" class="row filter" role="search" aria-label="Customers">
<span><label for="q">Customer</label> <input id="q" name="q" type="search" maxlength="200" value="${q}" placeholder="part of an id"></span>
<span><label for="tier">Risk</label> <select id="tier" name="tier">${option("", "all", tier)}${tiers.map((each) => option(each, each, tier))}</select></span>
<span><label for="reason">Reason</label> <select id="reason" name="reason">${option("", "any", reason)}${features.map(({ name, label }) => option(name, label, reason))}</select></span>
${feature === "" ? nothing : html`<input type="hidden" name="feature" value="${feature}">`}
<button>Show</button>
</form>`;
}
