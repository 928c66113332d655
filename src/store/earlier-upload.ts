import type { Tenant } from "./database.ts";
import type { Upload } from "./upload.ts";
import { toUpload, type UploadRow } from "./upload-row.ts";
import { isUuid } from "./uuid.ts";

/**
 * The latest completed upload of the tenant before this one that a model of the same name scored; null when there is none. A file of
 * corrected rows is none: its customers are the first upload's.
 */
export async function findEarlierUpload(tenant: Tenant, uploadId: string): Promise<Upload | null> {
  if (!isUuid(uploadId)) return null;
  const rows = await tenant.transaction(
    (sql) => sql<UploadRow[]>`
      select *
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null
        and status = 'completed'
        and options ->> 'corrects' is null
        and (created_at, upload_id) < (
          select created_at, upload_id
          from uploads
          where ${tenant.mine(sql)}
            and upload_id = ${uploadId}
        )
        and model ->> 'name' = (
          select model ->> 'name'
          from uploads
          where ${tenant.mine(sql)}
            and upload_id = ${uploadId}
            and deleted_at is null
        )
      order by created_at desc, upload_id desc
      limit 1`,
  );
  return rows[0] === undefined ? null : toUpload(rows[0]);
}
