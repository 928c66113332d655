/**
 * Ours in `bun run bench parse`, as a process that waits, on Bun, Deno or Node: parse-ours.ts FILE DELIMITER MODE. The protocol is that of
 * rivals/parse/peer.mjs. The file is read in the pieces that the service reads it in.
 *
 * MODE: `records`: decoded and divided, cells as offsets · `cells`: and each cell a string · `survey`: records and all that the first pass decides
 * of every column: numbers, dates, decimal marks, categories, which feature it is · `encoded`: both passes, to the model's float32 rows.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { recordCells } from "../src/csv/records.ts";
import { createEncoder } from "../src/features/encoder.ts";
import { Schema } from "../src/features/schema.ts";
import { type OpenFile, readRecords, readText } from "../src/inference/read-records.ts";
import { surveyFile, type UnderstoodFile } from "../src/inference/survey.ts";
import { limits } from "../src/limits.ts";

interface Read {
  readonly rows: number;
  /** Of the monthly charges, where numbers were made. */
  readonly sum: number | null;
}

const [file, delimiter, mode] = process.argv.slice(2) as [string, ";" | ",", string];
const schema = v.parse(
  Schema,
  JSON.parse(readFileSync(join(import.meta.dirname, "../models/telecom/1.1.0/schema.json"), "utf8")),
);
const charges = schema.features.findIndex(({ name }) => name === "monthly_charges");

const open: OpenFile = async function* () {
  const opened = openSync(file, "r");
  try {
    const bytes = new Uint8Array(limits.readBytes);
    for (let length = readSync(opened, bytes); length > 0; length = readSync(opened, bytes))
      yield bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
};

async function records(withCells: boolean): Promise<Read> {
  let rows = -1;
  for await (const block of readRecords(readText(open, "utf-8-bom"), delimiter)) {
    rows += block.records.count;
    if (withCells) for (let record = 0; record < block.records.count; record++) recordCells(block.records, record);
  }
  return { rows, sum: null };
}

async function survey(): Promise<UnderstoodFile> {
  const pass = surveyFile(schema, open, {});
  let step = await pass.next();
  while (step.done !== true) step = await pass.next();
  return step.value;
}

async function encoded(): Promise<Read> {
  const understood = await survey();
  const encoder = createEncoder({ schema, ...understood });
  let rows = 0;
  let sum = 0;
  for await (const block of readRecords(readText(open, understood.encoding), understood.delimiter)) {
    const from = Math.max(0, understood.headerRow + 1 - block.records.firstRow);
    const { count, features } = encoder.encode(block.records, Math.min(block.records.count, from));
    rows += count;
    for (let row = 0; row < count; row++) sum += features[row * schema.features.length + charges]!;
  }
  return { rows, sum };
}

const modes: Readonly<Record<string, () => Promise<Read>>> = {
  records: () => records(false),
  cells: () => records(true),
  survey: async () => ({ rows: (await survey()).rows, sum: null }),
  encoded,
};
const read = modes[mode]!;

const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
say({ ready: mode });
for await (const _ of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const before = process.cpuUsage();
  const found = await read();
  const { user, system } = process.cpuUsage(before);
  const times = { seconds: (performance.now() - started) / 1_000, cpu_seconds: (user + system) / 1e6 };
  say({ ...times, ...found });
}
