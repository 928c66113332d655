/** Which message group a message belongs to, so that SQS keeps a tenant with many messages from delaying the others (fair queues). */
import { createHash } from "node:crypto";
import { limits } from "../limits.ts";
import { parseMessage } from "./message.ts";

/** A bucket of tenants, "t0"…"t255"; null for a body that is not ours, which a dead letter may be. */
export function fairGroup(body: string, buckets: number = limits.fairBuckets): string | null {
  let tenantId: string;
  try {
    tenantId = parseMessage(body).tenantId;
  } catch {
    return null;
  }
  const digest = createHash("sha256").update(tenantId.toLowerCase()).digest();
  return `t${digest.readUInt32BE(0) % buckets}`;
}
