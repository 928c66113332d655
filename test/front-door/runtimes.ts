/** The runtimes of this machine that the service must be the same on. */
import { spawnSync } from "node:child_process";
import { program } from "../parts.ts";

export interface FoundRuntime {
  readonly name: string;
  /** What comes before the path of a program; null where it is missing. */
  readonly command: readonly string[] | null;
}

const bun = program("bun");
const deno = program("deno");
const node =
  ["node24", "node"].map((name) => program(name)).find((path) => path !== null && runsTypeScript(path)) ?? null;

export const runtimes: readonly FoundRuntime[] = [
  { name: "Bun", command: bun === null ? null : [bun] },
  { name: "Deno", command: deno === null ? null : [deno, "run", "-A"] },
  { name: "Node 22.18 or later", command: node === null ? null : [node] },
];

/** Node strips types since 22.18. */
function runsTypeScript(path: string): boolean {
  const [major = 0, minor = 0] = String(spawnSync(path, ["--version"]).stdout)
    .slice(1)
    .split(".")
    .map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
