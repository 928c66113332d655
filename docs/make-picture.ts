/** `bun docs/make-picture.ts`: scores the sample and draws docs/result.svg from what came out; nothing in it is written by hand. */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createContext } from "../src/commands/context.ts";
import { readConfig } from "../src/config.ts";
import { presentDetail } from "../src/inference/present.ts";
import type { StoredPrediction } from "../src/store/upload.ts";

const sample = new Uint8Array(readFileSync(new URL("../samples/telecom.csv", import.meta.url)));
const context = createContext(readConfig({}), process);
const { inference, model } = await context.model(null);
const stored: StoredPrediction[] = [];
let tiers = { high: 0, medium: 0, low: 0 };
await inference.scoreFile({
  model: model.digest,
  open: async function* () {
    yield sample;
  },
  options: { bytes: sample.length, output: "rows", explain: true },
  onEvent: (event) => {
    if (event.type === "chunk") stored.push(...event.predictions);
    if (event.type === "end") tiers = event.summary.tiers;
  },
});
await context.stop();

type Detail = ReturnType<typeof presentDetail>;
const customers = stored
  .sort((a, b) => b.probability - a.probability || a.row - b.row)
  .slice(0, 5)
  .map((prediction) => presentDetail(model, prediction, []));
const units = new Map(
  model.schema.features.map((feature) => [feature.name, feature.kind === "numeric" ? feature.unit : ""]),
);
const labels = new Map(model.schema.features.map((feature) => [feature.name, feature.label]));

const describe = (name: string, value: string | number | null): string => {
  const unit = units.get(name);
  const words =
    unit === "months" && value !== null ? `${value} ${value === 1 ? "month" : "months"}` : (value ?? "not given");
  return `${labels.get(name)}: ${words}`;
};

const ink = "#1f2430";
const soft = "#6b7280";
const up = "#c2410c";
const down = "#0f766e";
const markup = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const write = (x: number, y: number, text: string, style = "") =>
  `<text x="${x}" y="${y}" ${style}>${markup(text)}</text>`;
const box = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="${height}" rx="2" fill="${fill}"/>`;

/** Left: who is at risk, and the three strongest reasons in words. */
function list(): string {
  return customers
    .map((customer, i) => {
      const y = 112 + i * 76;
      const reasons = customer.reasons
        .slice(0, 3)
        .map((reason) => `${reason.direction === "raises" ? "▲" : "▼"} ${reason.text}`)
        .join("   ");
      return [
        write(32, y, customer.customer_id ?? `row ${customer.row}`, `font-weight="600"`),
        box(150, y - 11, 200, 13, "#e7e5e4"),
        box(150, y - 11, 200 * customer.churn_probability, 13, up),
        write(362, y, `${(100 * customer.churn_probability).toFixed(1)} %`, `font-weight="600"`),
        write(32, y + 22, reasons, `fill="${soft}" font-size="12.5"`),
      ].join("");
    })
    .join("");
}

/** Right: one customer from the average customer to its own score, feature by feature, in log-odds. */
function waterfall(customer: Detail): string {
  const sorted = customer.attributions.toSorted((a, b) => Math.abs(b.shap_value) - Math.abs(a.shap_value));
  const shown = sorted
    .slice(0, 7)
    .map(({ feature, value, shap_value }) => ({ text: describe(feature, value), shap_value }));
  const rest = sorted.slice(7);
  const steps = [
    ...shown,
    { text: `${rest.length} other features`, shap_value: rest.reduce((sum, { shap_value }) => sum + shap_value, 0) },
  ];
  let at = customer.base_value;
  const positions = steps.map(({ shap_value }) => {
    const from = at;
    at += shap_value;
    return { from, to: at };
  });
  const low = Math.min(customer.base_value, ...positions.flatMap(({ from, to }) => [from, to])) - 0.15;
  const high = Math.max(customer.base_value, ...positions.flatMap(({ from, to }) => [from, to])) + 0.15;
  const x = (value: number) => 720 + (240 * (value - low)) / (high - low);
  const lines = steps.map(({ text, shap_value }, i) => {
    const { from, to } = positions[i]!;
    const y = 150 + i * 34;
    return [
      write(708, y + 11, text, `text-anchor="end" font-size="12.5"`),
      box(Math.min(x(from), x(to)), y, Math.abs(x(to) - x(from)), 15, shap_value > 0 ? up : down),
      write(
        972,
        y + 11,
        `${shap_value < 0 ? "−" : "+"}${Math.abs(shap_value).toFixed(2)}`,
        `font-size="12.5" fill="${soft}"`,
      ),
    ].join("");
  });
  const bottom = 150 + steps.length * 34 + 14;
  return [
    write(500, 112, `Why ${customer.customer_id}`, `font-weight="600"`),
    write(
      500,
      132,
      `average customer ${customer.base_value.toFixed(2)} → this customer ${customer.raw_score.toFixed(2)} log-odds`,
      `fill="${soft}" font-size="12.5"`,
    ),
    ...lines,
    `<line x1="${x(customer.base_value)}" x2="${x(customer.base_value)}" y1="144" y2="${bottom - 12}" stroke="${soft}" stroke-dasharray="2 3"/>`,
    write(
      500,
      bottom + 8,
      `exact SHAP values; they add up to the score within ${customer.additivity_error.toExponential(0)}`,
      `fill="${soft}" font-size="12.5"`,
    ),
  ].join("");
}

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1030 500" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="14" fill="${ink}" role="img" aria-label="The five customers most at risk with their reasons, and the waterfall of the first">
<rect width="1030" height="500" rx="10" fill="#fafaf9"/>
${write(32, 46, `${stored.length} customers: ${tiers.high} high risk, ${tiers.medium} medium, ${tiers.low} low`, `font-size="20" font-weight="700"`)}
${write(32, 70, `samples/telecom.csv, model ${model.schema.name} ${model.schema.version}`, `fill="${soft}"`)}
${list()}
${waterfall(customers[0]!)}
</svg>
`;
writeFileSync(fileURLToPath(new URL("./result.svg", import.meta.url)), svg);
