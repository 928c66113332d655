/** OpenTelemetry's SDK as the service uses it: delta, exponential histograms of at most 100 buckets, OTLP over HTTP. A twin may ask otherwise. */
import type { Meter } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";

export interface Sdk {
  meter(namespace: string): Meter;
  /** Exports what there is; rejects when the collector did not take it. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface SdkOptions {
  readonly temporality?: "delta" | "cumulative";
  readonly histograms?: "exponential" | "explicit";
  /** Buckets on either side of zero, of an exponential histogram. */
  readonly maxSize?: number;
  readonly resource?: Readonly<Record<string, string>>;
}

export function startSdk(url: string, options: SdkOptions = {}): Sdk {
  const histogram: AggregationOption =
    options.histograms === "explicit"
      ? { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [0.1, 1, 10] } }
      : { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: options.maxSize ?? 100 } };
  const exporter = new OTLPMetricExporter({
    url: `${url}/v1/metrics`,
    temporalityPreference:
      options.temporality === "cumulative" ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
    aggregationPreference: (type) =>
      type === InstrumentType.HISTOGRAM ? histogram : { type: AggregationType.DEFAULT },
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ "service.name": "test", ...options.resource }),
    // Never by itself within a test: `flush` says when.
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  return {
    meter: (namespace) => provider.getMeter(namespace),
    flush: () => provider.forceFlush(),
    stop: () => provider.shutdown(),
  };
}
