/** What a message says: ids and a version, nothing of the customer's. */
import * as v from "valibot";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export interface JobMessage {
  readonly tenantId: string;
  readonly uploadId: string;
}

const Body = v.object({
  version: v.literal(1),
  upload_id: v.pipe(v.string(), v.uuid()),
  tenant_id: v.pipe(v.string(), v.uuid()),
});

/** Throws `internal` when the body is not one of ours: it stays on the queue, ends with the dead letters and is seen by a person. */
export function parseMessage(body: string): JobMessage {
  if (body.length > limits.messageBytes) throw notOurs();
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw notOurs();
  }
  const parsed = v.safeParse(Body, json);
  if (!parsed.success) throw notOurs();
  return { tenantId: parsed.output.tenant_id, uploadId: parsed.output.upload_id };
}

export function formatMessage(message: JobMessage): string {
  return JSON.stringify({ version: 1, upload_id: message.uploadId, tenant_id: message.tenantId });
}

const notOurs = () => new RetainWiseError("internal", "A message on the queue is not one of this program's.");
