import type { PipelineView, Upload } from "../../src/api/services.ts";
import { limits } from "../../src/limits.ts";
import type { Percentiles, PipelineWork } from "../../src/store/pipeline.ts";

/** What the database finds out by SQL, from uploads in memory and by a way of its own: filters and a sorted list. */
export function pipelineOf(
  uploads: readonly (Upload & { readonly wantedAt?: Date })[],
  at: Date = new Date(),
): PipelineView {
  const hour = 3_600_000;
  const current = Math.floor(at.getTime() / hour) * hour;
  const starts = Array.from(
    { length: limits.pipelineHours },
    (_, i) => current - (limits.pipelineHours - 1 - i) * hour,
  );
  const open = uploads.filter(({ status }) => status === "pending" || status === "processing");
  const waiting = open.map((upload) => (at.getTime() - wantedAt(upload)) / 1_000);
  const within = (from: number, until: number): PipelineWork => {
    const came = uploads.filter(({ createdAt }) => +createdAt >= from && +createdAt < until);
    const ended = uploads.filter(
      ({ completedAt }) => completedAt !== null && +completedAt >= from && +completedAt < until,
    );
    const completed = ended.filter(({ status }) => status === "completed");
    const failed = ended.filter(({ status }) => status === "failed");
    const worked = ended.filter(
      (upload) =>
        +upload.startedAt! >= wantedAt(upload) && upload.startedAt !== null && upload.error?.code !== "expired",
    );
    const failures: Record<string, number> = {};
    for (const { error } of failed) failures[error!.code] = (failures[error!.code] ?? 0) + 1;
    return {
      accepted: came.length,
      completed: completed.length,
      failed: failed.length,
      rowsRead: sum(ended.map(({ rowsRead }) => rowsRead)),
      rowsScored: sum(ended.map(({ rowsScored }) => rowsScored)),
      rowsRejected: sum(ended.map(({ rowsRejected }) => rowsRejected)),
      endToEnd: percentiles(completed.map((upload) => +upload.completedAt! - wantedAt(upload))),
      queueDwell: percentiles(worked.map((upload) => +upload.startedAt! - wantedAt(upload))),
      work: percentiles(worked.map(({ startedAt, completedAt }) => +completedAt! - +startedAt!)),
      failures,
    };
  };
  return {
    at,
    pending: open.filter(({ status }) => status === "pending").length,
    processing: open.filter(({ status }) => status === "processing").length,
    oldestSeconds: Math.max(0, ...waiting),
    hours: starts.map((start) => ({ start: new Date(start), ...within(start, start + hour) })),
    whole: within(starts[0]!, current + hour),
  };
}

const wantedAt = (upload: Upload & { readonly wantedAt?: Date }): number => +(upload.wantedAt ?? upload.createdAt);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Nearest rank: the smallest value that at least that share of all does not exceed. */
function percentiles(milliseconds: readonly number[]): Percentiles {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (percent: number): number | null =>
    sorted.length === 0 ? null : sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1]! / 1_000;
  return { p50: at(50), p95: at(95), p99: at(99) };
}
