/** A process that measures, whose backend is away, and that comes to its end without a stop: for a test that it does end. */
import process from "node:process";
import { startMetricsExport } from "../../src/telemetry/start-metrics-export.ts";

const metrics = startMetricsExport(
  { log: () => undefined, onDropped: () => undefined },
  {
    role: "api",
    version: "0.0.0",
    telemetry: {
      url: process.argv[2]!,
      headers: {},
      protocol: "http/protobuf",
      compression: "none",
      temporality: "delta",
      intervalMilliseconds: 60_000,
      collectMilliseconds: 30_000,
      requestMilliseconds: 10_000,
      probeMilliseconds: 300_000,
      serviceName: null,
      resourceAttributes: {},
    },
  },
);
metrics.meter("RetainWise/Test").createCounter("Done").add(1);
await metrics.flush(300);
process.stdout.write(`waiting ${metrics.state().batches}\n`);
