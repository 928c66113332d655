/**
 * The whole service as processes on one Postgres of its own: an API and workers, each behind a proxy of its own in front of the database, with
 * leases as short as they can be. Everything a test needs to break a part, to start it again and to see whether anything came to harm.
 */
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { temporaryFolder } from "../front-door/cli.ts";
import { type RunningService, startService, upload } from "../front-door/service.ts";
import { type ExternalServer, externalKind } from "../store/servers.ts";
import { installAudit } from "./audit.ts";
import type { CustomerFile } from "./customer-file.ts";
import type { Scene } from "./invariants.ts";
import { type FaultProxy, startFaultProxy } from "./proxy.ts";
import { makeTenancy, type Tenant } from "./tenants.ts";
import { createTripwire, type Tripwire } from "./tripwire.ts";

/** Seconds; the least there is. */
export const visibilitySeconds = 3;

export interface Part {
  readonly name: string;
  readonly service: RunningService;
  /** In front of the database. */
  readonly proxy: FaultProxy;
}

export interface Rig {
  readonly folder: string;
  readonly server: ExternalServer;
  /** As superuser, past the proxies. */
  readonly database: Database;
  readonly tripwire: Tripwire;
  readonly scene: Scene;
  /** The n-th file is sent by the n-th of them, and around again. */
  readonly tenants: readonly Tenant[];
  ownerOf(file: CustomerFile): Tenant;
  start(name: string, role: "api" | "worker", environment?: Readonly<Record<string, string>>): Promise<Part>;
  part(name: string): Part;
  /** SIGKILL, at once. */
  kill(name: string): void;
  /** What was killed starts again, under its name. */
  revive(name: string): Promise<Part>;
  /** Uploads; a 202 is remembered for the scene. Null: no answer came. */
  send(file: CustomerFile, api?: string): Promise<{ status: number; uploadId: string | null } | null>;
  /** Waits until no upload is under way and no message is left; fails when that takes longer. */
  rest(milliseconds: number): Promise<void>;
  /** Lets the service remove objects that no upload names; answers how many uploads there are. */
  sweptUploads(): Promise<number>;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly files: readonly CustomerFile[];
  /** How many there are, each with an API key; 0, as when nothing is said: one, and nobody asks who it is. */
  readonly tenants?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly queue?: Scene["queue"];
  readonly objects?: Scene["objects"];
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const { path: folder, remove } = temporaryFolder();
  const server = await externalKind.start();
  const address = String(server.address);
  const database = createDatabase(address, { applicationName: "observer" });
  await migrate(database);
  await installAudit(database);
  const { tenants, environment: identity } = await makeTenancy(database, options.tenants ?? 0);
  const owners = new Map(options.files.map(({ sha256 }, i) => [sha256, tenants[i % tenants.length]!]));
  const ownerOf = ({ sha256 }: CustomerFile): Tenant => {
    const owner = owners.get(sha256);
    if (owner === undefined) throw new Error("a file of nobody");
    return owner;
  };
  const tripwire = createTripwire();
  const parts = new Map<string, Part>();
  const roles = new Map<string, "api" | "worker">();
  const accepted = new Map<string, CustomerFile>();
  const files = join(folder, "files");
  const { objects = () => listFiles(files), queue = () => countMessages(database) } = options;

  const start: Rig["start"] = async (name, role, own = {}) => {
    roles.set(name, role);
    const former = parts.get(name);
    const { hostname: host, port } = new URL(address);
    const inspect = () => tripwire.inspector(name);
    const proxy = former?.proxy ?? (await startFaultProxy({ host, port: Number(port) }, inspect));
    const environment = {
      RETAINWISE_DATABASE_URL: address.replace(`:${port}/`, `:${proxy.port}/`),
      RETAINWISE_STORAGE: `file:${files}`,
      RETAINWISE_VISIBILITY_SECONDS: String(visibilitySeconds),
      ...identity,
      ...options.environment,
      ...own,
    };
    const part = { name, proxy, service: await startService(join(folder, name), environment, role) };
    parts.set(name, part);
    return part;
  };
  const part = (name: string): Part => {
    const found = parts.get(name);
    if (found === undefined) throw new Error(`no part ${name}`);
    return found;
  };

  const unfinished = async () => {
    const rows = await database.transaction(
      (sql) => sql<{ count: number }[]>`
        select count(*)::integer as count
        from uploads
        where status in ('pending', 'processing')`,
    );
    return (rows[0]?.count ?? 0) + (await queue()).waiting;
  };

  return {
    folder,
    server,
    database,
    tripwire,
    scene: {
      ...{ database, accepted, files: options.files, objects, queue },
      owners: new Map([...owners].map(([sha256, { tenantId }]) => [sha256, tenantId])),
    },
    tenants,
    ownerOf,
    start,
    part,
    kill: (name) => void part(name).service.process.kill("SIGKILL"),
    revive: (name) => start(name, roles.get(name)!),
    async send(file, api = "api") {
      const response = await upload({ url: part(api).service.url, headers: ownerOf(file).headers }, file.csv).catch(
        () => null,
      );
      // A process that is killed may have sent the head of its answer alone.
      const body = await response?.json().catch(() => null);
      if (response === null || body === null) return null;
      const uploadId = response.status === 202 ? (body as { upload_id: string }).upload_id : null;
      if (uploadId !== null) accepted.set(uploadId, file);
      return { status: response.status, uploadId };
    },
    async rest(milliseconds) {
      const until = performance.now() + milliseconds;
      for (;;) {
        const left = await unfinished();
        if (left === 0) return;
        if (performance.now() > until) {
          const logs = [...parts.values()].map((each) => `${each.name}:\n${each.service.output().slice(-3_000)}`);
          throw new Error(`${left} uploads and messages do not come to rest\n${logs.join("\n")}`);
        }
        await sleep(100);
      }
    },
    async sweptUploads() {
      // As if the time had passed after which a note names an orphan; a worker sweeps when it starts.
      await database.transaction((sql) => sql`update object_intents set created_at = created_at - interval '1 day'`);
      part("worker").service.process.kill("SIGKILL");
      await start("worker", "worker");
      for (let tries = 0; tries < 200; tries++) {
        const [row] = await database.transaction(
          (sql) => sql<{ notes: number; uploads: number }[]>`
            select
              (select count(*) from object_intents)::integer as notes,
              (select count(*) from uploads)::integer as uploads`,
        );
        if (row?.notes === 0) return row.uploads;
        await sleep(100);
      }
      throw new Error("the notes of objects to come are not swept");
    },
    async stop() {
      for (const { service } of parts.values()) service.process.kill("SIGKILL");
      for (const { proxy } of parts.values()) await proxy.stop();
      await database.stop();
      await server.stop();
      remove();
    },
  };
}

async function listFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith("."));
}

async function countMessages(database: Database): Promise<{ waiting: number; dead: number }> {
  const rows = await database.transaction(
    (sql) => sql<{ waiting: number; dead: number }[]>`
      select
        (count(*) filter (where dead_at is null))::integer as waiting,
        (count(*) filter (where dead_at is not null))::integer as dead
      from messages`,
  );
  return rows[0]!;
}
