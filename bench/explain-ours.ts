/**
 * Ours in `bun run bench explain`, as a process that waits, on Bun, Deno or Node: explain-ours.ts FOLDER SHAPE PERTURBATION ROWS THREADS.
 * The protocol is that of rivals/explain_peer.py. Each thread has its own tables and an equal share of the rows.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { createShare, type ShareRequest } from "./explain-share.ts";

const [folder, shape, perturbation, count, threads] = process.argv.slice(2) as [string, string, string, string, string];
const requests = Array.from(
  { length: Number(threads) },
  (_, thread): ShareRequest => ({
    folder,
    shape,
    perturbation,
    count: Number(count),
    thread,
    threads: Number(threads),
  }),
);
const own = createShare(requests[0]!);
const others = requests.slice(1).map((request) => {
  const worker = new Worker(new URL("explain-thread.ts", import.meta.url), { workerData: request });
  const answer = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  return { worker, answer, ready: answer() };
});
await Promise.all(others.map(({ ready }) => ready));
say(own.facts);

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, file] = line.split(" ");
  if (verb === "save") {
    writeFileSync(file!, new Uint8Array(own.out.buffer));
    say({});
    continue;
  }
  const started = performance.now();
  const cpu = process.cpuUsage();
  const answers = others.map(({ worker, answer }) => {
    worker.postMessage("run");
    return answer();
  });
  own.run();
  await Promise.all(answers);
  const { user, system } = process.cpuUsage(cpu);
  say({ seconds: (performance.now() - started) / 1_000, cpu_seconds: (user + system) / 1e6 });
}
for (const { worker } of others) await worker.terminate();

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
