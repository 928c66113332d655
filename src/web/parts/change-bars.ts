import type { ChangeView } from "../../api/presented.ts";
import { shapBar } from "../charts/shap-bar.ts";
import { type Html, html, nothing } from "../html.ts";
import { logOdds } from "./format.ts";

const shown = 5;

/** What moved one customer's score, feature by feature; the parts add up to the change. */
export function changeBars({ contributions, model_contribution, explanation_status, change }: ChangeView): Html {
  if (explanation_status !== "ok")
    return html`<span class="quiet">${
      explanation_status === "unavailable"
        ? "A model that scored one of the two is no longer here, so the change cannot be split."
        : "The parts did not add up to the change, so none are shown."
    }</span>`;
  const parts = contributions.filter(({ contribution }) => contribution !== 0);
  const rest = parts.slice(shown).reduce((sum, { contribution }) => sum + contribution, 0);
  const most = Math.max(0.05, Math.abs(change), ...parts.map(({ contribution }) => Math.abs(contribution)));
  const line = (text: Html | string, value: number) =>
    html`<li>${shapBar(value, most)}<span class="weight">${logOdds(value)}</span> <span class="theirs">${text}</span></li>`;
  if (parts.length === 0 && (model_contribution ?? 0) === 0)
    return html`<span class="quiet">Nothing of what the model knows changed.</span>`;
  return html`<ul class="reasons">
${parts.slice(0, shown).map(({ label, value, previous_value, contribution }) => line(html`${label}: ${inWords(previous_value)} → ${inWords(value)}`, contribution))}
${parts.length > shown ? line(`${parts.length - shown} others`, rest) : nothing}
${(model_contribution ?? 0) === 0 ? nothing : line("a new version of the model", model_contribution!)}
</ul>`;
}

const inWords = (value: string | number | null): string => (value === null ? "no value" : String(value));
