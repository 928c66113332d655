/** Who reads in `bun run bench parse`. */
import { join } from "node:path";
import process from "node:process";
import { root } from "./rig.ts";
import { parsePython, parseRivals, runtimes } from "./rivals.ts";

export interface Reader {
  readonly name: string;
  /** Which of ours it is compared with: those that do as much or more, on the same runtime. */
  readonly against: readonly string[];
  /** Throws where it is not installed. */
  command(file: string, delimiter: string): readonly string[];
}

export function readers(): readonly Reader[] {
  const all = [["bun", [process.execPath]] as const, ...runtimes().filter(([name]) => name === "node")];
  return [
    ...all.flatMap(([runtime, command]) => [
      ...["records", "cells", "survey", "encoded"].map((mode) => ours(mode, runtime, command)),
      npm("papaparse", runtime, command, ["cells", "survey", "encoded"]),
      npm("papaparse-typed", runtime, command, ["survey", "encoded"]),
      npm("csv-parse", runtime, command, ["cells", "survey", "encoded"]),
      npm("csv-parse-typed", runtime, command, ["survey", "encoded"]),
    ]),
    python("pandas"),
    python("polars"),
  ];
}

const ours = (mode: string, runtime: string, command: readonly string[]): Reader => ({
  name: `ours-${mode} on ${runtime}`,
  against: [],
  command: (file, delimiter) => [...command, join(root, "bench/parse-ours.ts"), file, delimiter, mode],
});

const npm = (peer: string, runtime: string, command: readonly string[], against: readonly string[]): Reader => ({
  name: `${peer} on ${runtime}`,
  against: against.map((mode) => `ours-${mode} on ${runtime}`),
  command(file, delimiter) {
    const script = parseRivals();
    if (script === null) throw new Error("not installed");
    return [...command, script, file, delimiter, peer];
  },
});

const python = (peer: string): Reader => ({
  name: peer,
  against: ["ours-survey on bun", "ours-encoded on bun"],
  command(file, delimiter) {
    const program = parsePython();
    if (program === null) throw new Error("not installed");
    return [program, join(root, "bench/rivals/parse_peer.py"), file, delimiter, peer];
  },
});
