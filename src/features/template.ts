import { impliedStates } from "./implied-state.ts";
import type { Feature, Schema } from "./schema.ts";

/** Quantiles (of 21) that the example rows take, so that they look like three different customers. */
const exampleQuantiles = [3, 10, 17];

/**
 * A CSV to fill in: the canonical names, a line of guidance (starts with "# ", and is skipped when the file comes back), three example
 * rows. Comma, CRLF, RFC 4180.
 */
export function templateCsv(schema: Schema): string {
  const identifiers = schema.known_columns.filter((known) => known.role === "identifier").slice(0, 1);
  const names = [...identifiers.map((known) => known.name), ...schema.features.map((feature) => feature.name)];
  const guidance = [...identifiers.map((known) => `${known.label}; optional`), ...schema.features.map(guide)];
  guidance[0] = `# ${guidance[0]}`;
  const examples = exampleQuantiles.map((quantile, i) => [
    ...identifiers.map(() => `EXAMPLE-${i + 1}`),
    ...exampleRow(schema, quantile, i),
  ]);
  return [names, guidance, ...examples].map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

function guide(feature: Feature): string {
  const need = feature.required ? "required" : "optional";
  if (feature.kind !== "numeric") return `${feature.categories.map((category) => category.value).join(" | ")}; ${need}`;
  return `${feature.unit.replaceAll("_", " ")}; ${feature.expected.min} to ${feature.expected.max} is usual; ${need}`;
}

/** A customer that could be: what one value settles of another holds. */
function exampleRow(schema: Schema, quantile: number, turn: number): string[] {
  const implied = impliedStates(schema);
  const choices = schema.features.map((feature, position) => {
    if (feature.kind === "numeric") return null;
    const own = feature.categories.filter(({ code }) => code !== implied[position]?.code);
    return own[(turn + position) % own.length]!;
  });
  return schema.features.map((feature, position) => {
    const state = implied[position] ?? null;
    if (feature.kind === "numeric") return exampleNumber(feature, quantile);
    return state !== null && choices[state.parent]?.code === state.when ? state.value : choices[position]!.value;
  });
}

function exampleNumber(feature: Extract<Feature, { kind: "numeric" }>, quantile: number): string {
  const { min, max } = feature.expected;
  const value = feature.distribution.quantiles?.[quantile] ?? min + ((max - min) * quantile) / 20;
  return feature.integer ? String(Math.round(value)) : String(Number(value.toFixed(2)));
}

/** Quotes only where RFC 4180 needs it. A text that a spreadsheet might run cannot come from a schema's names and values. */
function quote(cell: string): string {
  const special = cell.includes(",") || cell.includes('"') || cell.includes("\n") || cell.includes("\r");
  return special ? `"${cell.replaceAll('"', '""')}"` : cell;
}
