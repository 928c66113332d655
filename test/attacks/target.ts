/** The built service as a process of its own, with two tenants in it: one attacks, the other must not notice. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openAdministration } from "../../src/administration.ts";
import { readConfig } from "../../src/config.ts";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { attachEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import type { FoundRuntime } from "../front-door/runtimes.ts";
import { type RunningService, startService } from "../front-door/service.ts";
import { repository } from "../parts.ts";

export interface Target {
  readonly runtime: string;
  readonly url: string;
  readonly home: string;
  readonly service: RunningService;
  /** The header that shows who the attacker is. */
  readonly authorization: string;
  readonly victim: { readonly authorization: string };
  /** Past the service, as superuser. */
  readonly database: Database;
  /** What the database and the storage in the home hold. */
  traces(): Promise<Traces>;
  /** Resident memory of the process in MB (10⁶ bytes); null where /proc is missing. */
  residentMegabytes(): number | null;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

export interface Traces {
  readonly uploads: number;
  /** Files in the storage, drafts among them. */
  readonly files: number;
}

/** On Bun the one executable of `bun run build`, elsewhere the entry itself. */
export async function startTarget(
  { name, command }: FoundRuntime,
  more: Readonly<Record<string, string>> = {},
): Promise<Target> {
  const folder = temporaryFolder();
  const environment = {
    RETAINWISE_AUTH: "keys",
    RETAINWISE_REQUESTS_PER_MINUTE: "1000000",
    ...more,
  };
  const home = join(folder.path, "home");
  const service = await startService(home, environment, "serve", programOf(name, command!, folder.path));
  const operator = await openAdministration(readConfig({ RETAINWISE_HOME: home, ...environment }));
  const bearer = async (tenant: string) => {
    const { key } = await operator.createKey(await operator.createTenant(tenant), tenant, null);
    return `Bearer ${key}`;
  };
  const [authorization, victim] = [await bearer("attacker"), await bearer("victim")];
  await operator.stop();
  const database: Database = createDatabase((await attachEmbeddedPostgres(home))!, { applicationName: "observer" });
  return {
    runtime: name,
    url: service.url,
    home,
    service,
    authorization,
    victim: { authorization: victim },
    database,
    async traces() {
      const [row] = await database.transaction(
        (sql) => sql<{ uploads: number }[]>`select count(*)::integer as uploads from uploads`,
      );
      return { uploads: row?.uploads ?? 0, files: countFiles(join(home, "files")) };
    },
    residentMegabytes: () => residentOf(service.process.pid!),
    async stop() {
      await database.stop();
      const code = await service.stop();
      folder.remove();
      return code;
    },
  };
}

function programOf(name: string, command: readonly string[], folder: string): readonly string[] {
  if (name !== "Bun") return [...command, join(repository, "src/cli.ts")];
  const out = join(folder, "built");
  execFileSync(command[0]!, ["build/executable.ts", "--out", out], { cwd: repository });
  return [join(out, "retainwise")];
}

function countFiles(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

function residentOf(pid: number): number | null {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found === null ? null : (Number(found[1]) * 1_024) / 1e6;
  } catch {
    return null;
  }
}
