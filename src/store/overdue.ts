/** Work that nobody does: its message was lost, or it has been waiting for too long. */
import { limits } from "../limits.ts";
import type { Database, Scope } from "./database.ts";
import type { UploadError } from "./upload.ts";

interface OverdueUpload {
  readonly tenantId: string;
  readonly uploadId: string;
}

/**
 * Sends another message about uploads whose last one left `limits.requeueSeconds` ago while no attempt is alive: a queue may lose one (its
 * retention ran out, it was purged). One too many does nothing, since the claim decides. Answers how many.
 */
export async function requeueOverdue(
  system: Scope,
  messageFor: (tenantId: string, uploadId: string) => string,
  seconds: number = limits.requeueSeconds,
): Promise<number> {
  return system.transaction(async (sql) => {
    const rows = await sql<{ tenant_id: string; upload_id: string }[]>`
      update uploads
      set queued_at = now()
      where upload_id in (
        select upload_id
        from uploads
        where deleted_at is null
          and status in ('pending', 'processing')
          and (attempt_until is null or attempt_until < now())
          and queued_at < now() - ${seconds} * interval '1 second'
          and not exists (select from outbox where outbox.upload_id = uploads.upload_id)
        order by queued_at
        limit 100
      )
      returning tenant_id, upload_id`;
    for (const { tenant_id, upload_id } of rows) {
      await sql`
        insert into outbox (tenant_id, upload_id, body)
        values (${tenant_id}, ${upload_id}, ${messageFor(tenant_id, upload_id)})`;
    }
    return rows.length;
  });
}

/** Fails uploads that have been wanted for `limits.workSeconds` and are at work nowhere; answers how many. */
export async function expireOverdue(
  database: Database,
  error: UploadError,
  seconds: number = limits.workSeconds,
): Promise<number> {
  const overdue = await listOverdue(database.system(), seconds);
  let expired = 0;
  for (const { tenantId, uploadId } of overdue) {
    const tenant = database.tenant(tenantId);
    const failed = await tenant.transaction(
      (sql) => sql`
        update uploads
        set status = 'failed',
            completed_at = now(),
            error = ${JSON.stringify(error)}::text::json,
            attempt_token = null,
            attempt_until = null
        where ${tenant.mine(sql)}
          and upload_id = ${uploadId}
          and deleted_at is null
          and status in ('pending', 'processing')
          and (attempt_until is null or attempt_until < now())
          and wanted_at < now() - ${seconds} * interval '1 second'`,
    );
    expired += failed.count;
  }
  return expired;
}

function listOverdue(system: Scope, seconds: number): Promise<OverdueUpload[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<{ tenant_id: string; upload_id: string }[]>`
      select tenant_id, upload_id
      from uploads
      where deleted_at is null
        and status in ('pending', 'processing')
        and (attempt_until is null or attempt_until < now())
        and wanted_at < now() - ${seconds} * interval '1 second'
      order by wanted_at
      limit 100`;
    return rows.map((row) => ({ tenantId: row.tenant_id, uploadId: row.upload_id }));
  });
}
