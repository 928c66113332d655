/** Runs a command to its end and tells what it took. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const results = process.env.RETAINWISE_BENCH_RESULTS ?? fileURLToPath(new URL("results", import.meta.url));

export interface Measured {
  readonly seconds: number;
  /** Peak resident memory in MB (10⁶ bytes), as the kernel keeps it; null where /proc is missing. */
  readonly peakMegabytes: number | null;
  /** Processor time of all its threads, to the last look: other work on the machine does not stretch it. Null where /proc is missing. */
  readonly cpuSeconds: number | null;
  readonly stdout: string;
}

/** Throws when the command fails. With `core` it runs on that processor only; `environment` is beside this process's own. */
export async function measure(
  command: readonly string[],
  core: number | null,
  environment: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const pinned = core === null ? command : ["taskset", "-c", String(core), ...command];
  const started = performance.now();
  const env = { ...process.env, ...environment };
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ["ignore", "pipe", "pipe"], env });
  let stdout = "";
  let stderr = "";
  let peak: number | null = null;
  let cpu: number | null = null;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // VmHWM only grows, so the last look before the end is the peak.
  const look = setInterval(() => {
    peak = peakOf(child.pid!) ?? peak;
    cpu = cpuOf(child.pid!) ?? cpu;
  }, 10);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`${pinned.join(" ")} ended with ${code}:\n${stderr}`);
  return { seconds: (performance.now() - started) / 1_000, peakMegabytes: peak, cpuSeconds: cpu, stdout };
}

/** `taskset` runs the command in its own process, so the id stays the same. */
const peakOf = (pid: number): number | null => memoryOf(pid, /VmHWM:\s+(\d+) kB/);

/** Resident now, MB (10⁶ bytes); null where /proc is missing. */
export const residentOf = (pid: number | undefined): number | null => memoryOf(pid, /VmRSS:\s+(\d+) kB/);

function memoryOf(pid: number | undefined, line: RegExp): number | null {
  try {
    const found = line.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found === null ? null : (Number(found[1]) * 1_024) / 1e6;
  } catch {
    return null;
  }
}

/** Fields 14 and 15 of /proc/PID/stat, in hundredths of a second; the name before them may hold spaces. */
function cpuOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The value below which a share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** To stdout and to bench/results/NAME.json. */
export function writeResult(name: string, result: object): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), text);
  process.stdout.write(text);
}
