/** Attacks in the JSON of the calls that take it. */
import { Buffer } from "node:buffer";
import { limits } from "../../src/limits.ts";
import { type Attack, post } from "./attack.ts";

const predict = (body: string | Uint8Array) => post("/v1/predict", "application/json", body);
const suggest = (body: string | Uint8Array) => post("/v1/mappings/suggest", "application/json", body);
const customer = '"tenure_months":4,"monthly_charges":50.5,"contract":"One year"';
const one = (inside: string) => predict(`{"customers":[{${inside}}]}`);
const nested = (open: string, close: string, depth: number, inside = "") =>
  open.repeat(depth) + inside + close.repeat(depth);
const almost = limits.jsonBodyBytes - 200;
const numbers = (count: number, each: (i: number) => string) => Array.from({ length: count }, (_, i) => each(i)).join();

const keys: readonly Attack[] = [
  // The last one counts, as with JSON.parse everywhere.
  { name: "a key given twice", pieces: one(`"tenure_months":1,${customer}`), may: ["served"] },
  { name: "customers given twice", pieces: predict(`{"customers":[],"customers":[{${customer}}]}`), may: ["served"] },
  { name: "__proto__ beside customers", pieces: predict(`{"__proto__":{"explain":true},"customers":[{${customer}}]}`) },
  {
    name: "__proto__ in a customer",
    pieces: one(`"__proto__":{"polluted":"yes"},${customer}`),
    may: ["served", "refused"],
  },
  {
    name: "__proto__ as text",
    pieces: one(`"__proto__":"x","constructor":"y","toString":"z","hasOwnProperty":"1",${customer}`),
    may: ["served"],
  },
  {
    name: "constructor.prototype in a customer",
    pieces: one(`"constructor":{"prototype":{"polluted":1}},${customer}`),
    may: ["served", "refused"],
  },
  {
    name: "columns __proto__ and constructor",
    pieces: suggest('{"columns":["__proto__","constructor","toString"],"sample":[["1","2","3"]]}'),
    may: ["served"],
  },
  {
    name: "a mapping of __proto__",
    pieces: post(
      "/v1/uploads/0198f3a2-0000-7000-8000-000000000009/mapping",
      "application/json",
      '{"mapping":{"__proto__":"x"}}',
    ),
  },
];

const sizes: readonly Attack[] = [
  { name: "a text of 4 MB", pieces: one(`"customer_id":"${"a".repeat(almost)}",${customer}`) },
  { name: "a text of 5 MB", pieces: one(`"customer_id":"${"a".repeat(5_000_000)}"`) },
  { name: "a number of 4 MB", pieces: one(`"tenure_months":${"1".repeat(almost)}`) },
  { name: "a key of 4 MB", pieces: one(`"${"a".repeat(almost)}":1`) },
  { name: "250,000 keys of one customer", pieces: one(numbers(250_000, (i) => `"k${i}":1`)) },
  {
    name: "1,000 customers with keys of their own",
    pieces: predict(`{"customers":[${numbers(1_000, (i) => `{${numbers(200, (j) => `"k${i}.${j}":1`)}}`)}]}`),
  },
  { name: "200,000 customers", pieces: predict(`{"customers":[${numbers(200_000, () => "{}")}]}`) },
  { name: "400,000 columns", pieces: suggest(`{"columns":[${numbers(400_000, (i) => `"c${i}"`)}]}`) },
  {
    name: "500 columns of 2,000 characters",
    pieces: suggest(`{"columns":[${numbers(500, (i) => `"${"tenure ".repeat(280)}${i}"`)}]}`),
    may: ["served"],
  },
  {
    name: "a CSV head of one cell of 4 MB",
    pieces: post("/v1/mappings/suggest", "text/csv", `${"a".repeat(4_000_000)}\n1\n`),
  },
  {
    name: "a CSV head of 65,000 columns",
    pieces: post("/v1/mappings/suggest", "text/csv", `${",".repeat(65_000)}\n1\n`),
  },
];

const depths: readonly Attack[] = [
  { name: "100,000 arrays", pieces: predict(nested("[", "]", 100_000)) },
  { name: "100,000 objects", pieces: predict(nested('{"a":', "}", 100_000, "1")) },
  { name: "100,000 arrays in a customer", pieces: one(`"tenure_months":${nested("[", "]", 100_000)}`) },
  { name: "2,000,000 arrays in a customer", pieces: one(`"tenure_months":${nested("[", "]", 2_000_000)}`) },
  { name: "2,000,000 arrays that never close", pieces: predict("[".repeat(2_000_000)) },
  { name: "100,000 arrays of columns", pieces: suggest(`{"columns":${nested("[", "]", 100_000)}}`) },
];

const texts: readonly Attack[] = [
  { name: "bytes that are no UTF-8", pieces: predict(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])) },
  { name: "half a character", pieces: one(`"customer_id":"\\ud800",${customer}`), may: ["served"] },
  { name: "NUL in a text", pieces: one(`"customer_id":"a\\u0000b",${customer}`), may: ["served"] },
  // RFC 8259, 8.1: a reader may ignore it.
  { name: "a byte order mark", pieces: predict(`\ufeff{"customers":[{${customer}}]}`), may: ["served"] },
  { name: "UTF-16", pieces: predict(Buffer.from(`{"customers":[{${customer}}]}`, "utf16le")) },
  { name: "gzip", pieces: predict(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])) },
  ...["null", "1", '"x"', "[]", "", "{}", '{"customers":null}', '{"customers":[null]}'].map(
    (body): Attack => ({
      name: `the body ${JSON.stringify(body)}`,
      pieces: predict(body),
    }),
  ),
  // Its places are its names, and a model has none of these.
  { name: "an array for a customer", pieces: predict('{"customers":[[1,2]]}'), may: ["served"] },
  ...["NaN", "Infinity", "1e999", "-1e999", "01", "0x10", "1_000"].map(
    (number): Attack => ({
      name: `the number ${number}`,
      pieces: one(`"monthly_charges":50.5,"contract":"One year","tenure_months":${number}`),
    }),
  ),
  {
    name: "the number 1e308",
    pieces: one(`"monthly_charges":50.5,"contract":"One year","tenure_months":1e308`),
    may: ["served"],
  },
];

export const jsonAttacks: readonly Attack[] = [...keys, ...sizes, ...depths, ...texts];
