import { RetainWiseError } from "../errors.ts";

/** Why a bundle was refused; the value of `ModelLoadFailure`'s attribute `Reason`. */
export type LoadReason =
  | "bundle_incomplete"
  | "bundle_too_large"
  | "signature_missing"
  | "signature_malformed"
  | "signature_untrusted"
  | "signature_invalid"
  | "digest_mismatch"
  | "schema_invalid"
  | "graph_refused"
  | "session_failed"
  | "background_invalid"
  | "golden_mismatch";

/** A model bundle that must not be used; nothing is scored with it. */
export class ModelLoadError extends RetainWiseError {
  readonly reason: LoadReason;

  constructor(reason: LoadReason, detail: string, cause?: unknown) {
    super("model_unavailable", `${reason}: ${detail}`, { cause });
    this.reason = reason;
  }
}
