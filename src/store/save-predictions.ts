/** Results of one chunk, into the database in one statement: they land whole, once, and only while the attempt holds the upload. */

import { limits } from "../limits.ts";
import { type AttemptKey, held, leaseEnd, leaseLost, share } from "./attempts.ts";
import { joinedArrays, numberArray, textArray } from "./column-types.ts";
import type { Sql } from "./connection.ts";
import type { Tenant } from "./database.ts";
import { storableText } from "./text.ts";
import type { StoredPrediction, StoredRejection } from "./upload.ts";

/**
 * At most `limits.insertRows` of both together. Adds them to the upload's counts and sets `progress` (0…1). Throws `lease_lost` when the
 * attempt no longer holds the upload; a row saved twice is our own mistake (`internal`).
 */
export async function savePredictions(
  tenant: Tenant,
  attempt: AttemptKey,
  predictions: readonly StoredPrediction[],
  rejections: readonly StoredRejection[],
  progress: number,
): Promise<void> {
  if (predictions.length + rejections.length > limits.insertRows) {
    throw new RangeError(`at most ${limits.insertRows} rows in one statement`);
  }
  const rows = predictions.length + rejections.length;
  const saved = await tenant.transaction(
    (sql) => sql`
      with lease as (
        update uploads
        set rows_read = rows_read + ${rows},
            rows_scored = rows_scored + ${predictions.length},
            rows_rejected = rows_rejected + ${rejections.length},
            progress = ${share(progress)},
            attempt_until = ${leaseEnd(sql, attempt)}
        where ${held(sql, tenant, attempt)}
        returning tenant_id, upload_id
      ),
      ${insertPredictions(sql, predictions)},
      rejected as (
        insert into rejections (tenant_id, upload_id, row_number, customer_id, error_code, error, source)
        select lease.tenant_id, lease.upload_id, r.row_number, r.customer_id, r.error_code, r.error, r.source
        from lease
        cross join ${rejectionRows(sql, rejections)}
      )
      select 1
      from lease`,
  );
  if (saved.count === 0) throw leaseLost();
}

/** Parts of a statement: `scored` inserts the predictions of the upload that its part `lease` (tenant_id, upload_id) names. */
export function insertPredictions(sql: Sql, predictions: readonly StoredPrediction[]) {
  const p = predictionColumns(predictions);
  return sql`
  arrays as materialized (
    select ${p.shap.all}::text::float8[] as shap, ${p.values.all}::text::float8[] as features
  ),
  scored as (
    insert into predictions (
      tenant_id, upload_id, row_number, customer_id, probability, raw_score, tier, additivity_error, explained,
      shap_values, feature_values, notes, source
    )
    select
      lease.tenant_id, lease.upload_id, p.row_number, p.customer_id, p.probability, p.raw_score, p.tier,
      p.additivity_error, p.explained, arrays.shap[p.shap_from:p.shap_to], arrays.features[p.features_from:p.features_to],
      p.notes::json, p.source
    from lease
    cross join arrays
    cross join unnest(
      ${p.row}::text::integer[],
      ${p.customerId}::text::text[],
      ${p.probability}::text::float8[],
      ${p.rawScore}::text::float8[],
      ${p.tier}::text::text[],
      ${p.additivityError}::text::float8[],
      ${p.explained}::text::boolean[],
      ${p.shap.from}::text::integer[],
      ${p.shap.to}::text::integer[],
      ${p.values.from}::text::integer[],
      ${p.values.to}::text::integer[],
      ${p.notes}::text::text[],
      ${p.source}::text::text[]
    ) as p (
      row_number, customer_id, probability, raw_score, tier, additivity_error, explained,
      shap_from, shap_to, features_from, features_to, notes, source
    )
  )`;
}

/** One array literal a column. */
function predictionColumns(predictions: readonly StoredPrediction[]) {
  return {
    row: numberArray(predictions.map((each) => each.row)),
    customerId: textArray(predictions.map((each) => (each.customerId === null ? null : storableText(each.customerId)))),
    probability: numberArray(predictions.map((each) => each.probability)),
    rawScore: numberArray(predictions.map((each) => each.rawScore)),
    tier: textArray(predictions.map((each) => each.tier)),
    additivityError: numberArray(predictions.map((each) => each.additivityError)),
    explained: `{${predictions.map((each) => (each.explanationStatus === "ok" ? "t" : "f")).join(",")}}`,
    shap: joinedArrays(predictions.map((each) => each.shapValues)),
    values: joinedArrays(predictions.map((each) => each.values)),
    notes: textArray(predictions.map((each) => (each.notes === null ? null : JSON.stringify(each.notes)))),
    source: textArray(predictions.map((each) => storableText(each.source))),
  };
}

/** Part of a statement: the rows set aside as the table r (row_number, customer_id, error_code, error, source). */
export function rejectionRows(sql: Sql, rejections: readonly StoredRejection[]) {
  return sql`unnest(
    ${numberArray(rejections.map((each) => each.row))}::text::integer[],
    ${textArray(rejections.map((each) => (each.customerId === null ? null : storableText(each.customerId))))}::text::text[],
    ${textArray(rejections.map((each) => each.errorCode))}::text::text[],
    ${textArray(rejections.map((each) => storableText(each.error)))}::text::text[],
    ${textArray(rejections.map((each) => storableText(each.source)))}::text::text[]
  ) as r (row_number, customer_id, error_code, error, source)`;
}
