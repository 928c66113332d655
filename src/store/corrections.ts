/** Corrected rows into the upload that had set them aside. */
import { limits } from "../limits.ts";
import { type AttemptKey, type Completion, completion, leaseLost } from "./attempts.ts";
import { numberArray, textArray } from "./column-types.ts";
import type { Sql } from "./connection.ts";
import type { Tenant } from "./database.ts";
import { insertPredictions, rejectionRows } from "./save-predictions.ts";
import { storableText } from "./text.ts";
import type { StoredPrediction, StoredRejection, Upload, UploadReport } from "./upload.ts";
import { isUuid } from "./uuid.ts";

export type SetAsideRow = Pick<StoredRejection, "row" | "customerId" | "source">;

/** What becomes of the corrected upload. */
export interface Merge {
  /** As it was when the summary was made; rows are only ever added. */
  readonly first: Pick<Upload, "uploadId" | "rowsScored">;
  /** Under the first upload's rows. Each was set aside there. */
  readonly predictions: readonly StoredPrediction[];
  /** Still wrong: what is wrong now, under the first upload's rows. */
  readonly rejections: readonly StoredRejection[];
  readonly report: UploadReport;
  readonly summary: unknown;
}

/** Rows set aside of an upload that have one of the customer ids or row numbers, in file order. */
export async function findRejections(
  tenant: Tenant,
  uploadId: string,
  customerIds: readonly string[],
  rows: readonly number[],
): Promise<readonly SetAsideRow[]> {
  if (!isUuid(uploadId)) return [];
  const found = await tenant.transaction(
    (sql) => sql<{ row_number: number; customer_id: string | null; source: string }[]>`
      select row_number, customer_id, source
      from rejections
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and (
          customer_id = any(${textArray(customerIds.map(storableText))}::text::text[])
          or row_number = any(${numberArray(rows)}::text::integer[])
        )
      order by row_number`,
  );
  return found.map((each) => ({ row: each.row_number, customerId: each.customer_id, source: each.source }));
}

/**
 * Completes the attempt's upload and merges its rows into the first, both or neither. False, and nothing is done, when the first has
 * changed, ended otherwise or been deleted since it was read; `lease_lost` when the attempt no longer holds its upload.
 */
export async function completeCorrection(
  tenant: Tenant,
  attempt: AttemptKey,
  end: Completion,
  merge: Merge,
): Promise<boolean> {
  const changed = new Error("the first upload has changed");
  try {
    await tenant.transaction(async (sql) => {
      if ((await completion(sql, tenant, attempt, end)).count === 0) throw leaseLost();
      if (!(await changeFirst(sql, tenant, attempt, merge))) throw changed;
      for (let from = 0; from < merge.predictions.length; from += limits.insertRows) {
        const some = merge.predictions.slice(from, from + limits.insertRows);
        if ((await replaceRejections(sql, tenant, merge, some)) !== some.length) throw changed;
      }
      if (merge.rejections.length > 0) await renewRejections(sql, tenant, merge);
    });
    return true;
  } catch (error) {
    if (error === changed) return false;
    throw error;
  }
}

/** False when it is not as it was read. */
async function changeFirst(
  sql: Sql,
  tenant: Tenant,
  { uploadId }: AttemptKey,
  { first, predictions, report, summary }: Merge,
): Promise<boolean> {
  const rows = predictions.length;
  const correction = JSON.stringify([{ upload_id: uploadId, rows }]);
  const { count } = await sql`
    update uploads
    set rows_scored = rows_scored + ${rows},
        rows_rejected = rows_rejected - ${rows},
        report = ${JSON.stringify(report)}::text::json,
        summary = ${JSON.stringify(summary ?? null)}::text::json,
        corrections = case when ${rows} = 0
          then corrections
          else (coalesce(corrections::jsonb, '[]') || ${correction}::text::jsonb)::json
        end
    where ${tenant.mine(sql)}
      and upload_id = ${first.uploadId}
      and status = 'completed'
      and rows_scored = ${first.rowsScored}
      and deleted_at is null`;
  return count > 0;
}

/** Answers how many rows were set aside until now. */
async function replaceRejections(
  sql: Sql,
  tenant: Tenant,
  { first }: Merge,
  predictions: readonly StoredPrediction[],
): Promise<number> {
  const rows = await sql`
    with lease as (
      select tenant_id, upload_id
      from uploads
      where ${tenant.mine(sql)}
        and upload_id = ${first.uploadId}
    ),
    ${insertPredictions(sql, predictions)}
    delete from rejections
    where ${tenant.mine(sql)}
      and upload_id = ${first.uploadId}
      and row_number = any(${numberArray(predictions.map(({ row }) => row))}::text::integer[])
    returning 1`;
  return rows.length;
}

async function renewRejections(sql: Sql, tenant: Tenant, { first, rejections }: Merge): Promise<void> {
  await sql`
    update rejections
    set customer_id = coalesce(r.customer_id, rejections.customer_id),
        error_code = r.error_code,
        error = r.error,
        source = r.source
    from ${rejectionRows(sql, rejections)}
    where ${tenant.mine(sql, "rejections")}
      and rejections.upload_id = ${first.uploadId}
      and rejections.row_number = r.row_number`;
}
