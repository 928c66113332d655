/** What `GET /v1/health/pipeline` answers, made up for the documentation. */
const times = {
  end_to_end_seconds: { p50: 1.1, p95: 4.2, p99: 6.8 },
  queue_dwell_seconds: { p50: 0.4, p95: 2.9, p99: 5.1 },
  work_seconds: { p50: 0.7, p95: 1.6, p99: 2.2 },
};
/** Two hours of the 168, nothing in the first. */
const twoHours = ({ p50, p95, p99 }: { p50: number; p95: number; p99: number }) => ({
  p50: [null, p50],
  p95: [null, p95],
  p99: [null, p99],
});

export const pipeline = {
  at: "2026-03-02T09:14:02.000Z",
  uploads: { pending: 2, processing: 1, oldest_seconds: 3.2 },
  queue: { visible: 2, in_flight: 1, delayed: 0, dead_letters: 0, oldest_seconds: 3.1 },
  canary: { at: "2026-03-02T09:12:40.000Z", seconds: 0.9, reason: null },
  totals: {
    accepted: 24,
    completed: 20,
    failed: 1,
    rows_read: 24000,
    rows_scored: 23950,
    rows_rejected: 50,
    ...times,
  },
  hours: {
    start: ["2026-03-02T08:00:00.000Z", "2026-03-02T09:00:00.000Z"],
    accepted: [0, 24],
    completed: [0, 20],
    failed: [0, 1],
    rows_read: [0, 24000],
    rows_scored: [0, 23950],
    rows_rejected: [0, 50],
    end_to_end_seconds: twoHours(times.end_to_end_seconds),
    queue_dwell_seconds: twoHours(times.queue_dwell_seconds),
    work_seconds: twoHours(times.work_seconds),
  },
  failures: [{ code: "csv_malformed", total: 1, hours: [0, 1] }],
};
