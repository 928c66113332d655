/** Results as they are read: page by page, one, or all in file order. */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Tenant } from "./database.ts";
import { type PredictionRow, toPrediction } from "./prediction-row.ts";
import { storableText } from "./text.ts";
import type { StoredPrediction, StoredRejection } from "./upload.ts";
import { getUpload } from "./uploads.ts";
import { isUuid } from "./uuid.ts";

export interface PredictionPage {
  readonly limit: number;
  readonly cursor: string | null;
  /** risk: most probable first, then by row; row: as in the file. */
  readonly order: "risk" | "row";
  readonly tier: StoredPrediction["tier"] | null;
  /** Part of the customer id; capitals and small letters are the same. */
  readonly q: string | null;
  /** Place in the schema (from 0) of a feature that is one of the three strongest reasons and raises the score; null: any. */
  readonly reason: number | null;
}

export interface PredictionList {
  readonly predictions: readonly StoredPrediction[];
  readonly nextCursor: string | null;
}

/** Fails with `bad_request` when the cursor is not of this list's order. */
export async function listPredictions(tenant: Tenant, uploadId: string, page: PredictionPage): Promise<PredictionList> {
  if (!isUuid(uploadId)) return { predictions: [], nextCursor: null };
  const rows = page.order === "risk" ? await byRisk(tenant, uploadId, page) : await byRow(tenant, uploadId, page);
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  const place =
    last === undefined ? null : page.order === "risk" ? [last.probability, last.row_number] : [last.row_number];
  return {
    predictions: rows.slice(0, page.limit).map(toPrediction),
    nextCursor: place === null ? null : writeCursor(place),
  };
}

/** Null when there is no such row; `row` is the row of the file. */
export async function getPrediction(tenant: Tenant, uploadId: string, row: number): Promise<StoredPrediction | null> {
  if (!isUuid(uploadId) || !isRow(row)) return null;
  const rows = await tenant.transaction(
    (sql) => sql<PredictionRow[]>`
      select *
      from predictions
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and row_number = ${row}`,
  );
  return rows[0] === undefined ? null : toPrediction(rows[0]);
}

/**
 * All predictions in file order, in batches of `limits.streamRows`. Each batch is a statement of its own, so a slow reader holds no connection
 * and no snapshot; fails with `not_found` when the upload is deleted meanwhile, so that half a file never looks whole.
 */
export async function* streamPredictions(
  tenant: Tenant,
  uploadId: string,
): AsyncGenerator<readonly StoredPrediction[]> {
  let after = 0;
  for (;;) {
    const rows = await byRow(tenant, uploadId, {
      limit: limits.streamRows - 1,
      tier: null,
      q: null,
      reason: null,
      after,
    });
    await mustExist(tenant, uploadId);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(toPrediction);
    after = last.row_number;
  }
}

/** All rejections in file order; see `streamPredictions`. */
export async function* streamRejections(tenant: Tenant, uploadId: string): AsyncGenerator<readonly StoredRejection[]> {
  let after = 0;
  for (;;) {
    const from = after;
    const rows = await tenant.transaction(
      (sql) => sql<
        { row_number: number; customer_id: string | null; error_code: string; error: string; source: string }[]
      >`
        select row_number, customer_id, error_code, error, source
        from rejections
        where ${tenant.mine(sql)}
          and upload_id = ${uploadId}
          and row_number > ${from}
        order by row_number
        limit ${limits.streamRows}`,
    );
    await mustExist(tenant, uploadId);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({
      row: row.row_number,
      customerId: row.customer_id,
      errorCode: row.error_code,
      error: row.error,
      source: row.source,
    }));
    after = last.row_number;
  }
}

type Filter = Pick<PredictionPage, "limit" | "tier" | "q" | "reason">;

function byRisk(tenant: Tenant, uploadId: string, page: Filter & { cursor: string | null }): Promise<PredictionRow[]> {
  const [probability, row] =
    page.cursor === null ? [Number.POSITIVE_INFINITY, 0] : readCursor(page.cursor, isRiskCursor);
  const after = { probability: String(probability), row };
  return tenant.transaction((sql) => {
    if (page.q !== null) return searchByRisk(sql, tenant, uploadId, { ...page, q: page.q }, after);
    const ofTier = (tier: StoredPrediction["tier"]) => sql`(
      select *
      from predictions
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and tier = ${tier}
        and ${isAfter(sql, after)}
        ${hasReason(sql, page.reason)}
      order by probability desc, row_number
      limit ${page.limit + 1}
    )`;
    if (page.tier !== null) return sql<PredictionRow[]>`${ofTier(page.tier)}`;
    return sql<PredictionRow[]>`
      select *
      from (${ofTier("high")} union all ${ofTier("medium")} union all ${ofTier("low")}) as tiers
      order by probability desc, row_number
      limit ${page.limit + 1}`;
  });
}

/** Reads the upload's rows once and sorts the few that match: in the order of the index every row would be a page of its own to read. */
function searchByRisk(
  sql: Sql,
  tenant: Tenant,
  uploadId: string,
  page: Filter & { q: string },
  after: { probability: string; row: number },
): Promise<PredictionRow[]> {
  return sql<PredictionRow[]>`
    with matching as materialized (
      select row_number, probability
      from predictions
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        ${page.tier === null ? sql`` : sql`and tier = ${page.tier}`}
        and strpos(lower(customer_id), lower(${storableText(page.q)})) > 0
        ${hasReason(sql, page.reason)}
    ),
    page as (
      select row_number
      from matching
      where ${isAfter(sql, after)}
      order by probability desc, row_number
      limit ${page.limit + 1}
    )
    select predictions.*
    from page
    join predictions
      on ${tenant.mine(sql, "predictions")}
      and predictions.upload_id = ${uploadId}
      and predictions.row_number = page.row_number
    order by predictions.probability desc, predictions.row_number`;
}

/** Two comparisons and not one of pairs: the order descends in one column only. The first is for the index. */
function isAfter(sql: Sql, after: { probability: string; row: number }) {
  return sql`probability <= ${after.probability}::text::float8
        and (probability < ${after.probability}::text::float8 or row_number > ${after.row}::integer)`;
}

/** As reasons are chosen: a feature without a value is none, the strongest come first (of equals the first in the schema), and of those the first three count. */
function hasReason(sql: Sql, index: number | null) {
  if (index === null) return sql``;
  const at = index + 1;
  return sql`and explained
        and shap_values[${at}::integer] > 0
        and feature_values[${at}::integer] <> 'NaN'
        and 3 > (
          select count(*)
          from unnest(shap_values, feature_values) with ordinality as other (shap_value, value, place)
          where value <> 'NaN'
            and (
              abs(shap_value) > shap_values[${at}::integer]
              or (abs(shap_value) = shap_values[${at}::integer] and place < ${at}::integer)
            )
        )`;
}

function byRow(tenant: Tenant, uploadId: string, page: Filter & ({ cursor: string | null } | { after: number })) {
  const after = "after" in page ? page.after : page.cursor === null ? 0 : readCursor(page.cursor, isRowCursor)[0];
  return tenant.transaction(
    (sql) => sql<PredictionRow[]>`
      select *
      from predictions
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}
        and row_number > ${after}
        ${page.tier === null ? sql`` : sql`and tier = ${page.tier}`}
        ${page.q === null ? sql`` : sql`and strpos(lower(customer_id), lower(${storableText(page.q)})) > 0`}
        ${hasReason(sql, page.reason)}
      order by row_number
      limit ${page.limit + 1}`,
  );
}

async function mustExist(tenant: Tenant, uploadId: string): Promise<void> {
  if ((await getUpload(tenant, uploadId)) === null) {
    throw new RetainWiseError("not_found", "The upload has been deleted.");
  }
}

const isRow = (row: unknown): row is number =>
  typeof row === "number" && Number.isInteger(row) && row >= 0 && row <= 2_147_483_647;

const isRiskCursor = (parts: readonly unknown[]): parts is [number, number] =>
  parts.length === 2 && typeof parts[0] === "number" && isRow(parts[1]);

const isRowCursor = (parts: readonly unknown[]): parts is [number] => parts.length === 1 && isRow(parts[0]);
