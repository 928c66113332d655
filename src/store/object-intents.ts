/**
 * Whether an upload may be taken, and the note that its object is about to be stored. The insert of the upload removes the note; what a
 * crash leaves between the two is found by it, without listing the storage.
 */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import type { Scope, Tenant } from "./database.ts";

/**
 * Throws `quota_exceeded` when the tenant has `limits.tenantActiveUploads` uploads waiting or at work, or `limits.tenantStoredBytes` stored, and
 * `overloaded` when all tenants together have `limits.activeUploads`.
 */
export async function admitUpload(tenant: Tenant, system: Scope, objectKey: string): Promise<void> {
  if ((await countActive(system, limits.activeUploads)) >= limits.activeUploads) {
    throw new RetainWiseError("overloaded", "More uploads are waiting than can be worked on soon.");
  }
  await tenant.transaction(async (sql) => {
    const [counts] = await sql<{ active: number; stored: number }[]>`
      with intent as (
        insert into object_intents (object_key, tenant_id)
        values (${objectKey}, ${tenant.tenantId})
      )
      select
        count(*) filter (where status in ('pending', 'processing')) as active,
        coalesce(sum(bytes), 0)::float8 as stored
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null`;
    const { active = 0, stored = 0 } = counts ?? {};
    if (active >= limits.tenantActiveUploads) {
      throw new RetainWiseError("quota_exceeded", `${active} uploads are waiting or being processed.`);
    }
    if (stored >= limits.tenantStoredBytes) {
      throw new RetainWiseError("quota_exceeded", `Uploads of ${Math.floor(stored / 2 ** 30)} GiB are stored.`);
    }
  });
}

/** Within the insert's transaction. False when the sweep was faster: the object may be gone. */
export async function removeIntent(sql: Sql, tenant: Tenant, objectKey: string): Promise<boolean> {
  const removed = await sql`
    delete from object_intents
    where ${tenant.mine(sql)}
      and object_key = ${objectKey}
      and swept_at is null`;
  return removed.count > 0;
}

/** Removes objects whose upload never came to be; answers how many. `deleteObject` must not mind a missing object. */
export async function sweepIntents(
  system: Scope,
  deleteObject: (objectKey: string) => Promise<void>,
  olderThanSeconds: number = limits.intentSeconds,
): Promise<number> {
  let swept = 0;
  for (;;) {
    const keys = await takeOld(system, olderThanSeconds);
    for (const key of keys) {
      await deleteObject(key);
      await system.transaction(
        (sql) => sql`
          delete from object_intents
          where object_key = ${key}
            and swept_at is not null`,
      );
    }
    swept += keys.length;
    // Refused uploads leave a note each: a thousand a look would be fewer than one tenant can make meanwhile.
    if (keys.length < batch) return swept;
  }
}

const batch = 1_000;

/** From here on no upload can refer to these objects. */
function takeOld(system: Scope, olderThanSeconds: number): Promise<string[]> {
  return system.transaction(async (sql) => {
    const rows = await sql<{ object_key: string }[]>`
      update object_intents
      set swept_at = now()
      where object_key in (
        select object_key
        from object_intents
        where created_at < now() - ${olderThanSeconds} * interval '1 second'
        order by created_at
        limit ${batch}
      )
      returning object_key`;
    return rows.map((row) => row.object_key);
  });
}

/** No more than `most` are counted. */
async function countActive(system: Scope, most: number): Promise<number> {
  const [row] = await system.transaction(
    (sql) => sql<{ active: number }[]>`
      select count(*) as active
      from (
        select 1
        from uploads
        where deleted_at is null
          and status in ('pending', 'processing')
        limit ${most}
      ) as counted`,
  );
  return row?.active ?? 0;
}
