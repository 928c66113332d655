/**
 * `bun run bench explain [--rows N] [--runs N] [--shapes NAME,…]`: SHAP values of the same LightGBM model and the same rows by ours and by
 * each peer of bench/rivals/install-explain that is there, one core each, all by turns so that a busy moment hits all; medians.
 *
 * Rates are by the CPU seconds that a run took, which other work on the machine does not stretch; `wall_rows_per_second` is by the clock.
 * A slow peer explains fewer rows: `rows` says how many.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Contender, explainers } from "./explain-contenders.ts";
import { measure, median, writeResult } from "./measure.ts";
import { root } from "./rig.ts";
import { explainPython } from "./rivals.ts";
import { startWaiting, type WaitingProcess } from "./waiting-process.ts";

const shapes = ["telecom-300x31", "telecom-100-depth8", "telecom-1000-depth4", "wide-300x31"] as const;
/** Beyond the first, where all peers are measured, ours and the fastest are. */
const mainShape = shapes[0];

export async function benchExplain(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: "string" }, runs: { type: "string" }, shapes: { type: "string" } },
  });
  const rows = Number(values.rows ?? 50_000);
  const runs = Number(values.runs ?? 5);
  const chosen = values.shapes?.split(",") ?? [...shapes];
  const python = explainPython();
  if (python === null)
    throw new Error("The models are made by Python: run bench/rivals/install-explain or training/test first.");
  const folder = mkdtempSync(join(tmpdir(), "retainwise-bench-"));
  try {
    const customers = await measure(
      [process.execPath, join(root, "bench/make-customers.ts"), String(Math.max(rows, 20_000))],
      null,
    );
    writeFileSync(join(folder, "customers.csv"), customers.stdout);
    const maker = [python, join(root, "bench/rivals/explain_models.py"), folder, join(folder, "customers.csv")];
    const made = JSON.parse((await measure([...maker, String(rows), ...chosen], 0)).stdout) as Record<string, object>;
    const tables: Record<string, object> = {};
    for (const shape of chosen)
      tables[shape] = {
        ...made[shape],
        ...(await compare(folder, shape, explainers(shape === mainShape), rows, runs)),
      };
    writeResult("explain", {
      machine: `${cpus()[0]?.model ?? "unknown"}, one core of ${cpus().length} for each, two for two threads`,
      load: loadavg()[0],
      runs,
      background_rows: 100,
      shapes: tables,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Started {
  readonly contender: Contender;
  readonly process: WaitingProcess;
  readonly seconds: number[];
  readonly cpuSeconds: number[];
}

async function compare(folder: string, shape: string, contenders: readonly Contender[], rows: number, runs: number) {
  const missing: Record<string, string> = {};
  const started: Started[] = [];
  try {
    for (const contender of contenders) {
      const count = Math.min(rows, contender.mostRows);
      try {
        const running = await startWaiting(contender.command(folder, shape, count), contender.cores);
        started.push({ contender, process: running, seconds: [], cpuSeconds: [] });
      } catch (error) {
        missing[contender.name] =
          error instanceof Error ? error.message.replaceAll(folder, "FOLDER").slice(0, 300) : String(error);
      }
    }
    for (let run = 0; run < runs; run++)
      for (const { contender, process: running, seconds, cpuSeconds } of started) {
        const took = await running.ask("run");
        seconds.push(Number(took.seconds));
        cpuSeconds.push(Number(took.cpu_seconds));
        process.stderr.write(`${shape} run ${run + 1}: ${contender.name} ${seconds.at(-1)?.toFixed(2)} s\n`);
      }
    for (const { contender, process: running } of started) await running.ask(`save ${join(folder, contender.name)}`);
    return { ...figures(started), missing, differences: differences(folder, started) };
  } finally {
    for (const each of started) await each.process.stop();
  }
}

function figures(started: readonly Started[]) {
  const rates: Record<string, Readonly<Record<string, unknown>>> = {};
  const perSecond: Record<string, number> = {};
  for (const { contender, process: running, seconds, cpuSeconds } of started) {
    const { rows, build_seconds, table_bytes, trees_walked } = running.ready;
    perSecond[contender.name] = Number(rows) / median(contender.threads > 1 ? seconds : cpuSeconds);
    rates[contender.name] = {
      rows,
      rows_per_second: perSecond[contender.name],
      wall_rows_per_second: Number(rows) / median(seconds),
      runs_cpu_seconds: cpuSeconds,
      build_seconds,
      ...(table_bytes === undefined ? {} : { table_bytes, trees_walked }),
    };
  }
  const ratios: Record<string, number> = {};
  for (const { contender } of started) {
    const ours = perSecond[contender.against ?? ""];
    if (ours !== undefined && contender.threads === 1)
      ratios[`${contender.against} / ${contender.name}`] = ours / perSecond[contender.name]!;
  }
  const [one, two] = [started.find(isMain), started.find(({ contender }) => contender.threads > 1)];
  const speedUp = one === undefined || two === undefined ? {} : { two_threads: twoThreads(one, two) };
  return { contenders: rates, ratios, ...speedUp };
}

const isMain = ({ contender }: Started): boolean => contender.against === undefined && contender.threads === 1;

/** By the clock, which says little where other work takes the second core; and what the second thread costs in processor time. */
const twoThreads = (one: Started, two: Started) => ({
  times_faster: median(one.seconds) / median(two.seconds),
  times_cpu_seconds: median(two.cpuSeconds) / median(one.cpuSeconds),
});

/** Largest absolute difference to ours, in log-odds, over the rows that both explained. */
function differences(folder: string, started: readonly Started[]): Record<string, number> {
  const read = (name: string) => {
    const bytes = readFileSync(join(folder, name));
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  const found: Record<string, number> = {};
  for (const { contender } of started) {
    // XGBoost explains a model of its own.
    if (contender.against === undefined || contender.ownModel) continue;
    const [theirs, ours] = [read(contender.name), read(contender.against)];
    let worst = 0;
    for (let i = 0; i < Math.min(theirs.length, ours.length); i++)
      worst = Math.max(worst, Math.abs(theirs[i]! - ours[i]!));
    found[`${contender.name} − ${contender.against}`] = worst;
  }
  return found;
}
