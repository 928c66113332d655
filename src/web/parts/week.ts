import type { viewPipeline } from "../../api/pipeline.ts";
import { hourBars, hourLines } from "../charts/hours.ts";
import { type Html, html, nothing } from "../html.ts";
import { count, seconds } from "./format.ts";

type Pipeline = ReturnType<typeof viewPipeline>;
type Times = Pipeline["totals"]["end_to_end_seconds"];

/** The last seven days: what came and ended, and how long it took. */
export function week({ totals, hours, failures }: Pipeline): Html {
  return html`
<section aria-labelledby="week"><h2 id="week">The last seven days</h2>
<dl class="stats">
${stat("Uploads", count(totals.accepted))}${stat("Done", count(totals.completed))}${stat("Failed", count(totals.failed))}${stat("Customers scored", count(totals.rows_scored))}${stat("Rows set aside", count(totals.rows_rejected))}
</dl>
<div class="pairs">
<div class="card">${hourBars({
    title: "Uploads by the hour in which they ended.",
    starts: hours.start,
    series: [
      { label: "Done", mark: "mark-1", values: hours.completed },
      { label: "Failed", mark: "mark-bad", values: hours.failed },
    ],
    say: count,
  })}</div>
<div class="card">${hourBars({
    title: "Customers scored by the hour.",
    starts: hours.start,
    series: [{ label: "Customers", mark: "mark-1", values: hours.rows_scored }],
    say: count,
  })}</div>
<div class="card">${times("From upload to result.", hours.start, hours.end_to_end_seconds)}</div>
<div class="card">${times("Of it waiting for a worker.", hours.start, hours.queue_dwell_seconds)}</div>
</div>
<h3>How long uploads took</h3>
<div class="scroll" tabindex="0" role="region" aria-label="How long uploads took"><table>
<thead><tr><th scope="col">Time</th><th scope="col" class="number">half within</th><th scope="col" class="number">95% within</th><th scope="col" class="number">99% within</th></tr></thead>
<tbody>${percentiles("From upload to result", totals.end_to_end_seconds)}${percentiles("Waiting for a worker", totals.queue_dwell_seconds)}${percentiles("Being worked on", totals.work_seconds)}</tbody></table></div>
${
  failures.length === 0
    ? nothing
    : html`<h3>Why uploads failed</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Why uploads failed"><table>
<thead><tr><th scope="col">Code</th><th scope="col" class="number">Uploads</th></tr></thead>
<tbody>${failures.map(({ code, total }) => html`<tr><td><a href="/docs/errors#${code}"><code>${code}</code></a></td><td class="number">${count(total)}</td></tr>`)}</tbody></table></div>`
}
</section>`;
}

const stat = (label: string, value: string): Html => html`<div class="stat"><dt>${label}</dt><dd>${value}</dd></div>`;

function times(title: string, starts: readonly string[], { p50, p95, p99 }: Pipeline["hours"]["work_seconds"]): Html {
  return hourLines({
    title,
    starts,
    series: [
      { label: "half within", mark: "mark-1", values: p50 },
      { label: "95% within", mark: "mark-2", values: p95 },
      { label: "99% within", mark: "mark-3", values: p99 },
    ],
    say: seconds,
  });
}

function percentiles(label: string, { p50, p95, p99 }: Times): Html {
  const cell = (value: number | null) => html`<td class="number">${value === null ? "–" : seconds(value)}</td>`;
  return html`<tr><th scope="row">${label}</th>${cell(p50)}${cell(p95)}${cell(p99)}</tr>`;
}
