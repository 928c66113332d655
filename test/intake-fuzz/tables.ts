/** Tables of likely and unlikely cells, and the ways in which programs write them. */
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { customerHeader } from "../../bench/customers.ts";

export interface Table {
  readonly above: readonly string[];
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How often the rows stand there. */
  readonly times: number;
  readonly below: readonly string[];
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly quoting: "needed" | "all" | "none";
}

export interface Wrap {
  readonly encoding: "utf8" | "utf16le" | "utf16be" | "latin1";
  readonly mark: boolean;
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  // Halves of surrogate pairs: UTF-16 files can hold them.
  fc
    .array(fc.constantFrom("\ud83d", "\ude00", "a", "\ufeff", "\u0000", "\u0300", "\u202e"), { maxLength: 6 })
    .map((parts) => parts.join("")),
);

const plainHeaders = fc.constantFrom(
  ...customerHeader,
  "Tenure (years)",
  "Monthly Charges ($)",
  "monthly_charges_cents",
  "Signup Date",
  "Contract Type",
  "MRR",
  "email",
  "name",
  "__proto__",
  "constructor",
  "toString",
  "",
  " ",
  "1",
  "Unnamed: 0",
);
const header = fc.oneof(
  { weight: 8, arbitrary: plainHeaders },
  anyText,
  fc.tuple(plainHeaders, fc.constantFrom(90, 300, 6_000, 20_000)).map(([name, long]) => `${name}${"😀".repeat(long)}`),
);

const numbers = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.constantFrom(".", ",", "'", " ", "\u00a0"), fc.nat(999))
    .map(([whole, mark, part]) => `${whole}${mark}${part}`),
  fc.constantFrom(
    "1.234,56 €",
    "$1,234.56",
    "12%",
    "(79.90)",
    "-",
    "1e308",
    "1e-400",
    "0x10",
    "１２",
    "٣",
    "NaN",
    "-0",
  ),
);
const dates = fc.constantFrom(
  "2024-02-30",
  "31/12/2023",
  "12/31/2023",
  "2023-1-1",
  "20230101",
  "45123",
  "1.2.24",
  "0000-00-00",
);
const words = fc.constantFrom(
  ...[
    "Yes",
    "No",
    "yes ",
    "ja",
    "нет",
    "はい",
    "true",
    "0",
    "1",
    "One year",
    "Month-to-month",
    "Two year",
    "No internet service",
  ],
  ...["", " ", "N/A", "null", "#REF!", "(blank)", "Total", "# x", "'007", "=1+1", "Fiber optic", "DSL", "Female"],
);
const cell = fc.oneof(
  { weight: 8, arbitrary: words },
  { weight: 8, arbitrary: numbers },
  { weight: 2, arbitrary: dates },
  { weight: 2, arbitrary: anyText },
  fc
    .array(fc.constantFrom('"', ",", ";", "\n", "\r\n", "\t", "|", "x"), { maxLength: 6 })
    .map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom("x", "😀", "😀", "9", "a ", '"'), fc.constantFrom(50, 99, 101, 101, 5_001, 70_000, 131_073))
    .map(([unit, long]) => `${"a".repeat(long % 2)}${unit.repeat(long)}`),
);
const lines = fc.array(
  fc.oneof(anyText, fc.constantFrom("Report of customers", "", "sep=;", "Total,,,", "© nobody", ";;;")),
  {
    maxLength: 3,
  },
);

const headerRows: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.array(header, { minLength: 1, maxLength: 24 }),
  fc.subarray([...customerHeader], { minLength: 3 }),
  fc.constant(["customerID", "tenure", "MonthlyCharges", "Contract"]),
);

export const tables: fc.Arbitrary<Table> = fc
  .record({
    above: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, lines),
    headers: headerRows,
    cells: fc.array(fc.array(cell, { maxLength: 24 }), { maxLength: 20 }),
    ragged: fc.boolean(),
    times: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 60 }), fc.constant(20_000)),
    below: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, lines),
    delimiter: fc.constantFrom(",", ",", ";", "\t", "|", ":"),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r", "\n\r"),
    quoting: fc.constantFrom<Table["quoting"]>("needed", "needed", "all", "none"),
  })
  .map(({ cells, ragged, ...table }) => ({
    ...table,
    rows: ragged
      ? cells
      : cells.map((row) => table.headers.map((_, column) => row[column % Math.max(1, row.length)] ?? "")),
  }));

export function textOf({ above, headers, rows, times, below, delimiter, lineEnd, quoting }: Table): string {
  const written = (text: string): string => {
    const quoted = quoting === "all" || (quoting === "needed" && /["\r\n,;|\t]/.test(text));
    return quoted ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: readonly string[]): string => cells.map(written).join(delimiter) + lineEnd;
  const body = rows.map(line).join("");
  const most = Math.max(1, Math.floor(1_048_576 / Math.max(1, body.length)));
  const ends = (texts: readonly string[]): string => texts.map((text) => text + lineEnd).join("");
  return ends(above) + line(headers) + body.repeat(Math.min(times, most)) + ends(below);
}

export const wraps: fc.Arbitrary<Wrap> = fc.record({
  encoding: fc.constantFrom<Wrap["encoding"]>("utf8", "utf8", "utf8", "latin1", "utf16le", "utf16be"),
  mark: fc.boolean(),
});

export function wrappedBytes(text: string, { encoding, mark }: Wrap): Uint8Array {
  const marked = mark && encoding !== "latin1" ? `\ufeff${text}` : text;
  const bytes = Buffer.from(marked, encoding === "utf16be" ? "utf16le" : encoding);
  return encoding === "utf16be" ? bytes.swap16() : bytes;
}
