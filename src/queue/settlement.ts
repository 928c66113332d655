/** What is done with a message once its job has ended with an error. */
import type { ErrorCode } from "../errors.ts";
import { limits } from "../limits.ts";

/**
 * delete: the upload has failed for good and says so, the message has no more use · release: the same work may succeed later; the message
 * comes back after the delay, and `last` says that its next receive would be one too many and it goes to the dead letters instead.
 */
export type Settlement =
  | { readonly action: "delete" }
  | { readonly action: "release"; readonly delaySeconds: number; readonly last: boolean };

/** `receiveCount` from 1; `random` in [0, 1). */
export function settle(code: ErrorCode, receiveCount: number, random: number): Settlement {
  if (settlements[code] === "delete") return { action: "delete" };
  const last = receiveCount >= limits.maxReceiveCount;
  // Receives spent while another attempt is at work would be missing when it dies: the message comes back when that can be known.
  const alive = code === "lease_lost" ? limits.attemptSeconds : 0;
  return { action: "release", delaySeconds: alive + backoffSeconds(receiveCount, random), last };
}

/**
 * Whole seconds, evenly from 0 to base × 2^(receiveCount − 1), capped: exponential backoff with full jitter (Brooker, "Exponential Backoff
 * And Jitter", AWS Architecture Blog, 2015).
 */
export function backoffSeconds(receiveCount: number, random: number): number {
  const doublings = Math.min(Math.max(0, receiveCount - 1), 30);
  const ceiling = Math.min(limits.backoffCapSeconds, limits.backoffBaseSeconds * 2 ** doublings);
  return Math.floor(random * (ceiling + 1));
}

/**
 * Every code has its row; a new one does not compile without. The rule: what the customer's file or request causes is for good; an outage
 * passes; a mistake of the house's set-up (configuration, data folder) must not fail anyone's file.
 */
export const settlements: Readonly<Record<ErrorCode, Settlement["action"]>> = {
  empty_file: "delete",
  no_header: "delete",
  no_data_rows: "delete",
  not_csv: "delete",
  unsupported_media_type: "delete",
  too_large: "delete",
  multipart_malformed: "delete",
  body_incomplete: "delete",
  csv_malformed: "delete",
  csv_encoding: "delete",
  csv_truncated: "delete",
  too_many_rows: "delete",
  too_many_columns: "delete",
  cell_too_long: "delete",
  duplicate_columns: "delete",
  required_columns_missing: "delete",
  all_rows_rejected: "delete",
  correction_refused: "delete",
  comparison_too_large: "delete",
  card_numbers: "delete",
  mapping_invalid: "delete",
  deadline_exceeded: "delete",
  poison: "delete",
  expired: "delete",
  unauthenticated: "delete",
  rate_limited: "delete",
  quota_exceeded: "delete",
  tenant_not_found: "delete",
  key_not_found: "delete",
  identity_unavailable: "release",
  bad_request: "delete",
  not_found: "delete",
  method_not_allowed: "delete",
  not_ready: "delete",
  idempotency_conflict: "delete",
  cross_origin: "delete",
  interactions_too_costly: "delete",
  too_many_customers: "delete",
  usage: "delete",
  file_unreadable: "delete",
  file_unwritable: "delete",
  model_not_found: "delete",
  model_unavailable: "release",
  home_in_use: "release",
  not_alive: "release",
  database_unavailable: "release",
  storage_unavailable: "release",
  object_corrupt: "delete",
  queue_unavailable: "release",
  overloaded: "release",
  config_invalid: "release",
  // Whoever holds the upload may yet die: our message is then the one that brings it back.
  lease_lost: "release",
  internal: "release",
};
