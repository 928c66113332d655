/** Runs `load.ts` in a process of its own, so that asking does not slow down answering. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { median } from "./measure.ts";
import { root } from "./rig.ts";

export const concurrency = 16;
const secondsAtMost = 60;

export interface Load {
  readonly requests: number;
  readonly requests_per_second: number;
  readonly p50_milliseconds: number;
  readonly p99_milliseconds: number;
  readonly bytes_per_answer: number;
}

export async function load(urls: readonly string[], requests: number): Promise<Load> {
  const program = join(root, "bench/load.ts");
  const args = [program, String(concurrency), String(requests), String(secondsAtMost)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(urls.join("\n"));
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`the load ended with ${String(code)}`);
  return JSON.parse(output) as Load;
}

/** The run in the middle by rate: its figures belong together. */
export function middle(loads: readonly Load[]): Load {
  const rate = median(loads.map((each) => each.requests_per_second));
  return loads.find((each) => each.requests_per_second === rate)!;
}
