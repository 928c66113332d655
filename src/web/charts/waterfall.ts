/** From the base value to a customer's score, a step a feature. */
import { scaleLinear } from "d3-scale";
import { type Html, html, nothing } from "../html.ts";
import { logOdds, percent } from "../parts/format.ts";

export interface WaterfallStep {
  readonly label: string;
  /** As a person reads it. */
  readonly value: string;
  /** Beside other customers; empty where nothing is known. */
  readonly usual: string;
  /** Log-odds. */
  readonly shapValue: number;
}

/** `steps` lead from `base` to `score`, log-odds; each bar begins where the one before ends. */
export function waterfall(base: number, score: number, steps: readonly WaterfallStep[]): Html {
  let reached = base;
  const spans = steps.map(({ shapValue }) => {
    const from = reached;
    reached += shapValue;
    return [from, reached] as const;
  });
  const ends = [base, score, ...spans.flat()];
  const x = scaleLinear()
    .domain([Math.min(...ends), Math.max(...ends)])
    .range([2, 98]);
  const place = (value: number): string => x(value).toFixed(2);
  const bar = ([from, to]: readonly [number, number], mark: string): Html =>
    html`<svg class="step" viewBox="0 0 100 10" preserveAspectRatio="none"><path class="rule" vector-effect="non-scaling-stroke" d="M${place(base)} 0V10"/><rect class="${mark}" x="${place(Math.min(from, to))}" width="${Math.max(0.3, Math.abs(x(to) - x(from))).toFixed(2)}" y="1" height="8"/></svg>`;
  const dot = (value: number): Html =>
    html`<svg class="step" viewBox="0 0 100 10" preserveAspectRatio="none"><path class="end" vector-effect="non-scaling-stroke" d="M${place(value)} 0V10"/></svg>`;
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="From the base value to the score"><table class="waterfall">
<thead><tr><th scope="col">What</th><th scope="col">This customer</th><th scope="col" class="number">Points</th><th scope="col" aria-hidden="true"></th></tr></thead>
<tbody>
<tr><th scope="row">Where everybody starts</th><td>a probability of ${percent(probability(base))}<span class="usual quiet">the average score of the customers that the model compares with</span></td><td class="number">${base.toFixed(2)}</td><td aria-hidden="true">${dot(base)}</td></tr>
${steps.map(
  ({ label, value, usual, shapValue }, i) => html`<tr><th scope="row">${label}</th>
<td>${valueCell(value, usual)}</td>
<td class="number">${logOdds(shapValue)}</td><td aria-hidden="true">${bar(spans[i]!, shapValue < 0 ? "lowers" : "raises")}</td></tr>`,
)}
<tr class="total"><th scope="row">Score</th><td>a probability of ${percent(probability(score))}</td><td class="number">${score.toFixed(2)}</td><td aria-hidden="true">${dot(score)}</td></tr>
</tbody></table></div>`;
}

/** A value, and what is usual below it. */
export const valueCell = (value: string, usual: string): Html =>
  html`<span class="theirs">${value}</span>${usual === "" ? nothing : html`<span class="usual quiet">${usual}</span>`}`;

const probability = (logOddsOf: number): number => 1 / (1 + Math.exp(-logOddsOf));
