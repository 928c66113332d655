/** Where `bench/rivals/install` puts the rivals; null where it did not. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { root } from "./rig.ts";

export const rivalPython = (): string | null => present(join(root, ".cache/bench-venv/bin/python"));

/** The program and the runtime for it: Node of this process's PATH, named node24 where the machine's own is older. */
export function rivalReads(): readonly string[] | null {
  const server = present(join(root, ".cache/bench-reads/server.mjs"));
  const node = process.env.RETAINWISE_BENCH_NODE ?? onPath("node24") ?? onPath("node");
  return server === null || node === null ? null : [node, server];
}

function onPath(program: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(existsSync) ?? null;
}

const present = (path: string): string | null => (existsSync(path) ? path : null);
