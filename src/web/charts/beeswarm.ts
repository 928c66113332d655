/** A dot a customer and feature: where it lies says what the value does to the score, its colour whether the value is low or high. */
import { scaleLinear } from "d3-scale";
import { type Html, html } from "../html.ts";
import { logOdds } from "../parts/format.ts";

export interface SwarmFeature {
  readonly feature: string;
  readonly label: string;
  readonly shapValues: readonly number[];
  /** Where each value is among the feature's, 0…1; null: missing. */
  readonly positions: readonly (number | null)[];
}

const width = 400;
const height = 30;
const tones = 5;
/** Dots closer than this lie beside each other. */
const dot = 4;

export function beeswarm(features: readonly SwarmFeature[]): Html {
  const all = features.flatMap(({ shapValues }) => shapValues);
  const most = Math.max(0.1, ...all.map(Math.abs));
  const x = scaleLinear()
    .domain([-most, most])
    .range([dot, width - dot]);
  return html`
<figure class="beeswarm">
<figcaption>Each dot is a customer of a sample. To the right the value goes with a higher risk, to the left with a lower one.
<span class="legend"><span>low value</span>${Array.from({ length: tones }, (_, tone) => html`<svg class="key" viewBox="0 0 10 10" aria-hidden="true"><circle class="tone-fill-${tone}" cx="5" cy="5" r="5"/></svg>`)}<span>high value</span><span><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><circle class="tone-fill-none" cx="5" cy="5" r="5"/></svg>no value</span></span></figcaption>
<div class="swarms">${features.map(
    (feature) => html`<span class="label">${feature.label}</span>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${spoken(feature)}">
<path class="rule" vector-effect="non-scaling-stroke" d="M${width / 2} 0V${height}"/>
${dotsOf(feature, x)}</svg>`,
  )}
<span></span><p class="days quiet" aria-hidden="true"><span>${logOdds(-most)}</span><span>0</span><span>${logOdds(most)}</span></p></div>
</figure>`;
}

/** A path for each tone: dots are ends of lines without length. */
function dotsOf({ shapValues, positions }: SwarmFeature, x: (value: number) => number): Html {
  const paths = new Map<string, string[]>();
  const taken = new Map<number, number>();
  shapValues.forEach((value, i) => {
    const column = Math.round(x(value) / dot);
    const place = taken.get(column) ?? 0;
    taken.set(column, place + 1);
    // Up and down by turns from the middle, and over again where a column is full.
    const step = Math.ceil(place / 2) * (place % 2 === 0 ? 1 : -1) * 2;
    const y = height / 2 + (step % (height / 2 - 3));
    const position = positions[i] ?? null;
    const tone = position === null ? "none" : String(Math.min(tones - 1, Math.floor(position * tones)));
    const path = paths.get(tone) ?? [];
    paths.set(tone, path);
    path.push(`M${x(value).toFixed(1)} ${y.toFixed(1)}h0`);
  });
  return html`${[...paths].map(([tone, path]) => html`<path class="dots tone-${tone}" vector-effect="non-scaling-stroke" d="${path.join("")}"/>`)}`;
}

/** Whether high values go with a higher risk, a lower one, or neither, by the means of the lower and the upper half. */
function spoken({ label, shapValues, positions }: SwarmFeature): string {
  const mean = (wanted: (position: number) => boolean): number | null => {
    const values = shapValues.filter((_, i) => positions[i] !== null && wanted(positions[i]!));
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const [low, high] = [mean((position) => position < 0.5), mean((position) => position >= 0.5)];
  if (low === null || high === null) return `${label}: all values alike.`;
  return `${label}: low values weigh ${logOdds(low)} on average, high values ${logOdds(high)}.`;
}
