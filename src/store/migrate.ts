/** Brings the schema up to the code's: forward only, each migration in a transaction of its own, one process at a time. */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Sql } from "./connection.ts";
import type { Database } from "./database.ts";
import { migration as uploads } from "./migrations/0001_uploads.ts";
import { migration as messages } from "./migrations/0002_messages.ts";
import { migration as rememberedColumns } from "./migrations/0003_remembered_columns.ts";
import { migration as tenancy } from "./migrations/0004_tenancy.ts";
import { migration as jobHistory } from "./migrations/0005_job_history.ts";
import { migration as canaryResult } from "./migrations/0006_canary_result.ts";
import { migration as rememberedUnits } from "./migrations/0007_remembered_units.ts";
import { migration as corrections } from "./migrations/0008_corrections.ts";

export interface Migration {
  /** 1, 2, 3 …, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const migrations: readonly Migration[] = [
  uploads,
  messages,
  rememberedColumns,
  tenancy,
  jobHistory,
  canaryResult,
  rememberedUnits,
  corrections,
];

/**
 * Answers how many migrations were applied. Fails with `config_invalid` when the database is newer than this code, or when there is something
 * to apply and the login may not.
 */
export async function migrate(database: Database, known: readonly Migration[] = migrations): Promise<number> {
  known.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw new Error(`migration ${migration.name} must have the number ${index + 1}`);
  });
  let applied = 0;
  const options = { milliseconds: limits.migrationMilliseconds };
  const version = await database.transaction(readVersion, options);
  if (version === known.length) return 0;
  if (version > known.length) throw tooNew(version, known.length);
  try {
    while (await database.transaction((sql) => applyNext(sql, known), options)) applied++;
  } catch (error) {
    throw isForbidden(error) ? mayNotMigrate(error) : error;
  }
  return applied;
}

/** 0 for a fresh database; needs no right to change anything. */
async function readVersion(sql: Sql): Promise<number> {
  const [there] = await sql<{ found: boolean }[]>`select to_regclass('migrations') is not null as found`;
  if (there?.found !== true) return 0;
  const rows = await sql<{ latest: number }[]>`
    select coalesce(max(number), 0) as latest
    from migrations`;
  return rows[0]?.latest ?? 0;
}

/** SQLSTATE insufficient_privilege. */
function isForbidden(error: unknown): boolean {
  const cause = error instanceof RetainWiseError ? error.cause : error;
  return cause instanceof Error && "code" in cause && cause.code === "42501";
}

function mayNotMigrate(cause: unknown): RetainWiseError {
  return new RetainWiseError(
    "config_invalid",
    "The database's schema has to be brought up to date, and this login may not do it. Run `bun src/cli.ts migrate` with RETAINWISE_DATABASE_OWNER_URL set to the owner's login.",
    { cause },
  );
}

function tooNew(version: number, known: number): RetainWiseError {
  return new RetainWiseError(
    "config_invalid",
    `The database has schema version ${version}, this program knows only ${known}. Start the newer program, or another database.`,
  );
}

/** The lock ends with the transaction, whatever becomes of us. False: nothing was left to apply. */
async function applyNext(sql: Sql, known: readonly Migration[]): Promise<boolean> {
  await sql`select set_config('statement_timeout', ${String(limits.migrationMilliseconds)}, true)`;
  await sql`select pg_advisory_xact_lock(${migrationLock}::bigint)`;
  await sql`
    create table if not exists migrations (
      number integer primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )`;
  const latest = await readVersion(sql);
  if (latest > known.length) throw tooNew(latest, known.length);
  const next = known[latest];
  if (next === undefined) return false;
  await sql.unsafe(next.sql);
  await sql`
    insert into migrations (number, name)
    values (${next.number}, ${next.name})`;
  return true;
}

/** Any number that nobody else uses on this database: "retainwi" as bytes. */
const migrationLock = "8243122654701057897";
