import { Buffer } from "node:buffer";
import fc from "fast-check";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import type { ScoreOptions } from "../../src/inference/score-file.ts";
import { monsters } from "./monsters.ts";
import { mutated, mutations } from "./mutations.ts";
import { tables, textOf, wrappedBytes, wraps } from "./tables.ts";

export interface HostileFile {
  /** From which of the recipes. */
  readonly recipe: string;
  /** At most `mostBytes`. */
  readonly bytes: Uint8Array;
  /** How it is cut when it is read. */
  readonly pieceBytes: number;
  readonly options: Omit<ScoreOptions, "bytes">;
}

export const mostBytes = 1_048_576;

/** The file number `seed`: the same whenever it is made. */
export const hostileFile = (seed: number): HostileFile => fc.sample(hostileFiles, { seed, numRuns: 1 })[0]!;

const features = ["tenure_months", "monthly_charges", "contract", "total_charges", "senior_citizen", "nothing"];
const columns = ["tenure", "MonthlyCharges", "Contract", "TotalCharges", "customerID", "", "a", "__proto__", "🦜"];

const often = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const seldom = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, value);

/** What a person may say beside the file, most often nothing. */
const options = fc
  .record({
    output: fc.constantFrom<ScoreOptions["output"]>("rows", "rows", "csv", "csv+shap"),
    explain: fc.boolean(),
    delimiter: seldom(fc.constantFrom(",", ";", "\t", "|")),
    headerRow: seldom(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(4_000_000))),
    decimal: seldom(fc.constantFrom(".", ",")),
    asOf: seldom(fc.constantFrom("2024-02-29", "1970-01-01", "9999-12-31")),
    mapping: seldom(fc.dictionary(fc.constantFrom(...features), fc.constantFrom(...columns), { maxKeys: 4 })),
    units: seldom(
      fc.dictionary(fc.constantFrom(...features), fc.constantFrom("years", "days", "cents", "date"), { maxKeys: 2 }),
    ),
    remembered: seldom(fc.dictionary(fc.constantFrom(...features), fc.constantFrom(...columns), { maxKeys: 4 })),
  })
  .map((said) => Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as typeof said);

const goodText = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3_000 })),
    seed: fc.nat(),
    delimiter: fc.constantFrom(",", ",", ";", "\t", "|"),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    comma: fc.boolean(),
    quoted: fc.boolean(),
  })
  .map(({ rows, seed, delimiter, lineEnd, comma, quoted }) => {
    const cell = (text: string) => {
      const own = comma && /^\d+\.\d+$/.test(text) ? text.replace(".", ",") : text;
      return quoted || own.includes(delimiter) ? `"${own}"` : own;
    };
    return [customerHeader, ...makeCustomers(rows, seed)]
      .map((cells) => cells.map(cell).join(delimiter) + lineEnd)
      .join("");
  });

const recipes: Readonly<Record<string, readonly [weight: number, bytes: fc.Arbitrary<Uint8Array>]>> = {
  "random bytes": [
    2,
    fc
      .tuple(fc.uint8Array({ maxLength: 2_000 }), fc.constantFrom(1, 1, 1, 40, 1_000))
      .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)).subarray(0, mostBytes)),
  ],
  "a good file": [3, fc.tuple(goodText, wraps).map(([text, wrap]) => wrappedBytes(text, wrap))],
  "a good file, mutated": [
    8,
    fc.tuple(goodText, wraps, mutations).map(([text, wrap, changes]) => mutated(wrappedBytes(text, wrap), changes)),
  ],
  "a made table": [8, fc.tuple(tables, wraps).map(([table, wrap]) => wrappedBytes(textOf(table), wrap))],
  "a made table, mutated": [
    4,
    fc
      .tuple(tables, wraps, mutations)
      .map(([table, wrap, changes]) => mutated(wrappedBytes(textOf(table), wrap), changes)),
  ],
  "a monster": [1, fc.tuple(fc.constantFrom(...monsters), wraps).map(([text, wrap]) => wrappedBytes(text(), wrap))],
};

const hostileFiles: fc.Arbitrary<HostileFile> = fc.oneof(
  ...Object.entries(recipes).map(([recipe, [weight, bytes]]) => ({
    weight,
    arbitrary: fc.record({
      recipe: fc.constant(recipe),
      bytes: bytes.map((all) => all.subarray(0, mostBytes)),
      pieceBytes: fc.constantFrom(262_144, 262_144, 65_536, 4_099, 1_048_576),
      options: often(options).map((said) => said ?? ({ output: "rows", explain: true } as const)),
    }),
  })),
) as fc.Arbitrary<HostileFile>;
