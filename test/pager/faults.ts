/** Which fault drives which alarm of `terraform/alarm-table*.tf`, for how long, and how long until it is off again. */
import type { SceneName } from "./scenes.ts";
import type { QueueFact } from "./timeline.ts";

export interface Fault {
  /** What happens in each of the minutes; null: only what AWS says of a queue. */
  readonly scene: SceneName | "a slow job" | "a wrong reason" | null;
  /** It happens in place of the usual work, not besides it. */
  readonly instead?: true;
  readonly background: "busy" | "quiet";
  readonly minutes: number;
  readonly recovery: number;
  readonly queue?: (service: string) => QueueFact;
  /** False: a cause of it is on, and that one is told. */
  readonly told: boolean;
}

const usual = { background: "busy", recovery: 40, told: true } as const;
const queueFact =
  (suffix: string, metric: QueueFact["metric"], value: number) =>
  (service: string): QueueFact => ({ queue: `${service}${suffix}`, metric, value });
const waiting = "ApproximateNumberOfMessagesVisible";

export const faults: Readonly<Record<string, Fault>> = {
  "sqs-queue-depth-high": { ...usual, scene: null, minutes: 12, queue: queueFact("-jobs", waiting, 50) },
  "sqs-oldest-message-age": {
    ...usual,
    ...{ scene: null, minutes: 3, queue: queueFact("-jobs", "ApproximateAgeOfOldestMessage", 900) },
  },
  "dlq-messages-present": { ...usual, scene: null, minutes: 3, queue: queueFact("-jobs-dead", waiting, 1) },
  "notification-undelivered": {
    ...usual,
    scene: null,
    minutes: 3,
    queue: queueFact("-notices-undelivered", waiting, 1),
  },
  "job-dead-lettered": { ...usual, scene: "a message is dead", minutes: 1 },
  "worker-error-rate-high": { ...usual, scene: "jobs fail", minutes: 3 },
  "worker-processing-slow": { ...usual, scene: "a slow job", background: "quiet", minutes: 20 },
  "worker-heartbeat-missing": { ...usual, scene: "no worker", instead: true, minutes: 8 },
  "s3-upload-failure-rate": { ...usual, scene: "storage fails", minutes: 2 },
  "database-write-error-rate": { ...usual, scene: "database fails", minutes: 2 },
  "upload-success-rate-low": { ...usual, scene: "storage fails", minutes: 2, told: false },
  "upload-slo-burn-fast": { ...usual, scene: "storage fails", minutes: 2, recovery: 120, told: false },
  "upload-slo-burn-slow": { ...usual, scene: "storage fails", minutes: 8, recovery: 420, told: false },
  "model-confidence-low": { ...usual, scene: "the model is unsure", background: "quiet", minutes: 5, recovery: 80 },
  "model-load-failure": { ...usual, scene: "a model is refused", minutes: 1 },
  "canary-failed": { ...usual, scene: "the canary fails", minutes: 3 },
  "explanation-not-additive": { ...usual, scene: "a wrong reason", minutes: 1 },
  "feature-drift": { ...usual, scene: "customers are others", minutes: 1, recovery: 100 },
  "telemetry-dropped": { ...usual, scene: "telemetry is lost", minutes: 1 },
};
