/** A real Prometheus (`prometheus/build`) as the README starts it, with the rules of `prometheus/`, as a child process on a free loopback port. */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../front-door/cli.ts";
import { repository, skipWithout } from "../parts.ts";
import { freePort } from "../store/servers.ts";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Answer {
  readonly samples: readonly Sample[];
  /** What Prometheus thinks is wrong with the query, for example a rate of what is no counter. */
  readonly notes: readonly string[];
}

export interface Prometheus {
  readonly port: number;
  /** An instant query, as of now. Rejects when Prometheus does not take it. */
  query(expression: string): Promise<Answer>;
  /** Label sets of the series of that name, its name left out. */
  series(name: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** GET below `/api/v1/`: the member `data` of the answer. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  log(): string;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** Paths of rule files. */
  readonly rules: readonly string[];
  /** `--enable-feature`. */
  readonly features?: readonly string[];
}

const program = join(repository, ".cache/prometheus/prometheus");
/** As the README names it. */
export const readmeFeatures = ["created-timestamp-zero-ingestion"];

export function skipWithoutPrometheus(): string | false {
  const isBuilt = existsSync(program) && existsSync(join(repository, ".cache/prometheus/built-from.txt"));
  return skipWithout("Prometheus (Go and prometheus/build)", isBuilt);
}

/** Takes about a second. Rules are evaluated each second. */
export async function startPrometheus({ rules, features = readmeFeatures }: PrometheusOptions): Promise<Prometheus> {
  const folder = temporaryFolder();
  const port = await freePort();
  const configuration = join(folder.path, "prometheus.yaml");
  writeFileSync(configuration, JSON.stringify({ global: { evaluation_interval: "1s" }, rule_files: rules }));
  const child = spawn(
    program,
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder.path, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-otlp-receiver",
      ...(features.length === 0 ? [] : [`--enable-feature=${features.join()}`]),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    const end = () => {
      ended = true;
      process.off("exit", killAtExit);
      resolve();
    };
    child.once("error", end);
    child.once("close", end);
  });
  const base = `http://127.0.0.1:${port}`;
  const call = async (path: string, query: Readonly<Record<string, string>>) => {
    const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(query)}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} ${JSON.stringify(query)}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as { data: unknown; warnings?: string[]; infos?: string[] };
  };

  const isReady = () =>
    fetch(`${base}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let tries = 0; !(await isReady()); tries++) {
    if (ended || tries > 600) {
      child.kill("SIGKILL");
      throw new Error(`Prometheus did not start:\n${log.slice(-2_000)}`);
    }
    await sleep(50);
  }

  return {
    port,
    async query(expression) {
      const { data, warnings = [], infos = [] } = await call("query", { query: expression });
      const { result } = data as { result: { metric: Record<string, string>; value?: [number, string] }[] };
      const samples = result.map(({ metric, value }) => ({ labels: metric, value: Number(value?.[1]) }));
      return { samples, notes: [...warnings, ...infos] };
    },
    async series(name) {
      const { data } = await call("series", { "match[]": `{__name__="${name}"}` });
      return (data as Record<string, string>[]).map(({ __name__: _, ...labels }) => labels);
    },
    get: async (path, query = {}) => (await call(path, query)).data,
    log: () => log,
    async stop() {
      // What it has stored goes with the folder: nothing has to be put in order, and a hook has five seconds.
      child.kill("SIGKILL");
      await closed;
      folder.remove();
    },
  };
}
