/** What the worker measures: of messages, of jobs, and of the model's answers. */
import { errorKinds } from "../error-kinds.ts";
import type { ErrorCode } from "../errors.ts";
import type { ScoreEvent } from "../inference/score-file.ts";
import type { JobMeasures } from "../jobs/job.ts";
import type { PollerMeasures } from "../jobs/poller.ts";
import type { Upload } from "../store/upload.ts";
import { deadReasons, type jobStages, rowBuckets, rowRejections } from "./catalogue.ts";
import type { Metrics } from "./metrics.ts";

/** Codes of a file that is no readable CSV. */
const csvFaults: readonly ErrorCode[] = [
  "not_csv",
  "no_header",
  "no_data_rows",
  "csv_malformed",
  "csv_encoding",
  "csv_truncated",
  "too_many_rows",
  "too_many_columns",
  "cell_too_long",
];

export function measureMessages({ worker }: Metrics): PollerMeasures {
  return {
    received: (seconds) => worker.record("JobQueueDwell", seconds),
    malformed: (ErrorType) => worker.count("MessageParseError", { ErrorType }),
    handedBack: (code) => worker.count("JobRetried", { Stage: jobStage(code) }),
    dead: (code) =>
      worker.count("JobDeadLettered", { Reason: deadReasons.find((reason) => reason === code) ?? "other" }),
  };
}

/** Of the tenant `apart`, whose customers are made to be extreme, all is measured but what the model and the mapper think of them. */
export function measureJobs(
  { worker, pipeline }: Metrics,
  { apart }: { readonly apart: string | null } = { apart: null },
): JobMeasures {
  return {
    begin: measureEvents,
    failed(code, rowsRead) {
      if (csvFaults.includes(code)) worker.count("CSVParseError");
      if (code === "model_unavailable") worker.count("MLPredictionError", { RowBucket: rowBucket(rowsRead) });
      if (code === "internal") worker.count("WorkerUnexpectedError");
      // Another worker's job, or a stop: nobody has failed.
      if (errorKinds[code].fault === "client" || code === "lease_lost" || code === "overloaded") return;
      worker.count("WorkerFailure", { Stage: jobStage(code) });
    },
  };

  function measureEvents(upload: Upload, ModelVersion: string): ReturnType<JobMeasures["begin"]> {
    const byModel = { ModelVersion };
    const isApart = upload.tenantId === apart;
    const work = { prediction: 0, explanation: 0, residual: null as number | null };
    return (event, seconds) => {
      if (event.type === "report") {
        for (const { confidence } of isApart ? [] : event.report.mapping)
          pipeline.record("MappingConfidence", confidence);
      } else if (event.type === "chunk") {
        for (const { probability } of isApart ? [] : event.predictions) {
          pipeline.record("PredictionConfidence", Math.max(probability, 1 - probability), byModel);
          pipeline.record("ChurnProbability", probability);
        }
        if (event.work !== null) {
          const { predictionSeconds, explanationSeconds, largestAdditivityError } = event.work;
          work.prediction += predictionSeconds;
          work.explanation += explanationSeconds;
          if (largestAdditivityError !== null) work.residual = Math.max(work.residual ?? 0, largestAdditivityError);
        }
        for (const { errorCode } of event.rejections)
          worker.count("RowRejected", { Reason: rowRejections.find((reason) => reason === errorCode) ?? "other" });
      } else if (event.type === "end") measureEnd(event, seconds);
    };

    function measureEnd({ rows, summary }: Extract<ScoreEvent, { type: "end" }>, seconds: number): void {
      const byRows = { RowBucket: rowBucket(rows.read) };
      worker.record("CSVRowCount", rows.read, byRows);
      if (rows.scored === 0) return;
      worker.count("WorkerSuccess", { Priority: upload.options.priority ?? "normal" });
      worker.record("WorkerEndToEndDuration", seconds, byRows);
      worker.record("MLPredictionDuration", work.prediction, byRows);
      pipeline.record("ExplanationDuration", work.explanation);
      if (work.residual !== null) pipeline.record("ExplanationResidual", work.residual);
      for (const { feature, psi } of summary.drift)
        if (psi !== null) pipeline.record("FeatureDrift", psi, { Feature: feature });
      if (seconds > 0) worker.record("PredictionThroughput", rows.scored / seconds, byModel);
    }
  }
}

export function rowBucket(rows: number): (typeof rowBuckets)[number] {
  const edges = [100, 1_000, 10_000, 100_000];
  return rowBuckets[edges.filter((edge) => rows >= edge).length]!;
}

function jobStage(code: ErrorCode): (typeof jobStages)[number] {
  switch (code) {
    case "storage_unavailable":
    case "object_corrupt":
      return "s3";
    case "database_unavailable":
      return "database";
    case "queue_unavailable":
      return "queue";
    case "model_unavailable":
    case "model_not_found":
      return "model";
    case "deadline_exceeded":
      return "deadline";
    case "poison":
      return "poison";
    default:
      return "unexpected";
  }
}
