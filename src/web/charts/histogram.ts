/** How many customers have which probability, in twentieths, coloured by tier. */
import { scaleLinear } from "d3-scale";
import type { Schema } from "../../features/schema.ts";
import { type Html, html, nothing } from "../html.ts";
import { count, percent } from "../parts/format.ts";

const height = 100;

/** `bins`: customers per equal step of probability from 0 to 1; `tiers`: the probability at which each begins, null where that is not known. */
export function histogram(bins: readonly number[], tiers: Schema["tiers"] | null): Html {
  const y = scaleLinear()
    .domain([0, Math.max(1, ...bins)])
    .range([height, 0]);
  const step = 1 / bins.length;
  const bars = bins.map((customers, i) => {
    const middle = (i + 0.5) * step;
    const tier = tiers === null ? "unknown" : middle >= tiers.high ? "high" : middle >= tiers.medium ? "medium" : "low";
    return customers === 0
      ? ""
      : html`<rect class="tier-${tier}" x="${i + 0.05}" y="${y(customers).toFixed(2)}" width="0.9" height="${(height - y(customers)).toFixed(2)}"><title>${range(i, step)}: ${count(customers)}</title></rect>`;
  });
  const most = bins.indexOf(Math.max(...bins));
  return html`
<figure class="histogram">
<figcaption>Customers by their probability of leaving. ${tiers === null ? nothing : legend(tiers)}</figcaption>
<svg viewBox="0 0 ${bins.length} ${height}" preserveAspectRatio="none" role="img" aria-label="Customers by probability of leaving: most, ${count(bins[most] ?? 0)}, have ${range(most, step)}. All numbers are in the table below.">
<path class="rule" vector-effect="non-scaling-stroke" d="M0 ${height}H${bins.length}"/>${bars}</svg>
<p class="days quiet" aria-hidden="true"><span>0%</span><span>50%</span><span>100%</span></p>
<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Customers by probability"><table>
<thead><tr><th scope="col">Probability</th><th scope="col" class="number">Customers</th></tr></thead>
<tbody>${bins.map((customers, i) => html`<tr><th scope="row">${range(i, step)}</th><td class="number">${count(customers)}</td></tr>`)}</tbody></table></div></details>
</figure>`;
}

function legend({ high, medium }: Schema["tiers"]): Html {
  const entries = [
    ["low", "low"],
    ["medium", `medium, from ${percent(medium)}`],
    ["high", `high, from ${percent(high)}`],
  ] as const;
  return html`<span class="legend">${entries.map(([tier, text]) => html`<span><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="tier-${tier}" width="10" height="10" rx="2"/></svg>${text}</span>`)}</span>`;
}

const range = (bin: number, step: number): string =>
  `${percent(bin * step).replace(".0%", "")}–${percent((bin + 1) * step).replace(".0%", "%")}`;
