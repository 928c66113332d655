/**
 * What a job writes about its upload. A claim gives the upload to one attempt, known by its token; every later write names the token
 * and throws `lease_lost` when another attempt, an end or a deletion has taken it away since.
 */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import type { Database, Tenant } from "./database.ts";
import { deleteResults } from "./deletions.ts";
import type { Upload, UploadError, UploadReport } from "./upload.ts";
import { toUpload, type UploadRow } from "./upload-row.ts";
import { isUuid } from "./uuid.ts";

/** The attempt's own id and token; the tenant is the scope it runs in. */
export interface AttemptKey {
  readonly uploadId: string;
  readonly attemptToken: string;
  /** How long the attempt counts as alive after a write, seconds; `limits.attemptSeconds` unless given. */
  readonly leaseSeconds?: number;
}

export interface RowCounts {
  readonly read: number;
  readonly scored: number;
  readonly rejected: number;
}

/**
 * Sets `processing`, counts a strike and removes what a former attempt saved. Null when the upload is gone, has ended or waits for a
 * mapping; `lease_lost` while another attempt is at work (it wrote within its `leaseSeconds`): a duplicate message must neither
 * disturb it nor be forgotten.
 */
export async function claimUpload(
  tenant: Tenant,
  attempt: AttemptKey,
): Promise<{ upload: Upload; objectKey: string } | null> {
  const { uploadId, attemptToken } = attempt;
  if (!isUuid(uploadId)) return null;
  const claimed = await tenant.transaction(async (sql) => {
    const rows = await sql<UploadRow[]>`
      update uploads
      set status = 'processing',
          started_at = now(),
          attempt_token = ${attemptToken},
          attempt_until = ${leaseEnd(sql, attempt)},
          strikes = strikes + 1,
          progress = 0,
          rows_read = 0,
          rows_scored = 0,
          rows_rejected = 0,
          model = null,
          report = null,
          summary = null,
          error = null
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and deleted_at is null
        and (status = 'pending' or (status = 'processing' and (attempt_until is null or attempt_until < now())))
      returning *`;
    return rows[0] ?? null;
  });
  if (claimed === null) {
    // Pending as well: the other attempt may have let go between the two statements, and the message must not be forgotten then.
    if (await isOpen(tenant, uploadId)) {
      throw new RetainWiseError("lease_lost", "Another worker is processing this upload.");
    }
    return null;
  }
  // Under the token: whoever stood still for so long that another attempt took over must not remove what that one has saved.
  await deleteResults(tenant, uploadId, { attemptToken });
  return { upload: toUpload(claimed), objectKey: claimed.object_key };
}

export function saveReport(
  tenant: Tenant,
  attempt: AttemptKey,
  report: UploadReport,
  model: NonNullable<Upload["model"]>,
): Promise<void> {
  return write(
    tenant,
    (sql) => sql`
      update uploads
      set report = ${JSON.stringify(report)}::text::json,
          model = ${JSON.stringify(model)}::text::json,
          attempt_until = ${leaseEnd(sql, attempt)}
      where ${held(sql, tenant, attempt)}`,
  );
}

/** `progress` is 0…1. */
export function saveProgress(tenant: Tenant, attempt: AttemptKey, progress: number): Promise<void> {
  return write(
    tenant,
    (sql) => sql`
      update uploads
      set progress = ${share(progress)},
          attempt_until = ${leaseEnd(sql, attempt)}
      where ${held(sql, tenant, attempt)}`,
  );
}

/** The person has to say something first: `needs_mapping`, until `answerMapping`. */
export function requireMapping(
  tenant: Tenant,
  attempt: AttemptKey,
  report: UploadReport,
  error: UploadError,
): Promise<void> {
  return write(
    tenant,
    (sql) => sql`
      update uploads
      set status = 'needs_mapping',
          report = ${JSON.stringify(report)}::text::json,
          error = ${JSON.stringify(error)}::text::json,
          attempt_token = null,
          attempt_until = null,
          strikes = 0
      where ${held(sql, tenant, attempt)}`,
  );
}

export interface Completion {
  readonly report: UploadReport;
  readonly rows: RowCounts;
  readonly summary: unknown;
}

export function completeUpload(tenant: Tenant, attempt: AttemptKey, end: Completion): Promise<void> {
  return write(tenant, (sql) => completion(sql, tenant, attempt, end));
}

/** The statement of `completeUpload`; it changes no row when the attempt no longer holds the upload. */
export function completion(sql: Sql, tenant: Tenant, attempt: AttemptKey, end: Completion) {
  return sql`
    update uploads
    set status = 'completed',
        completed_at = now(),
        progress = 1,
        rows_read = ${end.rows.read},
        rows_scored = ${end.rows.scored},
        rows_rejected = ${end.rows.rejected},
        report = ${JSON.stringify(end.report)}::text::json,
        summary = ${JSON.stringify(end.summary ?? null)}::text::json,
        attempt_token = null,
        attempt_until = null,
        strikes = 0
    where ${held(sql, tenant, attempt)}`;
}

/** `rows` null: the counts stay as far as the attempt came. */
export function failUpload(
  tenant: Tenant,
  attempt: AttemptKey,
  error: UploadError,
  rows: RowCounts | null,
): Promise<void> {
  return write(
    tenant,
    (sql) => sql`
      update uploads
      set status = 'failed',
          completed_at = now(),
          error = ${JSON.stringify(error)}::text::json,
          rows_read = coalesce(${rows?.read ?? null}::integer, rows_read),
          rows_scored = coalesce(${rows?.scored ?? null}::integer, rows_scored),
          rows_rejected = coalesce(${rows?.rejected ?? null}::integer, rows_rejected),
          attempt_token = null,
          attempt_until = null
      where ${held(sql, tenant, attempt)}`,
  );
}

/** The message about the upload goes to the dead letters: it fails, unless somebody is at work on it or it has ended. */
export async function giveUpUpload(tenant: Tenant, uploadId: string, error: UploadError): Promise<void> {
  await tenant.transaction(
    (sql) => sql`
      update uploads
      set status = 'failed',
          completed_at = now(),
          error = ${JSON.stringify(error)}::text::json
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and status = 'pending'
        and deleted_at is null`,
  );
}

/** An operator gives a failed upload another chance: pending again, strikes forgotten; false when it is not a failed one. */
export async function reviveUpload(tenant: Tenant, uploadId: string): Promise<boolean> {
  const revived = await tenant.transaction(
    (sql) => sql`
      update uploads
      set status = 'pending',
          completed_at = null,
          error = null,
          strikes = 0,
          wanted_at = now(),
          queued_at = now()
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and status = 'failed'
        and deleted_at is null`,
  );
  return revived.count > 0;
}

/** The attempt came to an orderly end without a result (an outage, a stop): back to `pending`, and its strike is taken back. */
export function releaseUpload(tenant: Tenant, attempt: AttemptKey): Promise<void> {
  return write(
    tenant,
    (sql) => sql`
      update uploads
      set status = 'pending',
          attempt_token = null,
          attempt_until = null,
          strikes = greatest(strikes - 1, 0)
      where ${held(sql, tenant, attempt)}`,
  );
}

/** Only for the single owner of an embedded database at its start: no attempt can be alive, so none has to run out. Keeps the strikes. */
export async function releaseAllAttempts(database: Database): Promise<number> {
  const tenantIds = await database.system().transaction(async (sql) => {
    const rows = await sql<{ tenant_id: string }[]>`
      select distinct tenant_id
      from uploads
      where status = 'processing'
        and deleted_at is null`;
    return rows.map((row) => row.tenant_id);
  });
  let released = 0;
  for (const tenantId of tenantIds) {
    const tenant = database.tenant(tenantId);
    const { count } = await tenant.transaction(
      (sql) => sql`
        update uploads
        set status = 'pending',
            attempt_token = null,
            attempt_until = null
        where ${tenant.mine(sql)}
          and status = 'processing'
          and deleted_at is null`,
    );
    released += count;
  }
  return released;
}

/** Until when an attempt that writes now counts as alive. */
export function leaseEnd(sql: Sql, { leaseSeconds = limits.attemptSeconds }: AttemptKey) {
  return sql`now() + ${leaseSeconds} * interval '1 second'`;
}

/** The condition that the attempt still holds the upload. */
export function held(sql: Sql, tenant: Tenant, attempt: AttemptKey) {
  return sql`${tenant.mine(sql)}
        and upload_id = ${attempt.uploadId}
        and attempt_token = ${attempt.attemptToken}
        and status = 'processing'
        and deleted_at is null`;
}

export const leaseLost = (): RetainWiseError =>
  new RetainWiseError("lease_lost", "The upload was claimed by another worker, ended or was deleted.");

/** json cannot be empty of a value, and a share just outside of 0…1 is rounding. */
export const share = (progress: number): number => Math.min(1, Math.max(0, progress));

async function write(tenant: Tenant, statement: (sql: Sql) => PromiseLike<{ count: number }>): Promise<void> {
  const written = await tenant.transaction(async (sql) => await statement(sql));
  if (written.count === 0) throw leaseLost();
}

async function isOpen(tenant: Tenant, uploadId: string): Promise<boolean> {
  const rows = await tenant.transaction(
    (sql) => sql`
      select 1
      from uploads
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and status in ('pending', 'processing')
        and deleted_at is null`,
  );
  return rows.length > 0;
}
