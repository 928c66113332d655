/** Seven days by the hour: bars of counts, and lines of times. The marks are stretched to the width there is; all text is HTML around them. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { type Html, html } from "../html.ts";

const height = 100;

export interface HourSeries {
  readonly label: string;
  /** Class of its colour: `mark-1`, `mark-2`, `mark-3`. */
  readonly mark: string;
  /** One an hour, the oldest first; null: nothing there. */
  readonly values: readonly (number | null)[];
}

export interface HourChart {
  /** What it shows, in a sentence: all that somebody hears who does not see it. */
  readonly title: string;
  /** ISO 8601, one an hour. */
  readonly starts: readonly string[];
  readonly series: readonly HourSeries[];
  /** A value in words. */
  readonly say: (value: number) => string;
}

/** Counts on top of each other, a bar an hour. */
export function hourBars(chart: HourChart): Html {
  const sums = chart.starts.map((_, hour) => chart.series.reduce((sum, { values }) => sum + (values[hour] ?? 0), 0));
  const y = scaleOf(Math.max(...sums, 1));
  const below = new Array<number>(sums.length).fill(0);
  const bars = chart.series.map(({ mark, values }) => {
    const path = values.flatMap((value, hour) => {
      if (value === null || value === 0) return [];
      const from = below[hour]!;
      below[hour] = from + value;
      return [`M${hour} ${round(y(from))}V${round(y(from + value))}h0.9V${round(y(from))}z`];
    });
    return html`<path class="${mark}" d="${path.join("")}"/>`;
  });
  return frame(chart, y, bars);
}

/** One line a series; an hour without a value breaks it, and a lone one is a dot. */
export function hourLines(chart: HourChart): Html {
  const known = chart.series.flatMap(({ values }) => values.filter((value) => value !== null));
  const y = scaleOf(Math.max(...known, 0.001));
  const draw = line<number | null>()
    .defined((value) => value !== null)
    .x((_, hour) => hour + 0.45)
    .y((value) => round(y(value ?? 0)))
    .digits(2);
  const lines = chart.series.map(
    ({ mark, values }) =>
      html`<path class="line ${mark}" vector-effect="non-scaling-stroke" d="${draw([...values]) ?? ""}"/>`,
  );
  return frame(chart, y, lines);
}

type Scale = ReturnType<typeof scaleOf>;

function scaleOf(most: number) {
  return scaleLinear().domain([0, most]).range([height, 0]).nice(3);
}

function frame({ title, starts, series, say }: HourChart, y: Scale, marks: readonly Html[]): Html {
  const top = y.domain()[1]!;
  const days = starts.filter((start) => start.slice(11, 13) === "00").map((start) => start.slice(0, 10));
  return html`
<figure class="hours">
<figcaption>${title} ${series.length > 1 ? html`<span class="legend">${series.map(({ label, mark }) => html`<span><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${mark}" width="10" height="10" rx="2"/></svg>${label}</span>`)}</span>` : ""}</figcaption>
<div class="plot">
<div class="scale" aria-hidden="true"><span>${say(top)}</span><span>0</span></div>
<svg viewBox="0 0 ${starts.length} ${height}" preserveAspectRatio="none" role="img" aria-label="${spoken({ title, starts, series, say })}">
<path class="rule" vector-effect="non-scaling-stroke" d="M0 ${height}H${starts.length}M0 0H${starts.length}"/>
${starts.flatMap((start, hour) => (start.slice(11, 13) === "00" ? [html`<path class="rule" vector-effect="non-scaling-stroke" d="M${hour} 0V${height}"/>`] : []))}
${[...marks]}
</svg>
</div>
<p class="days quiet" aria-hidden="true"><span>${days[0] ?? ""}</span><span>${days.at(-1) ?? ""}</span></p>
</figure>`;
}

/** The chart for somebody who hears it: its sentence, and the largest value of each series. */
function spoken({ title, starts, series, say }: HourChart): string {
  const parts = series.map(({ label, values }) => {
    const most = Math.max(...values.map((value) => value ?? 0));
    if (most === 0) return `${label}: none`;
    const hour = starts[values.indexOf(most)] ?? "";
    return `${label}: at most ${say(most)}, in the hour from ${hour.slice(0, 16).replace("T", " ")} UTC`;
  });
  return `${title} ${parts.join("; ")}.`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
