import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import type { WireError } from "./protocol.ts";

export function toWire(error: unknown): WireError {
  const ours = toRetainWiseError(error);
  const cause = ours.cause instanceof Error ? `\ncaused by ${ours.cause.stack ?? ours.cause.message}` : "";
  return { code: ours.code, detail: ours.detail, issues: ours.issues, stack: `${ours.stack ?? ours.message}${cause}` };
}

/** The thread's stack travels as the cause, for the operator's log. */
export function fromWire(wire: WireError): RetainWiseError {
  return new RetainWiseError(wire.code, wire.detail, { issues: wire.issues, cause: new Error(wire.stack) });
}
