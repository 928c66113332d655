import type * as v from "valibot";
import type { DeadLetterList } from "../../api/dead-letters.ts";
import type { Readiness } from "../../api/health.ts";
import type { ModelList } from "../../api/models.ts";
import type { viewPipeline } from "../../api/pipeline.ts";
import type { UploadList } from "../../api/uploads.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShowPage } from "../page.ts";
import { deadLetters } from "../parts/dead-letters.ts";
import { driftOf } from "../parts/drift.ts";
import { count, seconds } from "../parts/format.ts";
import { modelCards } from "../parts/model-cards.ts";
import { moment } from "../parts/moment.ts";
import { week } from "../parts/week.ts";

type Pipeline = ReturnType<typeof viewPipeline>;

/** How the service is, for who runs it: what works, what waits, what failed, and with which model. */
export const operationsPage: ShowPage = async ({ rest }) => {
  const [parts, pipeline, letters, models, uploads] = await Promise.all([
    rest.ask<v.InferOutput<typeof Readiness>>("/readyz"),
    rest.get<Pipeline>("/v1/health/pipeline"),
    rest.find<DeadLetterList>("/v1/dead-letters"),
    rest.get<v.InferOutput<typeof ModelList>>("/v1/models"),
    rest.get<v.InferOutput<typeof UploadList>>("/v1/uploads?limit=20"),
  ]);
  return {
    title: "Operations",
    section: "operations",
    scripts: ["operations.js"],
    main: html`
<h1>Operations</h1>
<p class="lead">How this service is. The page looks again every ten seconds.</p>
<p id="lost" class="notice bad" role="alert" hidden></p>
<div id="live">
${health(parts, pipeline)}
${waiting(pipeline)}
${deadLetters(letters)}
${week(pipeline)}
</div>
${modelCards(models.data)}
${driftOf(uploads.data, models.data)}`,
  };
};

function health({ parts }: v.InferOutput<typeof Readiness>, { canary, at }: Pipeline): Html {
  return html`
<section aria-labelledby="health"><h2 id="health">Health</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col">What it says</th></tr></thead>
<tbody>
${parts.map(
  ({ part, problem }) =>
    html`<tr><th scope="row">${part}</th><td>${state(problem === null)}</td><td>${problem ?? "It answers."}</td></tr>`,
)}
<tr><th scope="row">whole way</th><td>${canary === null ? html`<span class="badge">Not tried</span>` : state(canary.reason === null)}</td>
<td>${
    canary === null
      ? html`No test customers are sent. <code>serve --canary</code> sends some now and then and compares.`
      : html`Test customers were ${canary.reason === null ? "scored as they should be" : html`not scored as they should be (<code>${canary.reason}</code>)`} ${moment(canary.at)}, in ${canary.seconds.toFixed(1)} s.`
  }</td></tr>
</tbody></table></div>
<p class="quiet">As of ${moment(at)}.</p></section>`;
}

const state = (works: boolean): Html =>
  works ? html`<span class="badge completed">Works</span>` : html`<span class="badge failed">Does not work</span>`;

function waiting({ uploads, queue }: Pipeline): Html {
  const facts: readonly (readonly [string, string, string])[] = [
    [
      "Uploads waiting",
      count(uploads.pending),
      uploads.pending === 0 ? "" : `the oldest for ${seconds(uploads.oldest_seconds)}`,
    ],
    ["Uploads running", count(uploads.processing), ""],
    ...(queue === null
      ? []
      : ([
          [
            "Messages in the queue",
            count(queue.visible + queue.delayed),
            queue.oldest_seconds === null || queue.visible === 0
              ? ""
              : `the oldest for ${seconds(queue.oldest_seconds)}`,
          ],
          ["Being worked on", count(queue.in_flight), ""],
          ["Given up", count(queue.dead_letters), ""],
        ] as const)),
  ];
  return html`
<section aria-labelledby="waiting"><h2 id="waiting">What waits</h2>
<dl class="stats">${facts.map(([label, value, note]) => html`<div class="stat"><dt>${label}</dt><dd>${value}${note === "" ? nothing : html` <small>${note}</small>`}</dd></div>`)}</dl>
${queue === null ? html`<p class="quiet">Callers are identified here, so the queue of all of them is shown by the operator's command <code>status</code> only.</p>` : nothing}
</section>`;
}
