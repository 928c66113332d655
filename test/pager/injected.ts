/**
 * Two faults that cannot be had by breaking a part within a test's time: a job of six minutes, and a reason that does not add up. Both enter where
 * the worker measures its jobs, and go from there through the real SDK and the real collector.
 */
import type { ScoreEvent } from "../../src/inference/score-file.ts";
import type { Upload } from "../../src/store/upload.ts";
import { measureJobs } from "../../src/telemetry/measure-jobs.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { startMetricsExport } from "../../src/telemetry/start-metrics-export.ts";
import { readTelemetryConfig } from "../../src/telemetry/telemetry-config.ts";
import type { Collector } from "../collector/collector.ts";

const upload = { options: {} } as unknown as Upload;
const end = {
  type: "end",
  rows: { read: 1_000, scored: 1_000, rejected: 0 },
  summary: { drift: [] },
} as unknown as ScoreEvent;

export const slowJob = (collector: Collector) => injected(collector, "WorkerEndToEndDuration", [], 360);

export const wrongReason = (collector: Collector) => {
  const work = { predictionSeconds: 0.1, explanationSeconds: 0.1, largestAdditivityError: 0.5 };
  const chunk = { type: "chunk", rows: 1_000, share: 1, predictions: [], rejections: [], work } as ScoreEvent;
  return injected(collector, "ExplanationResidual", [chunk], 2);
};

async function injected(
  collector: Collector,
  metric: string,
  before: readonly ScoreEvent[],
  seconds: number,
): Promise<readonly string[]> {
  const began = collector.lines().length;
  const telemetry = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })!;
  const ignore = () => undefined;
  const exported = startMetricsExport({ log: ignore, onDropped: ignore }, { telemetry, role: "worker", version: "0" });
  const scored = measureJobs(createMetrics(exported.meter)).begin(upload, "1.0.0");
  for (const event of [...before, end]) scored(event, seconds);
  await exported.stop(5_000);
  await collector.waitFor((lines) => lines.slice(began).some((line) => line.includes(`"${metric}"`)));
  return collector.lines().slice(began);
}
