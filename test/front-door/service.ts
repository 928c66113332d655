/** Starts `serve` as an operator would, in a process of its own, and stops that process by its id. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { repository } from "../parts.ts";
import { ownRuntime } from "./cli.ts";

export interface RunningService {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote so far: its log, and what it said to the person. */
  readonly output: () => string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; with `everything` the database's own processes too, as a power cut would. */
  kill(everything: boolean): Promise<void>;
  /** SIGKILL to the embedded database alone. */
  killDatabase(): void;
}

export async function startService(
  home: string,
  environment: Readonly<Record<string, string>> = {},
  role: "serve" | "api" | "worker" = "serve",
  program: readonly string[] = [...ownRuntime, join(repository, "src/cli.ts")],
): Promise<RunningService> {
  const child = spawn(program[0]!, [...program.slice(1), role], {
    cwd: repository,
    env: { ...process.env, RETAINWISE_HOME: home, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    const look = setInterval(() => {
      const found = /listens on (http:\S+)|takes jobs/.exec(output);
      if (found === null) return;
      clearInterval(look);
      resolve(found[1] ?? "");
    }, 20);
    void exited.then(([code]) => {
      clearInterval(look);
      reject(new Error(`serve ended with ${code} before it listened:\n${output}`));
    });
  });
  return {
    url,
    process: child,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      return (await exited)[0];
    },
    async kill(everything) {
      const postmaster = everything ? postmasterOf(home) : null;
      child.kill("SIGKILL");
      if (postmaster !== null) process.kill(postmaster, "SIGKILL");
      await exited;
    },
    killDatabase() {
      process.kill(postmasterOf(home)!, "SIGKILL");
    },
  };
}

function postmasterOf(home: string): number | null {
  try {
    return Number(readFileSync(join(home, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return null;
  }
}

export interface UploadAnswer {
  readonly upload_id: string;
  readonly status: string;
  readonly rows: { readonly read: number; readonly scored: number; readonly rejected: number };
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly mapping: readonly {
    readonly feature: string;
    readonly column: string;
    readonly method: string;
    readonly transform: string | null;
  }[];
  readonly missing_features: readonly string[];
  readonly questions: readonly {
    readonly feature: string;
    readonly question: string;
    readonly effect: { readonly customers: number; readonly sampled: number; readonly changed_tier: number } | null;
  }[];
  readonly issues: readonly {
    readonly code: string;
    readonly severity: string;
    readonly count: number;
    readonly column: string | null;
    readonly feature: string | null;
    readonly message: string;
  }[];
}

export async function upload(
  service: { url: string; headers?: Readonly<Record<string, string>> },
  csv: string | Uint8Array,
  query = "",
): Promise<Response> {
  return fetch(`${service.url}/v1/uploads${query}`, {
    method: "POST",
    headers: { "content-type": "text/csv", ...service.headers },
    body: csv as BodyInit,
  });
}

/** The id of an upload that was taken. */
export async function acceptedId(service: { url: string }, csv: string): Promise<string> {
  const response = await upload(service, csv);
  const text = await response.text();
  if (response.status !== 202) throw new Error(`${response.status}: ${text}`);
  return (JSON.parse(text) as { upload_id: string }).upload_id;
}

/** Waits until the upload has come to an end, or to a question. */
export async function settled(
  service: { url: string; headers?: Readonly<Record<string, string>> },
  uploadId: string,
): Promise<UploadAnswer> {
  for (;;) {
    const response = await fetch(`${service.url}/v1/uploads/${uploadId}`, { headers: service.headers ?? {} });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const answer = (await response.json()) as UploadAnswer;
    if (!["pending", "processing"].includes(answer.status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface PredictionAnswer {
  readonly row: number;
  readonly customer_id: string;
  readonly churn_probability: number;
  readonly raw_score: number;
  readonly base_value: number;
  readonly risk_tier: string;
  readonly explanation_status: string;
  readonly reasons: readonly {
    readonly feature: string;
    readonly value: string | number | boolean | null;
    readonly shap_value: number;
    readonly note: string | null;
  }[];
}

/** Every prediction, page by page. */
export async function allPredictions(
  service: { url: string },
  uploadId: string,
  query = "order=row",
): Promise<PredictionAnswer[]> {
  const predictions: PredictionAnswer[] = [];
  for (let cursor = ""; ; ) {
    const response = await fetch(`${service.url}/v1/uploads/${uploadId}/predictions?limit=1000&${query}${cursor}`);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { data: PredictionAnswer[]; next_cursor: string | null };
    predictions.push(...page.data);
    if (page.next_cursor === null) return predictions;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}
