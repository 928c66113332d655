/** How much a service holds while its backend is away: as many series as the whole catalogue may have, and busy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import { limits } from "../../src/limits.ts";
import { type OtlpForm, toOtlpBatch } from "../../src/telemetry/otlp-batch.ts";

class OnDemand extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: () => AggregationTemporality.DELTA,
      aggregationSelector: (instrument) =>
        instrument === InstrumentType.HISTOGRAM
          ? { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: limits.histogramBuckets } }
          : { type: AggregationType.DEFAULT },
    });
  }
  protected override onForceFlush = async (): Promise<void> => undefined;
  protected override onShutdown = async (): Promise<void> => undefined;
}

/** Bytes of one collection: 30 counters with 5 series each, and 15 histograms with 10 series of values over six decades each. */
export async function bytesOfABusyMinute(form: OtlpForm): Promise<number> {
  const reader = new OnDemand();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("RetainWise/API");
  for (let i = 0; i < 30; i++) {
    const counter = meter.createCounter(`UploadRejectedForReason${i}`, { unit: "1", description: "x".repeat(80) });
    for (let j = 0; j < 5; j++) counter.add(1_000 + j, { Reason: `required_columns_${j}` });
  }
  for (let i = 0; i < 15; i++) {
    const histogram = meter.createHistogram(`S3UploadDuration${i}`, { unit: "s", description: "x".repeat(80) });
    for (let j = 0; j < 10; j++) {
      for (let k = 0; k < 500; k++) histogram.record(10 ** ((k * 6) / 500 - 3), { FileSizeBucket: `10-50MB ${j}` });
    }
  }
  const { resourceMetrics } = await reader.collect();
  await reader.shutdown();
  const batch = toOtlpBatch(resourceMetrics, form)!;
  assert.equal(batch.dataPoints, 30 * 5 + 15 * 10);
  assert.equal(batch.body.buffer.byteLength, batch.body.length, "what is counted is what is held");
  return batch.body.length;
}

test("ten minutes of 300 busy series are held in less than a megabyte, and the age ends them long before the bytes do", async () => {
  const bytes = await bytesOfABusyMinute({ protocol: "http/protobuf", compression: "none" });
  assert.ok(bytes > 20_000, `${bytes} bytes: these are not the series that were meant`);
  assert.ok(bytes * 10 < 1_000_000, `${bytes} bytes a minute`);
  const minutes = limits.telemetryQueueSeconds / 60;
  assert.ok(bytes * minutes < limits.telemetryQueueBytes / 2);
  assert.ok(
    (await bytesOfABusyMinute({ protocol: "http/json", compression: "none" })) * minutes < limits.telemetryQueueBytes,
  );
});
