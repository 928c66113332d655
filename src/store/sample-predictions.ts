import { limits } from "../limits.ts";
import { numberArray } from "./column-types.ts";
import type { Tenant } from "./database.ts";
import { drawRows } from "./draw-rows.ts";
import type { StoredPrediction } from "./upload.ts";
import { isUuid } from "./uuid.ts";

/** What a picture of many customers needs of one. */
export type SampledPrediction = Pick<StoredPrediction, "row" | "shapValues" | "values">;

export interface SampleRequest {
  /** Most rows. */
  readonly rows: number;
  /** The same seed gives the same rows of the same upload. */
  readonly seed: number;
}

/**
 * A uniform sample of the rows that have an explanation, in file order. Rows are drawn by their number and not by reading all of them, so that
 * it takes as long for a hundred customers as for five million.
 */
export async function samplePredictions(
  tenant: Tenant,
  uploadId: string,
  { rows, seed }: SampleRequest,
): Promise<SampledPrediction[]> {
  if (!isUuid(uploadId)) return [];
  const range = await rowRange(tenant, uploadId);
  if (range === null) return [];
  const sample: SampledPrediction[] = [];
  // Most files lose few rows: then one statement is enough.
  for (const drawn of drawRows(range.first, range.last, seed, limits.streamRows)) {
    sample.push(...(await readRows(tenant, uploadId, drawn, rows - sample.length)));
    if (sample.length >= rows) break;
  }
  return sample.sort((a, b) => a.row - b.row);
}

async function rowRange(tenant: Tenant, uploadId: string): Promise<{ first: number; last: number } | null> {
  const [range] = await tenant.transaction(
    (sql) => sql<{ first: number | null; last: number | null }[]>`
      select min(row_number) as first, max(row_number) as last
      from predictions
      where ${tenant.mine(sql)}
        and upload_id = ${uploadId}`,
  );
  return range === undefined || range.first === null || range.last === null
    ? null
    : { first: range.first, last: range.last };
}

async function readRows(tenant: Tenant, uploadId: string, drawn: readonly number[], most: number) {
  const found = await tenant.transaction(
    (sql) => sql<{ row_number: number; shap_values: readonly number[]; feature_values: readonly number[] }[]>`
      select predictions.row_number, predictions.shap_values, predictions.feature_values
      from unnest(${numberArray(drawn)}::text::integer[]) with ordinality as drawn (row_number, place)
      join predictions
        on ${tenant.mine(sql, "predictions")}
        and predictions.upload_id = ${uploadId}
        and predictions.row_number = drawn.row_number
      where predictions.explained
      order by drawn.place
      limit ${most}`,
  );
  return found.map((row) => ({
    row: row.row_number,
    shapValues: row.shap_values,
    values: row.feature_values.map((value) => (Number.isNaN(value) ? null : value)),
  }));
}
