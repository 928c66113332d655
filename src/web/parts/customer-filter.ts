import { type Html, html } from "../html.ts";
import type { SchemaFeature } from "./features-of.ts";

export interface CustomerFilter {
  readonly tier: string;
  readonly reason: string;
  readonly q: string;
  readonly cursor: string;
}

const tiers = ["high", "medium", "low"];

export function readFilter(query: URLSearchParams): CustomerFilter {
  const of = (name: string) => query.get(name) ?? "";
  return {
    tier: tiers.includes(of("tier")) ? of("tier") : "",
    reason: of("reason"),
    q: of("q").slice(0, 200),
    cursor: of("cursor"),
  };
}

/** As a query of the page and of the call; what is empty is left out. */
export function filterQuery(filter: Partial<CustomerFilter>): URLSearchParams {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
}

/** Works as a plain form; `client/results.js` answers it without a new page. */
export function filterForm(
  path: string,
  { tier, reason, q }: CustomerFilter,
  features: readonly SchemaFeature[],
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
<button>Show</button>
</form>`;
}
