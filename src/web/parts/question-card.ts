import type { UploadView } from "../../api/upload-view.ts";
import type { Feature } from "../../features/schema.ts";
import { type Html, html, nothing } from "../html.ts";
import { count } from "./format.ts";
import { unitWords } from "./units.ts";

type Question = UploadView["questions"][number];

/** One question with the answers to choose from; `client/mapping.js` sends them. */
export function questionCard(question: Question, asked: Feature | undefined, upload: UploadView): Html {
  const { feature, columns: likely, plain, units, effect } = question;
  const { label = feature, required = true } = asked ?? {};
  const { columns } = upload;
  // A name may be there twice: then both are meant.
  const places = [...new Set(likely)].flatMap((name) =>
    columns.flatMap((each, place) => (each === name ? [place] : [])),
  );
  const others = columns.map((_, place) => place).filter((place) => !places.includes(place));
  return html`
<fieldset class="card question" data-feature="${feature}">
<legend><h2>Which column is <span class="theirs">${label}</span>?</h2></legend>
<p class="theirs">${plain}</p>
${effect === null ? nothing : html`<p><strong>${effectWords(effect)}</strong></p>`}
<div class="choices">
${places.map((place) => choice(feature, place, upload))}
${
  others.length === 0
    ? nothing
    : html`<label class="choice"><input type="radio" name="column-${feature}" value="other" required><span>Another column:
<select aria-label="Another column for ${label}" data-other>${others.map((place) => html`<option value="${place}">${shortName(columns[place]!, place)}${samplesOf(upload, place)}</option>`)}</select></span></label>`
}
${asked === undefined || asked.kind === "numeric" ? nothing : sameForAll(asked)}
<label class="choice"><input type="radio" name="column-${feature}" value="none" required><span>The file has no such column${required ? html` <span class="quiet">(then it cannot be scored: add one and upload it again)</span>` : nothing}</span></label>
</div>
${
  units.length === 0
    ? nothing
    : html`<p><label for="unit-${feature}">Its values are</label> <select id="unit-${feature}" data-unit><option value="">as its name says, else ${unitWords(units[0]!)}</option>${units.map((unit) => html`<option value="${unit}">${unitWords(unit)}</option>`)}</select></p>`
}
</fieldset>`;
}

/** Many exports leave out what is the same for every customer. */
function sameForAll({ name, label, categories }: Exclude<Feature, { kind: "numeric" }>): Html {
  return html`<label class="choice"><input type="radio" name="column-${name}" value="constant" required><span>It is the same for all customers:
<select aria-label="${label} of all customers" data-constant>${categories.map(({ value }) => html`<option>${value}</option>`)}</select></span></label>`;
}

function choice(feature: string, place: number, upload: UploadView): Html {
  const name = upload.columns[place]!;
  const samples = upload.column_samples[place] ?? [];
  return html`<label class="choice"><input type="radio" name="column-${feature}" value="${place}" required>
<span><strong class="cut" title="${name.slice(0, 500)}">${shortName(name, place)}</strong>
${samples.length === 0 ? nothing : html`<span class="quiet theirs">${samples.join(" · ")}</span>`}</span></label>`;
}

export function shortName(name: string, place: number): string {
  const shown = name.trim() === "" ? `column ${place + 1} (no name)` : name;
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}

const samplesOf = ({ column_samples }: UploadView, place: number): string => {
  const [first] = column_samples[place] ?? [];
  return first === undefined ? "" : ` (${first})`;
};

/** "312 of 7,043 customers would change tier" */
function effectWords({ customers, sampled, changed_tier }: NonNullable<Question["effect"]>): string {
  const of =
    sampled < customers
      ? `${count(sampled)} customers, a sample of your ${count(customers)},`
      : `${count(sampled)} customers`;
  return `It matters: read in another way, ${count(changed_tier)} of ${of} would change tier.`;
}
