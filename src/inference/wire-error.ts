import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import type { WireError } from "./protocol.ts";

export function toWire(error: unknown): WireError {
  const ours = toRetainWiseError(error);
  const { name, stack = "" } = ours.cause instanceof Error ? ours.cause : ours;
  return { code: ours.code, detail: ours.detail, issues: ours.issues, name, stack };
}

/** What was thrown first travels as the cause, with its name and its own stack, for the operator's log. */
export function fromWire(wire: WireError): RetainWiseError {
  const cause = Object.assign(new Error("in the inference thread"), { name: wire.name, stack: wire.stack });
  return new RetainWiseError(wire.code, wire.detail, { issues: wire.issues, cause });
}
