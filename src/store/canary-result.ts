/** How the canary's last run ended: the one thing that is kept of it, because its uploads are deleted. */
import type { Scope } from "./database.ts";

export interface CanaryRecord {
  /** When the run ended, by the database's clock. */
  readonly at: Date;
  readonly seconds: number;
  /** Why it failed; null when all was well. */
  readonly reason: string | null;
}

export async function saveCanaryResult(system: Scope, { seconds, reason }: Omit<CanaryRecord, "at">): Promise<void> {
  await system.transaction(
    (sql) => sql`
      insert into canary_result (at, seconds, reason)
      values (now(), ${seconds}, ${reason})
      on conflict (is_last) do update
      set at = excluded.at, seconds = excluded.seconds, reason = excluded.reason`,
  );
}

/** Null where none has run to its end yet. */
export async function readCanaryResult(system: Scope): Promise<CanaryRecord | null> {
  const rows = await system.transaction(
    (sql) => sql<CanaryRecord[]>`
      select at, seconds, reason
      from canary_result`,
  );
  return rows[0] ?? null;
}
