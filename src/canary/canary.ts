/**
 * The golden customers of the model that serves, sent through the whole way (API, storage, database, queue, worker, inference) now and then and
 * compared with the answers that the bundle was signed with: it notices what every part by itself takes for healthy.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../limits.ts";
import type { Log } from "../telemetry/logger.ts";
import { type CanaryReason, type GoldenModel, runCanary } from "./canary-run.ts";

export interface CanaryDeps {
  /** Calls the service's own API as the canary's tenant. */
  readonly call: (request: Request) => Promise<Response>;
  /** The model that serves; throws what the API would answer. */
  readonly model: () => GoldenModel;
  readonly log: Log;
  /** Of every run that came to an end: counted, and kept. Where that fails the log says so. */
  readonly onResult: (result: CanaryResult) => Promise<void>;
}

export interface CanaryResult {
  readonly seconds: number;
  /** Null when all was well. */
  readonly reason: CanaryReason | null;
}

export interface Canary {
  /** Calls a run off and waits until it has cleaned up. */
  stop(): Promise<void>;
}

export function startCanary(deps: CanaryDeps, options: { readonly intervalSeconds: number }): Canary {
  const { log, onResult } = deps;
  const runSeconds = Math.min(options.intervalSeconds, limits.canaryRunSeconds);
  const stopping = new AbortController();
  let wasOk: boolean | null = null;

  const run = async (): Promise<void> => {
    const started = performance.now();
    const outcome = await runCanary(deps, { seconds: runSeconds, stopping: stopping.signal });
    if (stopping.signal.aborted) return;
    const seconds = (performance.now() - started) / 1_000;
    // No result: during a change of versions two processes may hold different ones for a moment.
    if (outcome === "superseded") return log("canary.skipped", { problem: "Another version scored than serves here." });
    const ok = outcome === "ok";
    // Every failure, and the first success after something else: a log of good news hides the bad.
    if (!ok) log("canary.failed", { reason: outcome.reason, problem: outcome.problem, seconds }, outcome.cause);
    else if (wasOk !== true) log("canary.ok", { seconds });
    wasOk = ok;
    await onResult({ seconds, reason: ok ? null : outcome.reason }).catch((error: unknown) =>
      log("canary.unrecorded", {}, error),
    );
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const next = performance.now() + options.intervalSeconds * 1_000;
      await run();
      const pause = Math.max(0, next - performance.now());
      await sleep(pause, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };

  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}
