/** Where `bench/rivals/install`, `install-explain` and `install-parse` put the rivals; null where they did not. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { referencePython } from "../test/parts.ts";
import { root } from "./rig.ts";

export const rivalPython = (): string | null => present(join(root, ".cache/bench-venv/bin/python"));

/** The program and the runtime for it: Node of this process's PATH, named node24 where the machine's own is older. */
export function rivalReads(): readonly string[] | null {
  const server = present(join(root, ".cache/bench-reads/server.mjs"));
  const node = ownNode();
  return server === null || node === null ? null : [node, server];
}

/**
 * Runs the making of the models and all peers of `bench explain` but FastTreeSHAP, which needs NumPy 1. The environment of training/ makes
 * the models too, and has LightGBM and shap for peers.
 */
export const explainPython = (): string | null =>
  present(join(root, ".cache/explain-venv/bin/python")) ?? referencePython();
export const fastTreeShapPython = (): string | null => present(join(root, ".cache/fasttreeshap-venv/bin/python"));

/** Readers of `bench parse`, by `install-parse`: pandas and polars, and the program for those of npm. */
export const parsePython = (): string | null => present(join(root, ".cache/parse-venv/bin/python"));
export const parseRivals = (): string | null => present(join(root, ".cache/bench-parse/peer.mjs"));

/** The other runtimes that are here, with how each runs a TypeScript file. */
export function runtimes(): readonly (readonly [string, readonly string[]])[] {
  const [deno, node] = [onPath("deno"), ownNode()];
  return [
    ...(deno === null ? [] : [["deno", [deno, "run", "-A", "--no-check"]] as const]),
    ...(node === null ? [] : [["node", [node]] as const]),
  ];
}

const ownNode = (): string | null => process.env.RETAINWISE_BENCH_NODE ?? onPath("node24") ?? onPath("node");

function onPath(program: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(existsSync) ?? null;
}

const present = (path: string): string | null => (existsSync(path) ? path : null);
