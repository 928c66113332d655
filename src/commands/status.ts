/** `status`: what the service has before it, and how a tenant's week went; the same numbers as GET /v1/health/pipeline. */
import type { ServiceStatus } from "../administration.ts";
import type { CanaryRecord } from "../store/canary-result.ts";
import type { Percentiles } from "../store/pipeline.ts";
import { administer } from "./administer.ts";
import type { CommandContext } from "./context.ts";

export async function status(context: CommandContext, tenantId: string | null): Promise<void> {
  await administer(context, async (operator) => {
    context.stdout.write(`${describeStatus(await operator.status(tenantId)).join("\n")}\n`);
  });
}

export function describeStatus({ queue, open, canary, tenantId, week: { whole } }: ServiceStatus): string[] {
  const failures = Object.entries(whole.failures)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} ${code}`)
    .join(", ");
  const oldest = queue.oldestSeconds === null ? "" : `, the oldest ${seconds(queue.oldestSeconds)}`;
  const lines: readonly (readonly [string, string])[] = [
    [
      "queue",
      `${queue.visible} visible, ${queue.inFlight} in flight, ${queue.delayed} delayed, ${queue.dead} dead letters${oldest}`,
    ],
    [
      "of all tenants",
      `${open.pending} pending, ${open.processing} processing, the oldest ${seconds(open.oldestSeconds)}`,
    ],
    ["canary", canary === null ? "never ran" : describeCanary(canary)],
    ["tenant", `${tenantId}, the last seven days`],
    ["uploads", `${whole.accepted} accepted, ${whole.completed} completed, ${whole.failed} failed`],
    ["failures", failures === "" ? "none" : failures],
    ["rows", `${whole.rowsRead} read, ${whole.rowsScored} scored, ${whole.rowsRejected} rejected`],
    ["end to end", times(whole.endToEnd)],
    ["queue dwell", times(whole.queueDwell)],
    ["work", times(whole.work)],
  ];
  return lines.map(([name, text]) => `${name.padEnd(16)}${text}`);
}

const describeCanary = ({ at, seconds: took, reason }: CanaryRecord): string =>
  `${reason === null ? "well" : `failed (${reason})`} at ${at.toISOString()}, after ${seconds(took)}`;

const times = ({ p50, p95, p99 }: Percentiles): string =>
  `p50 ${seconds(p50)}, p95 ${seconds(p95)}, p99 ${seconds(p99)}`;

const seconds = (value: number | null): string => (value === null ? "-" : `${Number(value.toPrecision(3))} s`);
