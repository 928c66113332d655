import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "../../src/errors.ts";
import type { ScoreEvent } from "../../src/inference/score-file.ts";
import type { Upload } from "../../src/store/upload.ts";
import { measureJobs, measureMessages } from "../../src/telemetry/measure-jobs.ts";
import type { Metrics } from "../../src/telemetry/metrics.ts";

/** What was counted or recorded: `name value attributes`. */
function notebook() {
  const lines: string[] = [];
  const write = (name: string, value: number, attributes: object = {}) =>
    void lines.push([name, value, ...Object.values(attributes)].join(" "));
  const component = {
    count: (name: string, attributes?: object) => write(name, 1, attributes),
    add: write,
    record: write,
    observe: () => undefined,
  };
  const metrics = { api: component, worker: component, database: component, pipeline: component } as unknown as Metrics;
  return { metrics, lines };
}

const work = { predictionSeconds: 0.5, explanationSeconds: 0.25, largestAdditivityError: 2 };
const events = [
  { type: "report", report: { mapping: [{ confidence: 0.9 }] }, blocked: null },
  {
    type: "chunk",
    rows: 2,
    share: 0.5,
    predictions: [{ probability: 0.2 }],
    rejections: [{ errorCode: "row_width" }],
    work,
  },
  { type: "chunk", rows: 3, share: 1, predictions: [], rejections: [{ errorCode: "never seen" }], work: null },
  {
    type: "end",
    rows: { read: 3, scored: 1, rejected: 2 },
    summary: {
      drift: [
        { feature: "a", psi: 0.3 },
        { feature: "b", psi: null },
      ],
    },
  },
] as unknown as ScoreEvent[];

function measured(tenantId: string): string[] {
  const { metrics, lines } = notebook();
  const upload = { tenantId, options: { priority: "high" } } as unknown as Upload;
  const scored = measureJobs(metrics, { apart: "canary" }).begin(upload, "1.0.0");
  for (const event of events) scored(event, 2);
  return lines;
}

const model = ["MappingConfidence 0.9", "PredictionConfidence 0.8 1.0.0", "ChurnProbability 0.2"];
const rest = [
  ...["RowRejected 1 row_width", "RowRejected 1 other", "CSVRowCount 3 <100", "WorkerSuccess 1 high"],
  ...["WorkerEndToEndDuration 2 <100", "MLPredictionDuration 0.5 <100", "ExplanationDuration 0.25"],
  ...["ExplanationResidual 2", "FeatureDrift 0.3 a", "PredictionThroughput 0.5 1.0.0"],
];

test("a job is measured from its events, once for each thing", () => {
  assert.deepEqual(measured("somebody"), [...model, ...rest]);
});

test("the canary's customers say nothing of the model's confidence, and its reasons have to add up like all others", () => {
  assert.deepEqual(measured("canary"), rest);
});

test("what the caller can mend, another worker's job and a stop are no failures of ours", () => {
  const told = (code: ErrorCode) => {
    const { metrics, lines } = notebook();
    measureJobs(metrics).failed(code, 5_000);
    return lines;
  };
  assert.deepEqual(told("csv_truncated"), ["CSVParseError 1"]);
  for (const code of ["all_rows_rejected", "lease_lost", "overloaded"] as const) assert.deepEqual(told(code), []);
  assert.deepEqual(told("model_unavailable"), ["MLPredictionError 1 1K-10K", "WorkerFailure 1 model"]);
  assert.deepEqual(told("internal"), ["WorkerUnexpectedError 1", "WorkerFailure 1 unexpected"]);
  assert.deepEqual(told("storage_unavailable"), ["WorkerFailure 1 s3"]);
});

test("a message's end is told with its reason, one that has no name of its own as other", () => {
  const { metrics, lines } = notebook();
  const messages = measureMessages(metrics);
  messages.malformed("not_json");
  messages.handedBack("queue_unavailable");
  messages.dead("message_malformed");
  messages.dead("home_in_use");
  assert.deepEqual(lines, [
    ...["MessageParseError 1 not_json", "JobRetried 1 queue"],
    ...["JobDeadLettered 1 message_malformed", "JobDeadLettered 1 other"],
  ]);
});
