/**
 * The whole service, API and worker, whose metrics go through a network that can fail to the real collector. A scene is something that happens to
 * it, and the EMF records that came of it.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Collector, startCollector } from "../collector/collector.ts";
import { type FaultProxy, startFaultProxy } from "../faults/proxy.ts";
import { type Rig, startRig } from "../faults/rig.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { repository } from "../parts.ts";

/** Milliseconds between two exports. */
const interval = 500;

/** The service, and what its metrics go through. */
export interface Cast {
  readonly rig: Rig;
  /** Between the service and the backend. */
  readonly telemetry: FaultProxy;
  /** The folder of models that the service looks at. */
  readonly models: string;
  stop(): Promise<void>;
}

/** What a scene needs. */
export interface Place extends Cast {
  /** Waits until the backend has been told, since the scene's beginning, of another value of the metric than 0. */
  seen(name: string, milliseconds?: number): Promise<void>;
}

export interface Stage extends Place {
  readonly collector: Collector;
  /** What happens while `act` runs and for two exports after it. */
  record(act: () => Promise<void>): Promise<readonly string[]>;
}

/** `endpoint` gives the address for OTEL_EXPORTER_OTLP_ENDPOINT at a port, behind which the backend is. */
export async function startCast(
  backendPort: number,
  endpoint: (port: number) => string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Cast> {
  const folder = temporaryFolder();
  const models = join(folder.path, "models");
  cpSync(join(repository, "models"), models, { recursive: true });
  const telemetry = await startFaultProxy({ host: "127.0.0.1", port: backendPort });
  const rig = await startRig({
    files: [],
    environment: {
      RETAINWISE_MODELS: models,
      RETAINWISE_MODEL_KEYS: join(models, "keys"),
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(telemetry.port),
      OTEL_METRIC_EXPORT_INTERVAL: String(interval),
      OTEL_METRIC_EXPORT_TIMEOUT: String(interval - 1),
      ...environment,
    },
  });
  await rig.start("api", "api");
  await rig.start("worker", "worker");
  return {
    rig,
    telemetry,
    models,
    async stop() {
      await rig.stop();
      await telemetry.stop();
      folder.remove();
    },
  };
}

export async function startStage(): Promise<Stage> {
  const collector = await startCollector();
  const cast = await startCast(Number(new URL(collector.url).port), (port) => `http://127.0.0.1:${port}`, {
    RETAINWISE_TELEMETRY_PROBE_SECONDS: "1",
  });
  let began = 0;

  return {
    ...cast,
    collector,
    async record(act) {
      began = collector.lines().length;
      await act();
      await sleep(interval * 2 + 500);
      return collector.lines().slice(began);
    },
    seen: (name, milliseconds = 30_000) =>
      collector.waitFor(
        (lines) =>
          lines.slice(began).some((line) => {
            const value = (JSON.parse(line) as Record<string, unknown>)[name];
            return value !== undefined && value !== 0;
          }),
        milliseconds,
      ),
    async stop() {
      await cast.stop();
      await collector.stop();
    },
  };
}
