/** A process that does a piece of work each time it is told: one JSON line when it is ready, and one for each line sent to it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";

export interface WaitingProcess {
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  ask(line: string): Promise<Readonly<Record<string, unknown>>>;
  /** Closes its input and waits for its end. */
  stop(): Promise<void>;
}

/** On the given processors only; rejects with what it said where it ends before it is ready. */
export async function startWaiting(command: readonly string[], cores: string): Promise<WaitingProcess> {
  const child = spawn("taskset", ["-c", cores, ...command], {
    stdio: "pipe",
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const errors = collect(child);
  const next = async (): Promise<Readonly<Record<string, unknown>>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command.join(" ")} ended: ${errors().trim().split("\n").at(-1)}`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  return {
    ready: await next(),
    ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}

function collect(child: ChildProcessWithoutNullStreams): () => string {
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return () => text;
}
