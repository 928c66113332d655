/**
 * Reads a table whose columns are a schema's features in its order, with canonical values as a template shows them ("Two year", 29.85,
 * blank = missing): the bundle's background and golden rows.
 */
import { createParser } from "../csv/parser.ts";
import { recordCells } from "../csv/records.ts";
import type { Feature, Schema } from "../features/schema.ts";
import { ModelLoadError } from "./load-error.ts";

export interface CanonicalRows {
  readonly count: number;
  /** Encoded values, float32, row-major `count` × features; NaN = missing. */
  readonly features: Float32Array;
  /** The columns after the features, as numbers, by header. */
  readonly extra: ReadonlyMap<string, Float64Array>;
}

export function readCanonicalRows(bytes: Uint8Array, schema: Schema, file: string): CanonicalRows {
  const fail = (detail: string): never => {
    throw new ModelLoadError("background_invalid", `${file}: ${detail}`);
  };
  const table = tableCells(bytes, file);
  const header = table.shift() ?? [];
  const width = schema.features.length;
  const expected = schema.features.map((feature) => feature.name);
  if (header.slice(0, width).join() !== expected.join()) fail(`its columns must begin with ${expected.join(", ")}.`);
  if (table.length === 0) fail("it has no rows.");

  const features = new Float32Array(table.length * width);
  const extra = new Map(header.slice(width).map((name) => [name, new Float64Array(table.length)]));
  table.forEach((cells, row) => {
    if (cells.length !== header.length)
      fail(`row ${row + 2} has ${cells.length} cells, the header has ${header.length}.`);
    schema.features.forEach((feature, i) => {
      features[row * width + i] =
        encodeCanonical(feature, cells[i]!) ?? fail(`row ${row + 2}: ${feature.name} is "${cells[i]}".`);
    });
    header.slice(width).forEach((name, i) => {
      const value = Number(cells[width + i]);
      if (cells[width + i] === "" || !Number.isFinite(value)) fail(`row ${row + 2}: ${name} is not a number.`);
      extra.get(name)![row] = value;
    });
  });
  return { count: table.length, features, extra };
}

/** The table's cells as texts, its header first. */
export function tableCells(bytes: Uint8Array, file: string): string[][] {
  try {
    const parser = createParser({ delimiter: "," });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return [parser.push(text), parser.end().records].flatMap((block) =>
      Array.from({ length: block.count }, (_, record) => recordCells(block, record)),
    );
  } catch (cause) {
    throw new ModelLoadError("background_invalid", `${file} is not a CSV in UTF-8.`, cause);
  }
}

function encodeCanonical(feature: Feature, text: string): number | null {
  if (text === "") return Number.NaN;
  if (feature.kind !== "numeric") return feature.categories.find((category) => category.value === text)?.code ?? null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
