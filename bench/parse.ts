/**
 * `bun run bench parse [--rows N] [--runs N]`: the same file read by ours, PapaParse, csv-parse, pandas and polars, one core each, all by
 * turns so that a busy moment hits all; medians. Those that are not installed (bench/rivals/install-parse) are named as missing.
 *
 * Rates are in MB (10⁶ bytes) of file by the CPU seconds that a run took, which other work on the machine does not stretch;
 * `wall_megabytes_per_second` is by the clock.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { customerHeader, makeCustomers } from "./customers.ts";
import { median, writeResult } from "./measure.ts";
import { type Reader, readers } from "./parse-readers.ts";
import { startWaiting, type WaitingProcess } from "./waiting-process.ts";

/** `plain`: commas, nothing quoted. `quoted`: as a program of a country with decimal commas writes it, every cell in quotation marks. */
const shapes = ["plain", "quoted"] as const;
const unmeasured = 2; // runs: engines compile what they have seen often

export async function benchParse(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: "string" }, runs: { type: "string" } },
  });
  const rows = Number(values.rows ?? 100_000);
  const runs = Number(values.runs ?? 7);
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  try {
    const tables: Record<string, object> = {};
    for (const shape of shapes) {
      const file = join(folder, `${shape}.csv`);
      writeFileSync(file, textOf(shape, rows));
      tables[shape] = await compare(file, shape, runs);
    }
    writeResult("parse", {
      machine: `${cpus()[0]?.model ?? "unknown"}, one core of ${cpus().length} for each`,
      load: loadavg()[0],
      rows,
      columns: customerHeader.length,
      runs,
      shapes: tables,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(shape: (typeof shapes)[number], rows: number): string {
  const lines: string[] = [];
  for (const cells of [customerHeader, ...makeCustomers(rows, 7)])
    lines.push(
      shape === "plain"
        ? `${cells.join()}\n`
        : `${cells.map((cell) => `"${cell.replace(/^(\d+)\.(\d+)$/, "$1,$2")}"`).join(";")}\r\n`,
    );
  return (shape === "plain" ? "" : "\ufeff") + lines.join("");
}

interface Started {
  readonly reader: Reader;
  readonly process: WaitingProcess;
  readonly seconds: number[];
  readonly cpuSeconds: number[];
  last: Readonly<Record<string, unknown>>;
}

async function compare(file: string, shape: (typeof shapes)[number], runs: number) {
  const megabytes = statSync(file).size / 1e6;
  const missing: Record<string, string> = {};
  const started: Started[] = [];
  try {
    for (const reader of readers()) {
      try {
        const running = await startWaiting(reader.command(file, shape === "plain" ? "," : ";"), "0");
        for (let run = 0; run < unmeasured; run++) await running.ask("run");
        started.push({ reader, process: running, seconds: [], cpuSeconds: [], last: {} });
      } catch (error) {
        missing[reader.name] = error instanceof Error ? error.message.slice(0, 300) : String(error);
      }
    }
    for (let run = 0; run < runs; run++)
      for (const each of started) {
        each.last = await each.process.ask("run");
        each.seconds.push(Number(each.last["seconds"]));
        each.cpuSeconds.push(Number(each.last["cpu_seconds"]));
      }
    return { megabytes, ...figures(started, megabytes), missing };
  } finally {
    for (const each of started) await each.process.stop();
  }
}

function figures(started: readonly Started[], megabytes: number) {
  const rates = new Map(started.map(({ reader, cpuSeconds }) => [reader.name, megabytes / median(cpuSeconds)]));
  const found: Record<string, object> = {};
  for (const { reader, seconds, last } of started)
    found[reader.name] = {
      megabytes_per_second: rates.get(reader.name),
      wall_megabytes_per_second: megabytes / median(seconds),
      rows: last["rows"],
      monthly_charges: last["sum"],
    };
  const ratios: Record<string, number> = {};
  for (const { reader } of started)
    for (const ours of reader.against)
      if (rates.has(ours)) ratios[`${ours} / ${reader.name}`] = rates.get(ours)! / rates.get(reader.name)!;
  return { readers: found, ratios };
}
