/**
 * `bun run bench score [--rows N] [--runs N]`: the whole job, file to result file, on one core: ours, and the same in Python (pandas,
 * LightGBM `predict` and `pred_contrib` on one thread, the same trees). Also the peak memory of a file ten times as long.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Measured, measure, median } from "./measure.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = join(root, "models/telecom/1.1.0");
const python = process.env.RETAINWISE_TEST_PYTHON ?? join(root, ".cache/training-venv/bin/python");
const cli = join(root, "src/cli.ts");

export async function benchScore(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { rows: { type: "string" }, runs: { type: "string" } } });
  const rows = Number(values.rows ?? 1_000_000);
  const runs = Number(values.runs ?? 3);
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  try {
    const say = (text: string) => process.stderr.write(`${text}\n`);
    say(`making ${rows} and ${rows / 10} customers …`);
    const [large, small] = [join(folder, "large.csv"), join(folder, "small.csv")];
    for (const [file, count] of [
      [large, rows],
      [small, rows / 10],
    ] as const) {
      const made = await measure([process.execPath, join(root, "bench/make-customers.ts"), String(count)], null);
      writeFileSync(file, made.stdout);
    }
    const ours = (file: string, ...more: string[]) => [
      process.execPath,
      cli,
      "score",
      file,
      "--out",
      join(folder, "out.csv"),
      ...more,
    ];
    const rival = (file: string, ...more: string[]) => [
      python,
      join(root, "bench/rivals/score_pandas.py"),
      bundle,
      file,
      join(folder, "rival.csv"),
      ...more,
    ];
    const result = {
      rows,
      machine: `${cpus()[0]?.model ?? "unknown"}, one core of ${cpus().length}`,
      memory: await memory(ours(large), ours(small)),
      explained: await compare(rows, runs, ours(large), existsSync(python) ? rival(large, "--explain") : null, say),
      plain: await compare(rows, runs, ours(large, "--no-explain"), existsSync(python) ? rival(large) : null, say),
    };
    mkdirSync(join(root, "bench/results"), { recursive: true });
    writeFileSync(join(root, "bench/results/score.json"), `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function memory(large: readonly string[], small: readonly string[]) {
  const [ofLarge, ofSmall] = [await measure(large, null), await measure(small, null)];
  const ratio = (ofLarge.peakMegabytes ?? Number.NaN) / (ofSmall.peakMegabytes ?? Number.NaN);
  return { large_megabytes: ofLarge.peakMegabytes, small_megabytes: ofSmall.peakMegabytes, ratio };
}

/** Both by turns, so that a busy moment hits both; medians of whole processes, from start to end. */
async function compare(
  rows: number,
  runs: number,
  ours: readonly string[],
  rival: readonly string[] | null,
  say: (text: string) => void,
) {
  const [oursSeconds, rivalSeconds, rivalWork]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    oursSeconds.push((await measure(ours, 0)).seconds);
    if (rival !== null) {
      const measured = await measure(rival, 0);
      rivalSeconds.push(measured.seconds);
      rivalWork.push(ownClock(measured));
    }
    say(
      `run ${run + 1}: ours ${oursSeconds.at(-1)?.toFixed(1)} s, Python ${rivalSeconds.at(-1)?.toFixed(1) ?? "missing"} s`,
    );
  }
  const rate = rows / median(oursSeconds);
  if (rival === null) return { rows_per_second: rate, python_rows_per_second: null, ratio: null };
  return {
    rows_per_second: rate,
    python_rows_per_second: rows / median(rivalSeconds),
    ratio: median(rivalSeconds) / median(oursSeconds),
    /** The same, were Python's imports free and our start not. */
    ratio_without_python_imports: median(rivalWork) / median(oursSeconds),
  };
}

const ownClock = (measured: Measured): number =>
  (JSON.parse(measured.stdout.trim().split("\n").at(-1)!) as { seconds: number }).seconds;
