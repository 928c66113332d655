/** The golden rows of a bundle as a customer's file would hold them, and what must be said of each: the canary's question and answer. */
import type { Schema } from "../features/schema.ts";
import type { CanonicalRows } from "./canonical-rows.ts";
import { tableCells } from "./canonical-rows.ts";

export interface GoldenCustomers {
  /** A CSV: the features' own names, and a customer id where the schema knows one; comma, CRLF, decimal point. */
  readonly csv: string;
  /** In the order of the file; the first is its row 2. */
  readonly rows: readonly GoldenRow[];
}

export interface GoldenRow {
  readonly probability: number;
  /** Log-odds, as the base value and the SHAP values are. */
  readonly rawScore: number;
  readonly baseValue: number;
  /** By feature. */
  readonly shapValues: Readonly<Record<string, number>>;
}

/** `bytes` and `rows` are the same golden file, which `checkGolden` has found to have every column. */
export function goldenCustomers(bytes: Uint8Array, rows: CanonicalRows, schema: Schema): GoldenCustomers {
  const names = schema.features.map(({ name }) => name);
  const identifier = schema.known_columns.find(({ role }) => role === "identifier")?.name;
  const lines = tableCells(bytes, "golden.csv").map((cells, line) => {
    const id = identifier === undefined ? [] : [line === 0 ? identifier : `golden-${line}`];
    return `${[...id, ...cells.slice(0, names.length)].map(quoted).join()}\r\n`;
  });
  const column = (name: string, row: number): number => rows.extra.get(name)?.[row] ?? Number.NaN;
  return {
    csv: lines.join(""),
    rows: Array.from({ length: rows.count }, (_, row) => ({
      probability: column("probability", row),
      rawScore: column("raw_score", row),
      baseValue: column("base_value", row),
      shapValues: Object.fromEntries(names.map((name) => [name, column(`shap_${name}`, row)])),
    })),
  };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
