/** Metrics of a running service: instruments over OpenTelemetry's SDK where an endpoint is named, nothing elsewhere. */
import packageFile from "../package.json" with { type: "json" };
import type { Config } from "./config.ts";
import { limits } from "./limits.ts";
import type { Log } from "./telemetry/logger.ts";
import { createMetrics, type Metrics, noMetrics } from "./telemetry/metrics.ts";

export interface Telemetry {
  readonly metrics: Metrics;
  /** Sends the last interval, within `limits.telemetryFlushMilliseconds`. */
  stop(): Promise<void>;
}

export async function startTelemetry({ telemetry }: Config, role: string, log: Log): Promise<Telemetry> {
  if (telemetry === null) return { metrics: noMetrics, stop: async () => undefined };
  // Loaded when asked for: a laptop without a backend starts without it.
  const { startMetricsExport } = await import("./telemetry/start-metrics-export.ts");
  const exported = startMetricsExport(
    { log, onDropped: (points) => metrics.pipeline.add("TelemetryDropped", points) },
    { telemetry, role, version: packageFile.version },
  );
  const metrics = createMetrics(exported.meter);
  return { metrics, stop: () => exported.stop(limits.telemetryFlushMilliseconds) };
}
