import type { Records } from "../csv/records.ts";
import { unitsOf } from "./conversion.ts";
import type { EncodedRows } from "./encoded-rows.ts";
import { createEncoder } from "./encoder.ts";
import type { Issue } from "./issue.ts";
import { type MapResult, mapColumns } from "./mapper.ts";
import { decideNumberFormats } from "./number-format.ts";
import { createProfiler } from "./profile.ts";
import type { Schema } from "./schema.ts";

/** Feature name or known header → value. */
export type Customer = Readonly<Record<string, unknown>>;

export interface EncodedCustomers {
  readonly mapped: MapResult;
  /** `rows` and `rejected[].row` count the customers from 1. */
  readonly encoded: EncodedRows;
  readonly issues: readonly Issue[];
}

/**
 * Encodes customers given as JSON by the same passes as a file, so that both ways give the same bytes. Numbers and booleans stand for
 * their text; null, "" and an absent key are "no value". A key that is a feature's own name is taken as such, whatever its values look like.
 */
export function encodeCustomers(customers: readonly Customer[], schema: Schema): EncodedCustomers {
  const headers = [...new Set(customers.flatMap((customer) => Object.keys(customer)))];
  const records = recordsOf(customers, headers);
  const profiler = createProfiler({ headers, headerRow: 0, plain: true });
  profiler.add(records, 0);
  const profiles = profiler.result().columns;
  const formats = decideNumberFormats(profiles);
  const names = new Set([...schema.features.map(({ name }) => name), ...identifiers(schema)]);
  const given = new Map(headers.filter((header) => names.has(header)).map((header) => [header, header]));
  const units = new Map(
    schema.features.flatMap((feature) => {
      const [own] = given.has(feature.name) ? unitsOf(feature) : [];
      return own === undefined ? [] : [[feature.name, own] as const];
    }),
  );
  const mapped = mapColumns({ headers, schema, profiles, formats, given, units });
  const encoder = createEncoder({
    schema,
    mapping: mapped.mapping,
    formats,
    headers,
    headerRow: 0,
    footerFrom: null,
    plain: true,
  });
  const encoded = encoder.encode(records, 0);
  return { mapped, encoded, issues: [...mapped.issues, ...encoder.result().issues] };
}

function identifiers(schema: Schema): string[] {
  return schema.known_columns.filter((known) => known.role === "identifier").map(({ name }) => name);
}

function recordsOf(customers: readonly Customer[], headers: readonly string[]): Records {
  const cells = customers.length * headers.length;
  const starts = new Uint32Array(cells);
  const ends = new Uint32Array(cells);
  const parts: string[] = [];
  let length = 0;
  let cell = 0;
  for (const customer of customers) {
    for (const header of headers) {
      const text = Object.hasOwn(customer, header) ? cellOf(customer[header]) : "";
      parts.push(text);
      starts[cell] = length;
      length += text.length;
      ends[cell++] = length;
    }
  }
  return {
    count: customers.length,
    text: parts.join(""),
    starts,
    ends,
    quoting: new Uint8Array(cells),
    firstCells: Uint32Array.from({ length: customers.length + 1 }, (_, i) => i * headers.length),
    firstRow: 1,
    lines: Uint32Array.from({ length: customers.length }, (_, i) => i + 1),
  };
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value !== "number") return typeof value === "object" ? JSON.stringify(value) : String(value);
  const text = String(value);
  // A JSON number is never ambiguous: 1.125 must not look like a thousand with a decimal comma.
  return text.length > 4 && text[text.length - 4] === "." && !text.includes("e") ? `${text}0` : text;
}
