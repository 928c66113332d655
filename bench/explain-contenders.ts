/** Who explains in `bun run bench explain`. */
import { join } from "node:path";
import process from "node:process";
import { root } from "./rig.ts";
import { explainPython, fastTreeShapPython, runtimes } from "./rivals.ts";

export interface Contender {
  readonly name: string;
  /** The processors that it may use. */
  readonly cores: string;
  readonly threads: number;
  /** More would take minutes. */
  readonly mostRows: number;
  /** Which of ours it is compared with: the same perturbation, on Bun. */
  readonly against?: string;
  /** Whether it explains a model of the same size, but another one. */
  readonly ownModel?: boolean;
  command(folder: string, shape: string, rows: number): readonly string[];
}

const interventional = "ours-interventional";
const pathDependent = "ours-path-dependent";

/** All of them, or ours on Bun and the peers that come closest. */
export function explainers(all: boolean): readonly Contender[] {
  const few = [
    ours(interventional, [process.execPath], "interventional", 1),
    ours(pathDependent, [process.execPath], "path-dependent", 1),
    peer("lightgbm-pred-contrib", all ? 2_000 : 1_000, pathDependent),
    { ...peer("xgboost-pred-contribs", all ? 2_000 : 1_000, pathDependent), ownModel: true },
    peer("woodelf-interventional", all ? 50_000 : 20_000, interventional),
  ];
  if (!all) return few;
  return [
    ...few,
    { ...ours("ours-two-threads", [process.execPath], "interventional", 2), against: interventional },
    ...runtimes().map(([name, command]) => ({
      ...ours(`ours-${name}`, command, "interventional", 1),
      against: interventional,
    })),
    peer("woodelf-path-dependent", 50_000, pathDependent),
    peer("shap-interventional", 200, interventional),
    peer("shap-path-dependent", 1_000, pathDependent),
    fastTreeShap("fasttreeshap-v1"),
    fastTreeShap("fasttreeshap-v2"),
  ];
}

function ours(name: string, runtime: readonly string[], perturbation: string, threads: number): Contender {
  return {
    name,
    cores: threads > 1 ? "0,1" : "0",
    threads,
    mostRows: Number.POSITIVE_INFINITY,
    command: (folder, shape, rows) => [
      ...runtime,
      join(root, "bench/explain-ours.ts"),
      folder,
      shape,
      perturbation,
      String(rows),
      String(threads),
    ],
  };
}

const peer = (name: string, mostRows: number, against: string): Contender => ({
  name,
  cores: "0",
  threads: 1,
  mostRows,
  against,
  command: python(explainPython(), name),
});

const fastTreeShap = (name: string): Contender => ({
  ...peer(name, 1_000, pathDependent),
  command: python(fastTreeShapPython(), name),
});

function python(program: string | null, name: string): Contender["command"] {
  return (folder, shape, rows) => {
    if (program === null) throw new Error("not installed");
    return [program, join(root, "bench/rivals/explain_peer.py"), folder, shape, name, String(rows)];
  };
}
