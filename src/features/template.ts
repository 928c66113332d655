import { impliedStates } from "./implied-state.ts";
import type { Feature, Schema } from "./schema.ts";

/** Quantiles (of 21) that the example rows take, so that they look like three different customers. */
const exampleQuantiles = [3, 10, 17];

/** A CSV to fill in. */
export interface CsvTemplate {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Header, a line of guidance (starts with "# ", and is skipped when the file comes back), three example rows. Comma, CRLF, RFC 4180. */
  readonly csv: string;
}

/** The one of all features under their own names, which has the model's name, and those that the schema lists. */
export function templatesOf(schema: Schema): CsvTemplate[] {
  const identifiers = schema.known_columns.filter((known) => known.role === "identifier").slice(0, 1);
  const all = [...identifiers, ...schema.features].map(({ name }) => ({ of: name, header: name }));
  const { name, title, description } = schema;
  return [
    { name, title, description, csv: csvOf(schema, all) },
    ...schema.templates
      .filter((template) => template.name !== name)
      .map(({ columns, ...template }) => ({ ...template, csv: csvOf(schema, columns) })),
  ];
}

type Columns = Schema["templates"][number]["columns"];

function csvOf(schema: Schema, columns: Columns): string {
  const choices = choicesOf(schema, columns);
  const guidance = columns.map(({ of }) => {
    const place = schema.features.findIndex((each) => each.name === of);
    return place < 0
      ? `${schema.known_columns.find((known) => known.name === of)?.label ?? of}; optional`
      : guide(schema.features[place]!, choices[place]!);
  });
  guidance[0] = `# ${guidance[0]}`;
  const examples = exampleQuantiles.map((quantile, i) => {
    const row = exampleRow(schema, choices, quantile, i);
    return columns.map(({ of }) => {
      const place = schema.features.findIndex((each) => each.name === of);
      return place < 0 ? `EXAMPLE-${i + 1}` : row[place]!;
    });
  });
  const header = columns.map((column) => column.header);
  return [header, guidance, ...examples].map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

/** By feature: the values to choose from. A state that only another column can settle is none where that column is left out. */
function choicesOf(schema: Schema, columns: Columns): readonly (readonly string[])[] {
  const implied = impliedStates(schema);
  const names = new Set(columns.map(({ of }) => of));
  return schema.features.map((feature, position) => {
    if (feature.kind === "numeric") return [];
    const state = implied[position] ?? null;
    const isOpen = state === null || names.has(schema.features[state.parent]!.name);
    return feature.categories.filter(({ code }) => isOpen || code !== state.code).map(({ value }) => value);
  });
}

function guide(feature: Feature, choices: readonly string[]): string {
  const need = feature.required ? "required" : "optional";
  if (feature.kind !== "numeric") return `${choices.join(" | ")}; ${need}`;
  return `${feature.unit.replaceAll("_", " ")}; ${feature.expected.min} to ${feature.expected.max} is usual; ${need}`;
}

/** A customer that could be: what one value settles of another holds. */
function exampleRow(schema: Schema, choices: readonly (readonly string[])[], quantile: number, turn: number): string[] {
  const implied = impliedStates(schema);
  const chosen = choices.map((values, position) => {
    const own = values.filter((value) => value !== implied[position]?.value);
    return own[(turn + position) % own.length] ?? "";
  });
  return schema.features.map((feature, position) => {
    const state = implied[position] ?? null;
    if (feature.kind === "numeric") return exampleNumber(feature, quantile);
    const isSettled =
      state !== null && choices[position]!.includes(state.value) && chosen[state.parent] === state.whenValue;
    return isSettled ? state.value : chosen[position]!;
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
