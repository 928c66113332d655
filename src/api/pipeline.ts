import * as v from "valibot";
import { limits } from "../limits.ts";
import type { CanaryRecord } from "../store/canary-result.ts";
import type { Percentiles, PipelineHour, PipelineView, PipelineWork } from "../store/pipeline.ts";
import { examples } from "./examples.ts";
import { type Operation, operation } from "./operation.ts";
import { type ReadonlyDeep, sendJson } from "./send-json.ts";
import type { QueueDepth, Services } from "./services.ts";
import { shareAnswers } from "./shared-answers.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Seconds = v.pipe(v.number(), v.minValue(0));
const Time = v.pipe(v.string(), v.isoTimestamp());
/** One item an hour: `limits.pipelineHours` of them, which examples need not show. */
const everyHour = <const S extends v.GenericSchema>(item: S) => v.array(item);

const PercentileNumbers = v.strictObject({
  p50: v.nullable(v.number()),
  p95: v.nullable(v.number()),
  p99: v.nullable(v.number()),
});
const PercentileSeries = v.strictObject({
  p50: everyHour(v.nullable(v.number())),
  p95: everyHour(v.nullable(v.number())),
  p99: everyHour(v.nullable(v.number())),
});

const endToEnd = "Seconds from 202 (of the upload, or of the answer to its questions) to completed.";
const dwell = "Seconds from 202 to the start of the attempt that ended it.";
const work = "Seconds from that start to completed or failed.";

export const Pipeline = v.strictObject({
  at: v.pipe(Time, v.description("When it was so, by the database's clock; at most five seconds ago.")),
  uploads: v.pipe(
    v.strictObject({
      pending: Count,
      processing: Count,
      oldest_seconds: v.pipe(
        Seconds,
        v.description("How long the oldest of both is waited for; 0 when there is none."),
      ),
    }),
    v.description("Your uploads that have not ended."),
  ),
  queue: v.pipe(
    v.nullable(
      v.strictObject({
        visible: Count,
        in_flight: Count,
        delayed: Count,
        dead_letters: v.pipe(Count, v.description("Messages that were given up: `dlq list` names them.")),
        oldest_seconds: v.pipe(
          v.nullable(Seconds),
          v.description("Age of the oldest message, 0 when there is none; null on SQS, which tells CloudWatch only."),
        ),
      }),
    ),
    v.description("The queue of the whole service. Null where callers are identified: it holds everyone's messages."),
  ),
  canary: v.pipe(
    v.nullable(
      v.strictObject({
        at: Time,
        seconds: Seconds,
        reason: v.pipe(v.nullable(v.string()), v.description("Why it failed; null: all was well.")),
      }),
    ),
    v.description(
      "The last time that the service sent golden customers of its model through the whole way and compared the results with those that the model was signed with. Null where it never did.",
    ),
  ),
  totals: v.pipe(
    v.strictObject({
      accepted: Count,
      completed: Count,
      failed: Count,
      rows_read: Count,
      rows_scored: Count,
      rows_rejected: Count,
      end_to_end_seconds: v.pipe(PercentileNumbers, v.description(endToEnd)),
      queue_dwell_seconds: v.pipe(PercentileNumbers, v.description(dwell)),
      work_seconds: v.pipe(PercentileNumbers, v.description(work)),
    }),
    v.description("All hours together."),
  ),
  hours: v.pipe(
    v.strictObject({
      start: v.pipe(everyHour(Time), v.description("UTC, oldest first; the last hour is not over.")),
      accepted: v.pipe(everyHour(Count), v.description("Uploads by the hour in which they came.")),
      completed: v.pipe(
        everyHour(Count),
        v.description("Uploads by the hour in which they ended, as all that follows."),
      ),
      failed: everyHour(Count),
      rows_read: everyHour(Count),
      rows_scored: everyHour(Count),
      rows_rejected: everyHour(Count),
      end_to_end_seconds: v.pipe(PercentileSeries, v.description(endToEnd)),
      queue_dwell_seconds: v.pipe(PercentileSeries, v.description(dwell)),
      work_seconds: v.pipe(PercentileSeries, v.description(work)),
    }),
    v.description(
      `One array a series, one item an hour, ${limits.pipelineHours} in each: 0 or null for an hour in which nothing was.`,
    ),
  ),
  failures: v.pipe(
    v.array(v.strictObject({ code: v.string(), total: Count, hours: everyHour(Count) })),
    v.description("Failed uploads by error code, the most frequent first."),
  ),
});

/** GET /v1/health/pipeline */
export function getPipeline({ uploads, queueDepth, canaryResult }: Services): Operation {
  const pipelineOf = shareAnswers(
    async (tenantId) => {
      const [view, depth, canary] = await Promise.all([
        uploads.readPipeline(tenantId),
        queueDepth?.() ?? null,
        canaryResult(),
      ]);
      return viewPipeline(view, depth, canary);
    },
    { freshMilliseconds: limits.pipelineFreshMilliseconds, entries: limits.pipelinesKept },
  );
  return operation(
    {
      id: "getPipeline",
      group: "Service",
      summary: "How the processing of your uploads goes",
      description:
        "What waits now, how the service last tried itself, and for each hour of the last seven days (UTC): uploads and rows, failures by code, and how long uploads took and waited. All but the queue and the canary is of your own uploads and from their records: an upload that is deleted leaves every number, and one that is tried again counts by how it ends then. Percentiles are of the nearest rank, so each is the time that some upload took.",
      answers: { 200: { description: "The view.", schema: Pipeline, example: examples.pipeline } },
      problems: ["database_unavailable", "queue_unavailable"],
    },
    {},
    async ({ tenantId }) => sendJson<typeof Pipeline>(await pipelineOf(tenantId), 200, { "cache-control": "no-store" }),
  );
}

/** `depth` null: the queue is not for this caller to see. */
export function viewPipeline(
  { at, pending, processing, oldestSeconds, hours, whole }: PipelineView,
  depth: QueueDepth | null,
  canary: CanaryRecord | null,
): ReadonlyDeep<v.InferOutput<typeof Pipeline>> {
  const series = <T>(item: (hour: PipelineHour) => T): T[] => hours.map(item);
  const percentiles = (pick: (work: PipelineWork) => Percentiles) => ({
    p50: series((hour) => pick(hour).p50),
    p95: series((hour) => pick(hour).p95),
    p99: series((hour) => pick(hour).p99),
  });
  return {
    at: at.toISOString(),
    uploads: { pending, processing, oldest_seconds: oldestSeconds },
    queue: depth === null ? null : viewDepth(depth),
    canary: canary === null ? null : { ...canary, at: canary.at.toISOString() },
    totals: {
      accepted: whole.accepted,
      completed: whole.completed,
      failed: whole.failed,
      rows_read: whole.rowsRead,
      rows_scored: whole.rowsScored,
      rows_rejected: whole.rowsRejected,
      end_to_end_seconds: whole.endToEnd,
      queue_dwell_seconds: whole.queueDwell,
      work_seconds: whole.work,
    },
    hours: {
      start: series((hour) => hour.start.toISOString()),
      accepted: series((hour) => hour.accepted),
      completed: series((hour) => hour.completed),
      failed: series((hour) => hour.failed),
      rows_read: series((hour) => hour.rowsRead),
      rows_scored: series((hour) => hour.rowsScored),
      rows_rejected: series((hour) => hour.rowsRejected),
      end_to_end_seconds: percentiles((hour) => hour.endToEnd),
      queue_dwell_seconds: percentiles((hour) => hour.queueDwell),
      work_seconds: percentiles((hour) => hour.work),
    },
    failures: Object.entries(whole.failures)
      .map(([code, total]) => ({ code, total, hours: series((hour) => hour.failures[code] ?? 0) }))
      .toSorted((a, b) => b.total - a.total || (a.code < b.code ? -1 : 1)),
  };
}

const viewDepth = ({ visible, inFlight, delayed, dead, oldestSeconds }: QueueDepth) => ({
  visible,
  in_flight: inFlight,
  delayed,
  dead_letters: dead,
  oldest_seconds: oldestSeconds,
});
