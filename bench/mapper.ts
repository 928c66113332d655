/**
 * `bun run bench mapper LIST.csv…`: the mapper against lists of labelled headers (canonical, header, verdict, note), each header alone and
 * without values: once with all that is known, and in five folds in which the spellings of the held-out fold are taken from the schema.
 * `--misses` prints each row that went wrong.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { Schema } from "../src/features/schema.ts";
import { judgeFolds } from "./mapper/judge-folds.ts";
import { type JudgedHeader, judgeHeaders } from "./mapper/judge-headers.ts";
import { readLabelledHeaders } from "./mapper/labelled-header.ts";
import { scoreHeaders } from "./mapper/score-headers.ts";
import { writeResult } from "./measure.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export async function benchMapper(options: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...options],
    options: { misses: { type: "boolean" } },
    allowPositionals: true,
  });
  if (positionals.length === 0)
    throw new Error("bench mapper needs the file of a list: canonical, header, verdict, note");
  const text = readFileSync(join(root, "models/telecom/1.1.0/schema.json"), "utf8");
  const schema = v.parse(Schema, JSON.parse(text));
  const result = Object.fromEntries(
    positionals.map((file) => {
      const rows = readLabelledHeaders(file);
      const [known, unknown] = [judgeHeaders(rows, schema), judgeFolds(rows, schema)];
      if (values.misses === true) for (const row of misses(known, unknown)) process.stderr.write(`${row}\n`);
      const scored = { known: scoreHeaders(known, rows), five_folds: scoreHeaders(unknown, rows) };
      return [basename(file, ".csv"), scored];
    }),
  );
  writeResult("mapper", result);
}

function misses(known: readonly JudgedHeader[], unknown: readonly JudgedHeader[]): string[] {
  const isMiss = (row: JudgedHeader) =>
    row.wrong ||
    (row.isInput &&
      ((row.verdict === "map" && row.used === null) || (row.verdict === "ambiguous" ? !row.asked : row.asked)));
  const tell = (way: string) => (row: JudgedHeader) =>
    [
      way,
      row.verdict,
      row.canonical,
      row.header,
      row.wrong ? `WRONG ${row.used}` : "",
      row.asked ? "asked" : "",
      row.best === null ? "-" : `${row.best.feature} ${row.best.confidence}`,
    ].join("\t");
  return [...known.filter(isMiss).map(tell("known")), ...unknown.filter(isMiss).map(tell("folds"))];
}
