/**
 * How the work of a tenant goes: what waits now, and what came and ended in each hour of the last seven days, from the uploads themselves. Times
 * are the database's clock, hours those of UTC. A deleted upload is in none of it.
 */
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import type { Scope, Tenant } from "./database.ts";
import { canaryTenant } from "./tenant.ts";

/** Seconds by nearest rank: each is the time of an upload that there was; null where none ended. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What came and ended within a time. An upload counts once, by how it ended last. */
export interface PipelineWork {
  readonly accepted: number;
  readonly completed: number;
  readonly failed: number;
  readonly rowsRead: number;
  readonly rowsScored: number;
  readonly rowsRejected: number;
  /** 202 (of the upload, or of the answer to its questions) → completed. */
  readonly endToEnd: Percentiles;
  /** 202 → start of the attempt that ended it. */
  readonly queueDwell: Percentiles;
  /** Start of that attempt → completed or failed. */
  readonly work: Percentiles;
  /** Error code → uploads. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface PipelineHour extends PipelineWork {
  readonly start: Date;
}

/** What has not ended. */
export interface OpenWork {
  /** When it was so. */
  readonly at: Date;
  readonly pending: number;
  readonly processing: number;
  /** Since when the oldest of both is wanted, seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

export interface PipelineView extends OpenWork {
  /** Oldest first, `limits.pipelineHours` of them; the last one is the hour that is not over. */
  readonly hours: readonly PipelineHour[];
  /** All hours together: percentiles of hours cannot be added up. */
  readonly whole: PipelineWork;
}

export function readPipeline(tenant: Tenant): Promise<PipelineView> {
  return tenant.transaction(async (sql) => {
    // One snapshot for all statements: an upload that ends meanwhile is in all of them or in none. `now()` is one time as well.
    await sql`set transaction isolation level repeatable read, read only`;
    const open = await countOpen(sql, tenant.mine(sql));
    const arrived = byStart(await countArrived(sql, tenant));
    const ended = byStart(await measureEnded(sql, tenant));
    const failed = await countFailures(sql, tenant);
    const workOf = (start: Date | null): PipelineWork => ({
      accepted: arrived.get(keyOf(start))?.accepted ?? 0,
      ...toWork(ended.get(keyOf(start))),
      failures: Object.fromEntries(
        failed.filter((row) => keyOf(row.start) === keyOf(start)).map((row) => [row.code, row.failed]),
      ),
    });
    const hours = await listHours(sql);
    return { ...open, hours: hours.map((start) => ({ start, ...workOf(start) })), whole: workOf(null) };
  });
}

/** Of all tenants but the canary, for an operator: ids and states, which is all that the role across tenants may read. */
export function readOpenWork(system: Scope): Promise<OpenWork> {
  return system.transaction((sql) => countOpen(sql, sql`tenant_id <> ${canaryTenant}`));
}

/** Start of the first hour that is shown. */
const first = (sql: Sql) => sql`date_trunc('hour', now(), 'UTC') - ${limits.pipelineHours - 1} * interval '1 hour'`;

/** The condition that a time lies in one of the hours; a clock that was set back must not put any behind the last. */
const within = (sql: Sql, column: "created_at" | "completed_at") => sql`${sql(column)} >= ${first(sql)}
        and ${sql(column)} < date_trunc('hour', now(), 'UTC') + interval '1 hour'`;

/** Hours of UTC, whatever the session's time zone is: some zones are half an hour off. `date_bin` takes half the time of `date_trunc`. */
const hourOf = (sql: Sql, column: "created_at" | "completed_at") =>
  sql`date_bin(interval '1 hour', ${sql(column)}, timestamptz 'epoch')`;

async function countOpen(sql: Sql, whose: ReturnType<Tenant["mine"]>): Promise<OpenWork> {
  const rows = await sql<OpenWork[]>`
    select
      now() as at,
      count(*) filter (where status = 'pending') as pending,
      count(*) filter (where status = 'processing') as processing,
      coalesce(extract(epoch from now() - min(wanted_at)), 0)::float8 as "oldestSeconds"
    from uploads
    where ${whose}
      and deleted_at is null
      and status in ('pending', 'processing')`;
  return { ...rows[0]! };
}

async function listHours(sql: Sql): Promise<Date[]> {
  const rows = await sql<{ start: Date }[]>`
    select generate_series(${first(sql)}, now(), interval '1 hour') as start
    order by start`;
  return rows.map(({ start }) => start);
}

// `materialized` below keeps the planner at the indexes: it takes hours for many groups, and reads the whole table in parallel to sort for them.

/** A row an hour in which something was, and one with `start` null for all of them together. */
async function countArrived(sql: Sql, tenant: Tenant): Promise<{ start: Date | null; accepted: number }[]> {
  return await sql<{ start: Date | null; accepted: number }[]>`
    with arrived as materialized (
      select ${hourOf(sql, "created_at")} as start
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null
        and ${within(sql, "created_at")}
    )
    select start, count(*) as accepted
    from arrived
    group by grouping sets ((start), ())`;
}

interface EndedRow {
  readonly start: Date | null;
  readonly completed: number;
  readonly failed: number;
  readonly rowsRead: number;
  readonly rowsScored: number;
  readonly rowsRejected: number;
  /** p50, p95, p99; null when there was none to measure. */
  readonly endToEnd: readonly number[] | null;
  readonly queueDwell: readonly number[] | null;
  readonly work: readonly number[] | null;
}

/**
 * `percentile_disc` and not `percentile_cont`: of the few uploads of an hour the latter would name a time between two that nobody waited, and a p99
 * below the slowest.
 */
async function measureEnded(sql: Sql, tenant: Tenant): Promise<EndedRow[]> {
  return await sql<EndedRow[]>`
    with ended as materialized (
      select
        ${hourOf(sql, "completed_at")} as start,
        status,
        rows_read,
        rows_scored,
        rows_rejected,
        date_part('epoch', completed_at - wanted_at) as end_to_end,
        case when ${wasAtWork(sql)} then date_part('epoch', started_at - wanted_at) end as queue_dwell,
        case when ${wasAtWork(sql)} then date_part('epoch', completed_at - started_at) end as work
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null
        and ${within(sql, "completed_at")}
    )
    select
      start,
      count(*) filter (where status = 'completed') as completed,
      count(*) filter (where status = 'failed') as failed,
      coalesce(sum(rows_read), 0) as "rowsRead",
      coalesce(sum(rows_scored), 0) as "rowsScored",
      coalesce(sum(rows_rejected), 0) as "rowsRejected",
      ${quantiles(sql)} within group (order by end_to_end) filter (where status = 'completed') as "endToEnd",
      ${quantiles(sql)} within group (order by queue_dwell) filter (where queue_dwell is not null) as "queueDwell",
      ${quantiles(sql)} within group (order by work) filter (where work is not null) as work
    from ended
    group by grouping sets ((start), ())`;
}

/** Nobody was at work on what expired, and a start from before the last answer or revival belongs to an end that counts no more. */
const wasAtWork = (sql: Sql) => sql`started_at >= wanted_at and (status = 'completed' or ${codeOf(sql)} <> 'expired')`;

const quantiles = (sql: Sql) => sql`percentile_disc(array[0.5, 0.95, 0.99])`;

async function countFailures(
  sql: Sql,
  tenant: Tenant,
): Promise<{ start: Date | null; code: string; failed: number }[]> {
  return await sql<{ start: Date | null; code: string; failed: number }[]>`
    with failed as materialized (
      select ${hourOf(sql, "completed_at")} as start, ${codeOf(sql)} as code
      from uploads
      where ${tenant.mine(sql)}
        and deleted_at is null
        and ${within(sql, "completed_at")}
        and status = 'failed'
    )
    select start, code, count(*) as failed
    from failed
    group by grouping sets ((start, code), (code))
    order by code`;
}

/**
 * From the text: `->>` reads the whole of a json, and a file's own words in the detail (U+0000, half a surrogate) would fail the statement. Within
 * a string every quotation mark is escaped, so this finds the key alone.
 */
const codeOf = (sql: Sql) => sql`coalesce(substring(error::text from '"code":"([a-z_]+)"'), 'internal')`;

const keyOf = (start: Date | null): number | null => start?.getTime() ?? null;

function byStart<Row extends { readonly start: Date | null }>(rows: readonly Row[]): ReadonlyMap<number | null, Row> {
  return new Map(rows.map((row) => [keyOf(row.start), row]));
}

function toWork(row: EndedRow | undefined): Omit<PipelineWork, "accepted" | "failures"> {
  return {
    completed: row?.completed ?? 0,
    failed: row?.failed ?? 0,
    rowsRead: row?.rowsRead ?? 0,
    rowsScored: row?.rowsScored ?? 0,
    rowsRejected: row?.rowsRejected ?? 0,
    endToEnd: toPercentiles(row?.endToEnd),
    queueDwell: toPercentiles(row?.queueDwell),
    work: toPercentiles(row?.work),
  };
}

function toPercentiles(values: readonly number[] | null | undefined): Percentiles {
  const [p50 = null, p95 = null, p99 = null] = values ?? [];
  return { p50, p95, p99 };
}
