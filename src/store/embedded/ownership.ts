/**
 * Who owns a home: the process whose session holds an advisory lock in its database. The session ends with the process, however that dies,
 * so a lock that can be had means that the former owner is gone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RetainWiseError } from "../../errors.ts";
import { limits } from "../../limits.ts";
import { type Address, type Connection, createConnection } from "../connection.ts";

export interface Ownership {
  /** Gives the home up. */
  release(): void;
}

export type OwnershipResult =
  | { readonly kind: "owned"; readonly ownership: Ownership }
  /** Another session holds it; its process id where it said so. */
  | { readonly kind: "taken"; readonly pid: number | null };

/** Throws `database_unavailable` when the server does not let us in (not there, starting, stopping). */
export async function takeOwnership(address: Address, onLost: () => void): Promise<OwnershipResult> {
  const connection: Connection = createConnection(address, {
    applicationName: `${namePrefix}${process.pid}`,
    connectMilliseconds: limits.connectMilliseconds,
    statementMilliseconds: limits.connectMilliseconds,
    onClose: () => {
      if (held) onLost();
    },
  });
  let held = false;
  try {
    const rows = await connection.run(
      (sql) => sql<{ held: boolean; holder: string | null }[]>`
        select
          pg_try_advisory_lock(${lockClass}, ${lockId}) as held,
          (
            select application_name
            from pg_locks
            join pg_stat_activity using (pid)
            where locktype = 'advisory'
              and pg_locks.database = (select oid from pg_database where datname = current_database())
              and classid = ${lockClass}
              and objid = ${lockId}
              and granted
              and pid <> pg_backend_pid()
            limit 1
          ) as holder`,
      limits.connectMilliseconds,
    );
    held = rows[0]?.held === true;
    if (!held) {
      connection.destroy();
      return { kind: "taken", pid: pidOf(rows[0]?.holder ?? "") };
    }
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const release = (): void => {
    held = false;
    connection.destroy();
  };
  return { kind: "owned", ownership: { release } };
}

/** After the session broke (the server restarted itself after a crash of one of its processes): take it again before anyone else does. */
export async function retakeOwnership(address: Address, onLost: () => void): Promise<Ownership> {
  const until = performance.now() + limits.postgresStartSeconds * 1_000;
  for (;;) {
    const result = await takeOwnership(address, onLost).catch((error: unknown) => ({ kind: "failed" as const, error }));
    if (result.kind === "owned") return result.ownership;
    if (result.kind === "taken" && result.pid !== process.pid) throw homeInUse(result.pid);
    if (performance.now() > until) {
      throw new RetainWiseError("database_unavailable", "The embedded database did not come back.", {
        cause: result.kind === "failed" ? result.error : undefined,
      });
    }
    await sleep(100);
  }
}

export function homeInUse(pid: number | null): RetainWiseError {
  const who = pid === null ? "Another process" : `Process ${pid}`;
  return new RetainWiseError("home_in_use", `${who} is using this data folder.`);
}

const namePrefix = "retainwise owner ";

/** Two numbers that only this code uses: "rw" and "home" as bytes. */
const lockClass = 29303;
const lockId = 1752132965;

function pidOf(applicationName: string): number | null {
  const pid = applicationName.startsWith(namePrefix) ? Number(applicationName.slice(namePrefix.length)) : 0;
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}
