/** Starts and watches `owner-process.ts` for the tests. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Owner {
  readonly pid: number;
  readonly lines: readonly string[];
  /** The first line that begins so; rejects when the process ends without one. */
  line(start: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Ends its input, as an orderly stop. */
  finish(): void;
  readonly ended: Promise<number | null>;
}

/** `root` is the folder of a checkout; ours by default. */
export function startOwner(home: string, mode: "hold" | "write", root = checkout): Owner {
  const runtime = process.versions.deno === undefined ? [] : ["run", "-A"];
  const child: ChildProcess = spawn(process.execPath, [...runtime, `${root}/test/store/owner-process.ts`, home, mode], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  let over = false;
  const tell = (): void => {
    for (const look of [...waiting]) look();
  };
  child.stdout?.on("data", (data) => {
    const parts = (rest + String(data)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    tell();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      over = true;
      tell();
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    kill: (signal) => void child.kill(signal),
    finish: () => void child.stdin?.end(),
    line: (start) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => line.startsWith(start));
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found === undefined)
            reject(new Error(`ended without a line "${start}…": ${lines.slice(-3).join(" | ")}`));
          else resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Ids of processes that have a text in their command line (a home's path). */
export function processesWith(text: string): number[] {
  return execFileSync("ps", ["-A", "-ww", "-o", "pid=,stat=,command="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

export const checkout = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
