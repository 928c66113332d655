/**
 * OpenTelemetry's SDK with the exporter that survives an absent backend. Loaded only where metrics are on: import it dynamically.
 * Nothing here reads the environment, and no global meter provider is set: whoever measures gets a meter.
 */
import { randomUUID } from "node:crypto";
import type { Meter } from "@opentelemetry/api";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { limits } from "../limits.ts";
import { systemClock } from "./clock.ts";
import { listenToDiag } from "./listen-to-diag.ts";
import type { Log } from "./logger.ts";
import { createResilientExporter, type ResilientExporter } from "./resilient-exporter.ts";
import { createOtlpSender } from "./send-otlp.ts";
import type { TelemetryConfig } from "./telemetry-config.ts";

export interface MetricsExport {
  /** `namespace` becomes the scope's name, and with it the CloudWatch namespace. */
  meter(namespace: string): Meter;
  /** Collects and sends what waits, within `milliseconds`. Never rejects. */
  flush(milliseconds: number): Promise<void>;
  /** The same with the last interval, then no more; what is left is counted and logged as lost. Never rejects. */
  stop(milliseconds: number): Promise<void>;
  /** What waits for the backend, and whether it counts as down. */
  state: ResilientExporter["state"];
}

export interface MetricsExportOptions {
  readonly telemetry: TelemetryConfig;
  /** `api`, `worker`, `serve`: becomes `retainwise-<role>` unless OTEL_SERVICE_NAME says otherwise. */
  readonly role: string;
  readonly version: string;
}

/** `onDropped` hears of lost datapoints once the backend takes something again: add them to `TelemetryDropped`. */
export function startMetricsExport(
  { log, onDropped }: { readonly log: Log; readonly onDropped: (dataPoints: number) => void },
  { telemetry, role, version }: MetricsExportOptions,
): MetricsExport {
  const stopListening = listenToDiag(log);
  const { protocol, compression, requestMilliseconds, probeMilliseconds } = telemetry;
  const exporter = createResilientExporter(
    { send: createOtlpSender(telemetry), log, onDropped, clock: systemClock },
    {
      protocol,
      compression,
      requestMilliseconds,
      probeMilliseconds,
      failures: limits.telemetryFailures,
      retryMilliseconds: Math.min(limits.telemetryRetryMilliseconds, telemetry.intervalMilliseconds),
      queueMilliseconds: limits.telemetryQueueSeconds * 1_000,
      queueBytes: limits.telemetryQueueBytes,
    },
  );
  const provider = new MeterProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        "service.instance.id": randomUUID(),
        "service.version": version,
        ...telemetry.resourceAttributes,
        "service.name": telemetry.serviceName ?? telemetry.resourceAttributes["service.name"] ?? `retainwise-${role}`,
      }),
    ),
    readers: [
      new PeriodicExportingMetricReader({
        exporter: handOver(exporter, telemetry.temporality),
        exportIntervalMillis: telemetry.intervalMilliseconds,
        exportTimeoutMillis: telemetry.collectMilliseconds,
      }),
    ],
  });

  /** The SDK collects and hands over; then the exporter has what is left of the time. */
  async function inTime(
    milliseconds: number,
    collect: (o: { timeoutMillis: number }) => Promise<void>,
    send: (milliseconds: number) => Promise<void>,
  ): Promise<void> {
    const until = performance.now() + milliseconds;
    await collect({ timeoutMillis: Math.max(1, milliseconds / 2) }).catch((error: unknown) =>
      log("telemetry.failed", { what: "collecting" }, error),
    );
    await send(Math.max(0, until - performance.now()));
  }

  const flush = (milliseconds: number): Promise<void> =>
    inTime(milliseconds, (time) => provider.forceFlush(time), exporter.forceFlush);

  /** Twice, because a loss is told when something gets through: the second collection carries it. */
  async function end(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    await flush(milliseconds / 2);
    await inTime(Math.max(0, until - performance.now()), (time) => provider.shutdown(time), exporter.shutdown);
    stopListening();
  }

  let stopping: Promise<void> | null = null;
  return {
    meter: (namespace) => provider.getMeter(namespace),
    state: exporter.state,
    flush,
    stop(milliseconds) {
      stopping ??= end(milliseconds);
      return stopping;
    },
  };
}

/** The SDK's end of the exporter. Flush and end are not its own affair: they have a deadline that it does not pass on. */
function handOver(exporter: ResilientExporter, temporality: TelemetryConfig["temporality"]): PushMetricExporter {
  return {
    export: exporter.export,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
    selectAggregation: (instrument) =>
      instrument === InstrumentType.HISTOGRAM
        ? {
            type: AggregationType.EXPONENTIAL_HISTOGRAM,
            options: { maxSize: limits.histogramBuckets, recordMinMax: true },
          }
        : { type: AggregationType.DEFAULT },
    selectAggregationTemporality: (instrument) =>
      isDelta(instrument, temporality) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  };
}

/** Source: https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration */
function isDelta(instrument: InstrumentType, temporality: TelemetryConfig["temporality"]): boolean {
  switch (instrument) {
    case InstrumentType.COUNTER:
    case InstrumentType.HISTOGRAM:
      return temporality !== "cumulative";
    case InstrumentType.OBSERVABLE_COUNTER:
    case InstrumentType.GAUGE:
    case InstrumentType.OBSERVABLE_GAUGE:
      return temporality === "delta";
    default:
      return false; // sums that go up and down are cumulative in each preference
  }
}
