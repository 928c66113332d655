/**
 * `bun run bench score [--rows N] [--runs N] [--trees N]`: the whole job, file to result file, on one core: ours, and the same in Python
 * (pandas, LightGBM `predict` and `pred_contrib` on one thread, the same trees). Also the peak memory of a file ten times as long, and what
 * share of our work is explanation. With the product's own model, or with one of that many trees, made and signed for the run.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Measured, measure, median, writeResult } from "./measure.ts";
import { makeScoreBundle, type ScoreBundle } from "./score-bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const python = process.env.RETAINWISE_TEST_PYTHON ?? join(root, ".cache/training-venv/bin/python");
const cli = join(root, "src/cli.ts");

export async function benchScore(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: "string" }, runs: { type: "string" }, trees: { type: "string" } },
  });
  const rows = Number(values.rows ?? 1_000_000);
  const runs = Number(values.runs ?? 3);
  const many = values.trees !== undefined;
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
    const { folder: bundle, environment } = await chooseBundle(folder, values.trees);
    const job = (file: string, ...more: string[]): Job => ({
      ours: [process.execPath, cli, "score", file, "--out", join(folder, "out.csv"), ...more],
      environment,
      rows,
    });
    const rival = (file: string, ...more: string[]): Job["rival"] =>
      existsSync(python)
        ? [python, join(root, "bench/rivals/score_pandas.py"), bundle, file, join(folder, "rival.csv"), ...more]
        : undefined;
    // LightGBM explains a thousand rows a second of so many trees: Python gets a tenth of the file, and rates are compared.
    const explained = many ? small : large;
    writeResult(many ? `score-${values.trees}-trees` : "score", {
      rows,
      model: many ? `${values.trees} trees of 31 leaves, depth 6` : "the product's own",
      machine: `${cpus()[0]?.model ?? "unknown"}, one core of ${cpus().length}`,
      load: loadavg()[0],
      memory: await memory(job(large), job(small)),
      explained: await compare(
        { ...job(large), rival: rival(explained, "--explain"), rivalRows: many ? rows / 10 : rows },
        runs,
        say,
      ),
      plain: await compare({ ...job(large, "--no-explain"), rival: rival(large), rivalRows: rows }, runs, say),
      share: await share(large, bundle, environment.RETAINWISE_MODEL_KEYS ?? join(root, "models/keys")),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Job {
  readonly ours: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly rival?: readonly string[] | undefined;
  readonly rivalRows?: number;
}

/** The product's own model, or one made for the run. */
async function chooseBundle(folder: string, trees: string | undefined): Promise<ScoreBundle> {
  if (trees === undefined) return { folder: join(root, "models/telecom/1.1.0"), environment: {} };
  if (!existsSync(python)) throw new Error("The model is made by Python: run training/test first.");
  const customers = join(folder, "training.csv");
  writeFileSync(
    customers,
    (await measure([process.execPath, join(root, "bench/make-customers.ts"), "20000"], null)).stdout,
  );
  return makeScoreBundle(folder, python, customers, Number(trees));
}

async function memory(large: Job, small: Job) {
  const [ofLarge, ofSmall] = [
    await measure(large.ours, null, large.environment),
    await measure(small.ours, null, small.environment),
  ];
  const ratio = (ofLarge.peakMegabytes ?? Number.NaN) / (ofSmall.peakMegabytes ?? Number.NaN);
  return { large_megabytes: ofLarge.peakMegabytes, small_megabytes: ofSmall.peakMegabytes, ratio };
}

/** Shares of the work in one process, on one core. */
async function share(file: string, bundle: string, keys: string) {
  const command = [process.execPath, join(root, "bench/score-share.ts"), file, bundle, keys];
  const seconds = JSON.parse((await measure(command, 0)).stdout) as Record<string, number>;
  const of = (name: string): number => seconds[name]! / seconds["whole"]!;
  return { explanation: of("explanation"), prediction: of("prediction"), reading_and_writing: of("other") };
}

/** Both by turns, so that a busy moment hits both; medians of whole processes, from start to end. */
async function compare(
  { ours, environment, rows, rival, rivalRows = rows }: Job,
  runs: number,
  say: (text: string) => void,
) {
  const own: Measured[] = [];
  const theirs: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    own.push(await measure(ours, 0, environment));
    if (rival !== undefined) theirs.push(await measure(rival, 0));
    const [first, second] = [own.at(-1)?.seconds.toFixed(1), theirs.at(-1)?.seconds.toFixed(1) ?? "missing"];
    say(`run ${run + 1}: ours ${first} s, Python ${second} s`);
  }
  const rate = rows / median(own.map(({ seconds }) => seconds));
  if (rival === undefined) return { rows_per_second: rate, python_rows_per_second: null, ratio: null };
  const rivalRate = rivalRows / median(theirs.map(({ seconds }) => seconds));
  const cpuRate = (measured: readonly Measured[], count: number): number =>
    count / median(measured.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN));
  return {
    rows_per_second: rate,
    python_rows: rivalRows,
    python_rows_per_second: rivalRate,
    ratio: rate / rivalRate,
    /** By processor time, which other work on the machine does not stretch. */
    cpu_ratio: cpuRate(own, rows) / cpuRate(theirs, rivalRows),
    /** The first, were Python's imports free and our start not. */
    ratio_without_python_imports: rate / (rivalRows / median(theirs.map(ownClock))),
  };
}

const ownClock = (measured: Measured): number =>
  (JSON.parse(measured.stdout.trim().split("\n").at(-1)!) as { seconds: number }).seconds;
