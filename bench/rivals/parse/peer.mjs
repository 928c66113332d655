/**
 * One reader of npm in `bun run bench parse`, as a process that waits: peer.mjs FILE DELIMITER PEER. Answers each line with the seconds and
 * CPU seconds of reading the whole file once, from disk to rows, the number of rows, and the sum of MonthlyCharges where it made numbers.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { parse } from "csv-parse/sync";
import Papa from "papaparse";

const [file, delimiter, peer] = process.argv.slice(2);
const text = () => new TextDecoder().decode(readFileSync(file));
const papa = (dynamicTyping) => Papa.parse(text(), { delimiter, dynamicTyping, skipEmptyLines: true }).data;
const csvParse = (cast) => parse(readFileSync(file), { delimiter, cast, bom: true });
const readers = {
  papaparse: () => papa(false),
  "papaparse-typed": () => papa(true),
  "csv-parse": () => csvParse(false),
  "csv-parse-typed": () => csvParse(true),
};
const read = readers[peer];

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
say({ ready: peer });
for await (const _ of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const before = process.cpuUsage();
  const rows = read();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1_000;
  const column = rows[0].indexOf("MonthlyCharges");
  const charges = rows.slice(1).map((row) => row[column]);
  const sum = charges.every((each) => typeof each === "number") ? charges.reduce((a, b) => a + b, 0) : null;
  say({ seconds, cpu_seconds: (user + system) / 1e6, rows: rows.length - 1, sum });
}
