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

export interface Stage {
  readonly rig: Rig;
  readonly collector: Collector;
  /** Between the service and the collector. */
  readonly telemetry: FaultProxy;
  /** The folder of models that the service looks at. */
  readonly models: string;
  /** What happens while `act` runs and for two exports after it. */
  record(act: () => Promise<void>): Promise<readonly string[]>;
  /** Waits until a record since the scene's beginning holds the metric with another value than 0. */
  seen(name: string, milliseconds?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const folder = temporaryFolder();
  const models = join(folder.path, "models");
  cpSync(join(repository, "models"), models, { recursive: true });
  const collector = await startCollector();
  const telemetry = await startFaultProxy({ host: "127.0.0.1", port: Number(new URL(collector.url).port) });
  const rig = await startRig({
    files: [],
    environment: {
      RETAINWISE_MODELS: models,
      RETAINWISE_MODEL_KEYS: join(models, "keys"),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${telemetry.port}`,
      OTEL_METRIC_EXPORT_INTERVAL: String(interval),
      OTEL_METRIC_EXPORT_TIMEOUT: String(interval - 1),
      RETAINWISE_TELEMETRY_PROBE_SECONDS: "1",
    },
  });
  await rig.start("api", "api");
  await rig.start("worker", "worker");
  let began = 0;

  return {
    rig,
    collector,
    telemetry,
    models,
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
      await rig.stop();
      await telemetry.stop();
      await collector.stop();
      folder.remove();
    },
  };
}
