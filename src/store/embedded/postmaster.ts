/** What `postmaster.pid` says about a server that runs, or ran, on a data folder. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Folder of its Unix socket; null while it has none yet. */
  readonly socketFolder: string | null;
  readonly ready: boolean;
}

/** Null when there is no such file, or it is only half written. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | null> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3] ?? 0), socketFolder: lines[4] || null, ready: lines[7] === "ready" };
}

/**
 * A file that names a process which is something else now: PostgreSQL would take that for a live server and refuse to start. Removed only
 * when it still says the same; a server that runs all the same is found out by its shared memory.
 */
export async function removeStalePostmaster(dataFolder: string, pid: number): Promise<void> {
  const now = await readPostmaster(dataFolder);
  if (now?.pid === pid) await rm(join(dataFolder, "postmaster.pid"), { force: true });
}
