/**
 * Deleting an upload: it is gone for everyone at once, its rows go in batches (five million in one statement would miss the deadline),
 * and its record stays as a bare tombstone until its object is known to be gone too, so that a crash in between loses track of nothing.
 */
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import type { Database, Scope, Tenant } from "./database.ts";
import { isUuid } from "./uuid.ts";

/** Answers the key of the object, to be deleted next; null when there is no such upload. */
export async function deleteUpload(tenant: Tenant, uploadId: string): Promise<{ objectKey: string } | null> {
  if (!isUuid(uploadId)) return null;
  const buried = await buryUpload(tenant, uploadId);
  if (buried === null) return null;
  // Of millions of rows the rest goes with the next sweep: nobody sees them any more, and nobody waits for them.
  await deleteResults(tenant, uploadId, { milliseconds: limits.deleteMilliseconds });
  return buried;
}

/** Finishes what a crash left undone and forgets the tombstones; answers how many. `deleteObject` must not mind a missing object. */
export async function sweepDeletions(
  database: Database,
  deleteObject: (objectKey: string) => Promise<void>,
): Promise<number> {
  const tombstones = await listTombstones(database.system());
  for (const { tenantId, uploadId, objectKey } of tombstones) {
    const tenant = database.tenant(tenantId);
    await deleteResults(tenant, uploadId);
    await deleteObject(objectKey);
    await forgetUpload(tenant, uploadId);
  }
  return tombstones.length;
}

/** Removes predictions and rejections, batch by batch, for about so long; with a token only while that attempt holds the upload. */
export async function deleteResults(
  tenant: Tenant,
  uploadId: string,
  options: { milliseconds?: number; attemptToken?: string } = {},
): Promise<void> {
  const { milliseconds = Number.POSITIVE_INFINITY, attemptToken = null } = options;
  const until = performance.now() + milliseconds;
  while ((await deleteBatch(tenant, uploadId, attemptToken)) > 0) if (performance.now() > until) return;
}

/** Seen in the same snapshot as the rows: whoever sees another attempt's rows sees its claim as well. */
function heldBy(sql: Sql, tenant: Tenant, uploadId: string, attemptToken: string | null) {
  return attemptToken === null
    ? sql``
    : sql`and exists (
          select 1
          from uploads
          where ${tenant.mine(sql)}
            and upload_id = ${uploadId}
            and attempt_token = ${attemptToken}
            and status = 'processing'
            and deleted_at is null
        )`;
}

/** Whatever the customer gave is blanked at once; no attempt can write any more. */
function buryUpload(tenant: Tenant, uploadId: string): Promise<{ objectKey: string } | null> {
  return tenant.transaction(async (sql) => {
    const rows = await sql<{ object_key: string }[]>`
      with unsent as (
        delete from outbox
        where ${tenant.mine(sql)}
          and upload_id = ${uploadId}
      )
      update uploads
      set deleted_at = now(),
          attempt_token = null,
          attempt_until = null,
          filename = '',
          options = '{}',
          model = null,
          report = null,
          summary = null,
          error = null,
          corrections = null
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and deleted_at is null
      returning object_key`;
    return rows[0] === undefined ? null : { objectKey: rows[0].object_key };
  });
}

interface Tombstone {
  readonly tenantId: string;
  readonly uploadId: string;
  readonly objectKey: string;
}

function listTombstones(system: Scope): Promise<Tombstone[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<{ tenant_id: string; upload_id: string; object_key: string }[]>`
      select tenant_id, upload_id, object_key
      from uploads
      where deleted_at is not null
      order by deleted_at
      limit 1000`;
    return rows.map((row) => ({ tenantId: row.tenant_id, uploadId: row.upload_id, objectKey: row.object_key }));
  });
}

async function forgetUpload(tenant: Tenant, uploadId: string): Promise<void> {
  await tenant.transaction(
    (sql) => sql`
      delete from uploads
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and deleted_at is not null`,
  );
}

/** Up to `limits.deleteRows` of each in one statement; answers how many. */
async function deleteBatch(tenant: Tenant, uploadId: string, attemptToken: string | null): Promise<number> {
  const [deleted] = await tenant.transaction(
    (sql) => sql<{ count: number }[]>`
      with gone as (
        ${deleteFrom(sql, tenant, uploadId, attemptToken, "predictions")}
      ),
      gone_too as (
        ${deleteFrom(sql, tenant, uploadId, attemptToken, "rejections")}
      )
      select (select count(*) from gone) + (select count(*) from gone_too) as count`,
  );
  return deleted?.count ?? 0;
}

function deleteFrom(
  sql: Sql,
  tenant: Tenant,
  uploadId: string,
  attemptToken: string | null,
  table: "predictions" | "rejections",
) {
  return sql`delete from ${sql(table)}
        where ${tenant.mine(sql)}
          and upload_id = ${uploadId}
          and row_number in (
            select row_number
            from ${sql(table)}
            where ${tenant.mine(sql)}
              and upload_id = ${uploadId}
            order by row_number
            limit ${limits.deleteRows}
          )
          ${heldBy(sql, tenant, uploadId, attemptToken)}
        returning 1`;
}
