import { RetainWiseError } from "../errors.ts";
import type { RefusalReason } from "../shap/refusal.ts";

/** Why a bundle was refused; the value of `ModelLoadFailure`'s attribute `Reason`. `src/model/README.md` says what each means. */
export type LoadReason =
  // The files.
  | "bundle_incomplete"
  | "bundle_irregular"
  | "bundle_too_large"
  // The signature.
  | "signature_missing"
  | "signature_malformed"
  | "signature_untrusted"
  | "signature_invalid"
  | "digest_mismatch"
  | "file_unsigned"
  | "file_name_invalid"
  // Which model it is.
  | "schema_invalid"
  | "place_mismatch"
  | "version_not_allowed"
  | "version_reused"
  // The graph: what the guard alone refuses, and what the reader of trees does.
  | "domain_not_allowed"
  | "operator_not_allowed"
  | "subgraph"
  | "functions"
  | "training_info"
  | "constant_not_allowed"
  | "constant_too_large"
  | "graph_cycle"
  | "declared_shape"
  | "wrong_input"
  | "wrong_width"
  | "wrong_output"
  | RefusalReason
  // How it behaves.
  | "background_invalid"
  | "session_failed"
  | "golden_mismatch";

/** A model bundle that must not be used; nothing is scored with it. The reason is data of `issues` too, which crosses threads. */
export class ModelLoadError extends RetainWiseError {
  readonly reason: LoadReason;

  constructor(reason: LoadReason, detail: string, cause?: unknown) {
    const told = `${reason}: ${detail}`;
    super("model_unavailable", told, { cause, issues: [{ code: reason, detail: told }] });
    this.reason = reason;
  }
}
