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

export type MessageFault = "not_json" | "unexpected_shape" | "too_large";

/** A message that none of us has sent: it stays on the queue, ends with the dead letters and is seen by a person. */
export class MalformedMessage extends RetainWiseError {
  readonly fault: MessageFault;

  constructor(fault: MessageFault) {
    super("internal", "A message on the queue is not one of this program's.");
    this.fault = fault;
  }
}

/** Throws a `MalformedMessage` when the body is not one of ours. */
export function parseMessage(body: string): JobMessage {
  if (body.length > limits.messageBytes) throw new MalformedMessage("too_large");
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new MalformedMessage("not_json");
  }
  const parsed = v.safeParse(Body, json);
  if (!parsed.success) throw new MalformedMessage("unexpected_shape");
  return { tenantId: parsed.output.tenant_id, uploadId: parsed.output.upload_id };
}

export function formatMessage(message: JobMessage): string {
  return JSON.stringify({ version: 1, upload_id: message.uploadId, tenant_id: message.tenantId });
}
