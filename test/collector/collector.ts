/**
 * The real collector with the configuration of production and the local overlay, as a child process on free loopback ports: OTLP in, the EMF
 * records that CloudWatch would be sent out.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { repository, skipWithout } from "../parts.ts";
import { freePort } from "../store/servers.ts";

export interface Collector {
  /** Base of OTLP over HTTP: metrics go to `/v1/metrics` below it. */
  readonly url: string;
  readonly pid: number;
  health(): Promise<boolean>;
  /** The EMF records so far, each the JSON text of one log event, in the order of printing. */
  lines(): readonly string[];
  /** The collector's own log so far. */
  log(): string;
  /** Resolves when the records satisfy it; rejects with the last ten of them when they do not within the time. */
  waitFor(predicate: (lines: readonly string[]) => boolean, milliseconds?: number): Promise<void>;
  /** SIGTERM, and everything that it still prints. Rejects when it does not end in order within 15 s. */
  stop(): Promise<void>;
}

export interface CollectorOptions {
  /** YAML that is laid over the configuration last: what a twin breaks. */
  readonly overlay?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** For a collector that comes back where it was. */
  readonly port?: number;
}

export const collectorProgram = join(repository, ".cache/collector/retainwise-otelcol");
export const collectorFiles = ["config.yaml", "config.local.yaml"].map((name) => join(repository, "collector", name));

/** For a test's `skip`. The build writes its record last. */
export function skipWithoutCollector(): string | false {
  const isBuilt = existsSync(collectorProgram) && existsSync(join(repository, ".cache/collector/built-from.txt"));
  return skipWithout("the test collector (Go and collector/build)", isBuilt);
}

/** Takes about 0.3 s. */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const port = options.port ?? (await freePort());
  const healthPort = await freePort();
  const overlay = options.overlay === undefined ? [] : [`yaml:${options.overlay}`];
  const configurations = [...collectorFiles, ...overlay].flatMap((place) => ["--config", place]);
  const child = spawn(collectorProgram, configurations, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      RETAINWISE_COLLECTOR_PORT: String(port),
      RETAINWISE_COLLECTOR_HEALTH_PORT: String(healthPort),
      RETAINWISE_METRICS_GROUP: "/retainwise/test/metrics",
      RETAINWISE_TASK: "test",
      // Nobody asks the machine's metadata service, which is not there.
      AWS_EC2_METADATA_DISABLED: "true",
      ...options.environment,
    },
  });
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  // `close` and not `exit`: what it printed last has been read then.
  const closed = new Promise<number | string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  let ended = false;
  void closed.then(() => {
    ended = true;
    process.off("exit", killAtExit);
  });

  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));

  const health = async (): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${healthPort}/`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.ok === true;
  };

  const collector: Collector = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    health,
    lines: () => lines,
    log: () => log,
    async waitFor(predicate, milliseconds = 10_000) {
      const deadline = Date.now() + milliseconds;
      while (!predicate(lines)) {
        if (Date.now() > deadline || ended) {
          const last = lines.slice(-10).join("\n");
          throw new Error(`not in ${lines.length} records${ended ? " of a collector that ended" : ""}; last:\n${last}`);
        }
        await sleep(20);
      }
    },
    async stop() {
      if (ended) return;
      child.kill("SIGTERM");
      const how = await Promise.race([closed, sleep(15_000, "not within 15 s", { ref: false })]);
      if (how === 0) return;
      child.kill("SIGKILL");
      throw new Error(`the collector ended with ${how}:\n${log.slice(-2_000)}`);
    },
  };

  const deadline = Date.now() + 30_000;
  while (!(await health())) {
    if (ended || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the collector did not start (${ended ? await closed : "30 s"}):\n${log.slice(-2_000)}`);
    }
    await sleep(20);
  }
  return collector;
}
