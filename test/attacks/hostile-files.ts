/** Files that nobody exports and somebody sends: each must come to an end with a reason, whatever is in it. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";

export interface HostileFile {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  /** Code of the refusal before storing. */
  readonly refused?: string;
  /** Stored, and ended like this: `completed`, `needs_mapping`, or the code of its failure. */
  readonly ends?: string;
}

const header = "customer_id,tenure_months,monthly_charges,contract";
const customer = "C-1,4,50.5,One year";
const megabyte = 1_048_576;
/** A file that is scored, with something in the place of each customer's id. */
const scored = (count: number, id: (own: string) => string = (own) => own): string =>
  [customerHeader, ...Array.from(makeCustomers(count, 7), ([own = "", ...cells]) => [id(own), ...cells])]
    .map((cells) => `${cells.join()}\n`)
    .join("");
const text = (csv: string) => () => Buffer.from(csv);
const repeated = (unit: string, bytes: number) => () => Buffer.alloc(bytes, unit);
const around = (start: string, unit: string, bytes: number, end = "") =>
  text(start + unit.repeat(bytes / unit.length) + end);

/** The same bytes every time, and no pattern in them. */
function noise(bytes: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
    createHash("sha256").update(`${seed}${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** What is downloaded of it must not be taken for a formula. */
export const formulas = "formulas for ids";

export const hostileFiles: readonly HostileFile[] = [
  // Shapes.
  { name: "one column of 100,000 rows", ends: "needs_mapping", bytes: around("tenure_months\n", "12345\n", 600_000) },
  {
    name: "16,384 columns",
    ends: "too_many_columns",
    bytes: text(`${Array.from({ length: 16_384 }, (_, i) => `c${i}`).join()}\n${"1,".repeat(16_383)}1\n`),
  },
  {
    name: "2,000 columns with names like the model's",
    ends: "needs_mapping",
    bytes: text(
      `${Array.from({ length: 2_000 }, (_, i) => `monthly charges tenure contract ${i}`).join()}\n${"1,".repeat(1_999)}1\n`.repeat(
        2,
      ),
    ),
  },
  {
    name: "100 names of 10,000 characters",
    ends: "needs_mapping",
    bytes: text(
      `${Array.from({ length: 100 }, (_, i) => `${"tenure ".repeat(1_400)}${i}`).join()}\n${"1,".repeat(99)}1\n`,
    ),
  },
  {
    name: "every row with another number of cells",
    ends: "needs_mapping",
    bytes: text(`${header}\n${Array.from({ length: 1_500 }, (_, i) => "1,".repeat(i)).join("\n")}\n`),
  },
  { name: "delimiters and nothing else", ends: "no_header", bytes: repeated(",\n", 2 * megabyte) },
  { name: "5 MB of line ends", refused: "no_header", bytes: repeated("\n", 5 * megabyte) },
  { name: "a header and 5 MB of line ends", ends: "too_many_rows", bytes: around(`${header}\n`, "\n", 5 * megabyte) },
  { name: "carriage returns alone", ends: "completed", bytes: text(`${header}\r${customer}\r`) },
  {
    name: "5 MB of spaces and a line",
    refused: "no_header",
    bytes: around("", " ", 5 * megabyte, `\n${customer}\n`),
  },
  // Cells.
  {
    name: "one cell of 10 MB",
    ends: "cell_too_long",
    bytes: around(`${header}\nC-1,`, "9", 10 * megabyte, ",1,One year\n"),
  },
  { name: "one header of 10 MB", ends: "cell_too_long", bytes: around("", "a", 10 * megabyte, "\n1\n") },
  {
    name: "a quote at byte 0 that never closes",
    ends: "cell_too_long",
    bytes: around('"', "a,b\n", 5 * megabyte),
  },
  {
    name: "5 MB of quotes",
    ends: "cell_too_long",
    bytes: repeated('"', 5 * megabyte),
  },
  {
    name: "quotes in the wrong places",
    ends: "csv_malformed",
    bytes: text(`${header}\n${'C"1","4"x,"50.5","One" year\n'.repeat(1_000)}`),
  },
  {
    name: "numbers of 100,000 digits",
    ends: "all_rows_rejected",
    bytes: text(`${header}\nC-1,${"9".repeat(100_000)},${"0".repeat(100_000)}1,One year\n`),
  },
  {
    name: "numbers at the edge",
    ends: "completed",
    bytes: text(
      `${header}\n${["1e999", "-1e999", "NaN", "Infinity", "-0", "1e-999", "0x10", "1e308", "٣", "１"].map((n) => `C,${n},${n},One year\n`).join("")}`,
    ),
  },
  { name: formulas, ends: "completed", bytes: text(scored(50, () => "=cmd|'/c calc'!A1")) },
  { name: "another direction of writing in a cell", ends: "completed", bytes: text(scored(50, (id) => `\u202e${id}`)) },
  {
    name: "a bell and an escape in a cell",
    ends: "completed",
    bytes: text(scored(50, (id) => `\u0007\u001b[31m${id}`)),
  },
  // Names.
  {
    name: "headers __proto__, constructor, toString",
    ends: "completed",
    bytes: text(`__proto__,constructor,toString,hasOwnProperty,${header}\n1,2,3,4,${customer}\n`),
  },
  {
    name: "all headers equal",
    ends: "duplicate_columns",
    bytes: text(`${"tenure_months,".repeat(20)}tenure_months\n${"1,".repeat(20)}1\n`),
  },
  {
    name: "all headers empty",
    ends: "needs_mapping",
    bytes: text(`,,,\n${`${customer}\n`.repeat(10)}`),
  },
  { name: "10,000 customers of one id", ends: "completed", bytes: text(scored(10_000, () => "C-1")) },
  // Bytes.
  { name: "nothing", refused: "empty_file", bytes: () => Buffer.alloc(0) },
  { name: "NULs", refused: "not_csv", bytes: () => Buffer.alloc(megabyte) },
  {
    name: "NULs behind 500 kB of customers",
    ends: "csv_encoding",
    bytes: () => Buffer.concat([Buffer.from(scored(5_000)), Buffer.alloc(megabyte)]),
  },
  { name: "gzip", refused: "not_csv", bytes: () => gzipSync(`${header}\n${customer}\n`) },
  {
    name: "the head of an xlsx",
    refused: "not_csv",
    bytes: () => Buffer.concat([Buffer.from("PK\x03\x04\x14\0\x06\0", "latin1"), noise(20_000, "xlsx")]),
  },
  { name: "a PDF", refused: "not_csv", bytes: text(`%PDF-1.7\n${"1 0 obj\n".repeat(100)}`) },
  {
    name: "HTML",
    refused: "not_csv",
    bytes: text(`<!doctype html><table><tr><td>${customer}</td></tr></table>\n\n`),
  },
  { name: "UTF-16 without a mark", ends: "completed", bytes: () => Buffer.from(scored(100), "utf16le") },
  {
    name: "UTF-16 of an odd number of bytes",
    ends: "csv_truncated",
    bytes: () => Buffer.from(`\ufeff${header}\n${customer}\n`, "utf16le").subarray(0, -1),
  },
  {
    name: "UTF-16 with half a character",
    ends: "csv_encoding",
    bytes: () => Buffer.from(`\ufeff${header}\n\ud800${customer}\n`, "utf16le"),
  },
  {
    name: "UTF-8 that turns into none after 1 MB",
    ends: "csv_encoding",
    bytes: () =>
      Buffer.concat([Buffer.from(`${header}\n${`Ä-1,4,50.5,One year\n`.repeat(60_000)}`), noise(1_000, "tail")]),
  },
  {
    name: "overlong UTF-8",
    ends: "completed",
    bytes: () =>
      Buffer.concat([
        Buffer.from(`${header}\n`),
        Buffer.from([0xc0, 0xaf, 0xe0, 0x80, 0xaf]),
        Buffer.from(",4,50.5,One year\n"),
      ]),
  },
  { name: "1 MB of noise", refused: "not_csv", bytes: () => noise(megabyte, "noise") },
  {
    name: "noise that looks like text",
    ends: "csv_malformed",
    bytes: () => Buffer.from(noise(megabyte, "text").map((byte) => (byte % 96) + 32)),
  },
];
