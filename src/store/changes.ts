/** Customers of one upload beside their rows in an earlier one: who is in both, and whose raw score moved how far. */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { numberArray } from "./column-types.ts";
import type { Sql } from "./connection.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Tenant } from "./database.ts";
import { type PredictionRow, toPrediction } from "./prediction-row.ts";
import type { StoredPrediction } from "./upload.ts";
import { isUuid } from "./uuid.ts";

export interface ChangePage {
  readonly limit: number;
  readonly cursor: string | null;
  /** Largest first: the raw score's increase, its decrease, or whichever of both. Ties by row. */
  readonly order: "increase" | "decrease" | "size";
  /** Only the customer of this row of the later upload; all without it. */
  readonly row?: number | null;
}

/** One customer in both uploads. */
export interface ChangedCustomer {
  readonly now: StoredPrediction;
  readonly before: StoredPrediction;
}

/** Customers, that is different ids, save `withoutId`. */
export interface ChangeCounts {
  /** In both uploads, with one row in each. */
  readonly compared: number;
  readonly new: number;
  readonly gone: number;
  /** In both, with several rows in one of them: nobody can say which belongs to which. */
  readonly ambiguous: number;
  /** Rows of the later upload without an id. */
  readonly withoutId: number;
  /** Of those compared: whose raw score is higher than before, lower, and whose tier is another. */
  readonly movedUp: number;
  readonly movedDown: number;
  readonly tierChanges: number;
}

/** Two uploads of the tenant; `sinceId` is the earlier one. */
export interface ComparedUploads {
  readonly uploadId: string;
  readonly sinceId: string;
}

export interface Movers {
  readonly up: readonly ChangedCustomer[];
  readonly down: readonly ChangedCustomer[];
  readonly counts: ChangeCounts;
}

export interface ChangeList {
  readonly customers: readonly ChangedCustomer[];
  readonly nextCursor: string | null;
  readonly counts: ChangeCounts;
}

/**
 * One page of the customers who are in both. Fails with `bad_request` when the cursor is not of this list's order, and with `not_found` when one
 * of the two is deleted meanwhile. Each page reads both uploads' rows once: what an index on customer ids would cost every saved chunk is
 * more than it spares here.
 */
export async function compareUploads(
  tenant: Tenant,
  ids: ComparedUploads,
  { limit, cursor, order, row: onlyRow = null }: ChangePage,
): Promise<ChangeList> {
  const [from, row] = cursor === null ? [Number.POSITIVE_INFINITY, 0] : readCursor(cursor, isChangeCursor);
  const found = await findPairs(tenant, ids, (sql) => {
    const place = { increase: sql`change`, decrease: sql`-change`, size: sql`abs(change)` }[order];
    // Two comparisons and not one of pairs: the order descends in one column only.
    return sql`
      select row_number, previous_row, ${place} as place
      from compared
      where ${place} <= ${String(from)}::text::float8
        and (${place} < ${String(from)}::text::float8 or row_number > ${row}::integer)
        ${onlyRow === null ? sql`` : sql`and row_number = ${onlyRow}`}
      order by place desc, row_number
      limit ${limit + 1}`;
  });
  const shown = found.pairs.slice(0, limit);
  const last = found.pairs.length > limit ? shown.at(-1) : undefined;
  return {
    customers: shown.map(({ customer }) => customer),
    nextCursor: last === undefined ? null : writeCursor([last.place, last.customer.now.row]),
    counts: found.counts,
  };
}

/** The customers whose raw score rose most, and those whose raw score fell most, largest first: at most `count` of each. */
export async function findMovers(tenant: Tenant, ids: ComparedUploads, count: number): Promise<Movers> {
  const { pairs, counts } = await findPairs(
    tenant,
    ids,
    (sql) => sql`
      (
        select row_number, previous_row, abs(change) as place
        from compared
        where change > 0
        order by change desc, row_number
        limit ${count}
      )
      union all
      (
        select row_number, previous_row, abs(change) as place
        from compared
        where change < 0
        order by change, row_number
        limit ${count}
      )`,
  );
  const customers = pairs.map(({ customer }) => customer);
  return {
    up: customers.filter(({ now, before }) => now.rawScore > before.rawScore),
    down: customers.filter(({ now, before }) => now.rawScore < before.rawScore),
    counts,
  };
}

interface CountRow {
  readonly compared: number;
  readonly arrived: number;
  readonly gone: number;
  readonly ambiguous: number;
  readonly without_id: number;
  readonly moved_up: number;
  readonly moved_down: number;
  readonly tier_changes: number;
}

interface FoundPair extends CountRow {
  readonly row_number: number;
  readonly previous_row: number;
  /** What the list is ordered by. */
  readonly place: number;
}

/** The counts in every row, and once alone where nobody is in both. */
type PairRow = FoundPair | (CountRow & { readonly row_number: null });

/** `page` picks from `compared (row_number, previous_row, change)`; what it answers is put in descending order of `place`. */
function findPairs(tenant: Tenant, { uploadId, sinceId }: ComparedUploads, page: (sql: Sql) => ReturnType<Sql>) {
  if (!isUuid(uploadId) || !isUuid(sinceId)) throw gone();
  return tenant.transaction(async (sql) => {
    await sql`select set_config('work_mem', ${`${limits.comparisonMegabytes}MB`}, true)`;
    const rows = await pairsOf(sql, tenant, uploadId, sinceId, page(sql));
    const pairs = rows.filter((row): row is FoundPair => row.row_number !== null);
    const now = await predictionsOf(
      sql,
      tenant,
      uploadId,
      pairs.map((pair) => pair.row_number),
    );
    const before = await predictionsOf(
      sql,
      tenant,
      sinceId,
      pairs.map((pair) => pair.previous_row),
    );
    // Last: whoever deletes an upload marks it first and removes its rows then.
    await mustBeThere(sql, tenant, uploadId, sinceId);
    return {
      pairs: pairs.map(({ place, row_number, previous_row }) => ({
        place,
        customer: { now: now.get(row_number)!, before: before.get(previous_row)! },
      })),
      counts: countsOf(rows[0]!),
    };
  });
}

/** One pass over the rows of both: an id's rows come together in one group, and rows without an id in another. */
function pairsOf(
  sql: Sql,
  tenant: Tenant,
  uploadId: string,
  sinceId: string,
  page: ReturnType<Sql>,
): Promise<PairRow[]> {
  return sql<PairRow[]>`
    with customers as materialized (
      select
        customer_id is null as unnamed,
        count(*) filter (where upload_id = ${uploadId}) as now_rows,
        count(*) filter (where upload_id = ${sinceId}) as then_rows,
        max(row_number) filter (where upload_id = ${uploadId}) as row_number,
        max(row_number) filter (where upload_id = ${sinceId}) as previous_row,
        max(raw_score) filter (where upload_id = ${uploadId})
          - max(raw_score) filter (where upload_id = ${sinceId}) as change,
        max(tier) filter (where upload_id = ${uploadId})
          <> max(tier) filter (where upload_id = ${sinceId}) as tier_changed
      from predictions
      where ${tenant.mine(sql)}
        and upload_id in (${uploadId}, ${sinceId})
      group by customer_id
    ),
    compared as (
      select row_number, previous_row, change, tier_changed
      from customers
      where not unnamed
        and now_rows = 1
        and then_rows = 1
    ),
    counts as (
      select
        count(*) filter (where not unnamed and now_rows > 0 and then_rows = 0) as arrived,
        count(*) filter (where not unnamed and now_rows = 0) as gone,
        count(*) filter (where not unnamed and now_rows > 0 and then_rows > 0 and now_rows + then_rows > 2) as ambiguous,
        coalesce(sum(now_rows) filter (where unnamed), 0)::bigint as without_id
      from customers
    ),
    moves as (
      select
        count(*) as compared,
        count(*) filter (where change > 0) as moved_up,
        count(*) filter (where change < 0) as moved_down,
        count(*) filter (where tier_changed) as tier_changes
      from compared
    ),
    page as (${page})
    select *
    from counts
    cross join moves
    left join page on true
    order by place desc, row_number`;
}

async function predictionsOf(
  sql: Sql,
  tenant: Tenant,
  uploadId: string,
  rows: readonly number[],
): Promise<ReadonlyMap<number, StoredPrediction>> {
  const found = await sql<PredictionRow[]>`
    select *
    from predictions
    where ${tenant.mine(sql)}
      and upload_id = ${uploadId}
      and row_number = any(${numberArray(rows)}::text::integer[])`;
  return new Map(found.map((row) => [row.row_number, toPrediction(row)]));
}

async function mustBeThere(sql: Sql, tenant: Tenant, uploadId: string, sinceId: string): Promise<void> {
  const there = await sql<{ upload_id: string }[]>`
    select upload_id
    from uploads
    where ${tenant.mine(sql)}
      and upload_id in (${uploadId}, ${sinceId})
      and status = 'completed'
      and deleted_at is null`;
  if (there.length < new Set([uploadId, sinceId]).size) throw gone();
}

const countsOf = (row: CountRow): ChangeCounts => ({
  compared: row.compared,
  new: row.arrived,
  gone: row.gone,
  ambiguous: row.ambiguous,
  withoutId: row.without_id,
  movedUp: row.moved_up,
  movedDown: row.moved_down,
  tierChanges: row.tier_changes,
});

const gone = (): RetainWiseError => new RetainWiseError("not_found", "One of the two uploads does not exist.");

/** The place may be any number: it is compared as it is. */
const isChangeCursor = (parts: readonly unknown[]): parts is [number, number] =>
  parts.length === 2 &&
  typeof parts[0] === "number" &&
  typeof parts[1] === "number" &&
  Number.isInteger(parts[1]) &&
  parts[1] >= 0 &&
  parts[1] <= 2_147_483_647;
