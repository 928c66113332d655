/** Runs the command line as a person would: another process, its output and its exit code. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { repository } from "../parts.ts";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The runtime that runs the tests runs the command too, unless another is named. */
export const ownRuntime: readonly string[] =
  "Deno" in globalThis ? [process.execPath, "run", "-A"] : [process.execPath];

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly runtime?: readonly string[];
}

export function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...first] = options.runtime ?? ownRuntime;
  const child = spawn(program!, [...first, join(repository, "src/cli.ts"), ...args], {
    cwd: repository,
    env: { ...process.env, ...options.environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined); // a command that reads no stdin closes it
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder of its own, removed by `remove`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "retainwise-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
