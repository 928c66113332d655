/**
 * PostgreSQL as part of this process: a real server, started on the data folder of a home and stopped with it. One owner a home; a home whose
 * owner was killed is taken over without help.
 */
import { mkdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Address } from "./connection.ts";
import { findBinaries } from "./embedded/binaries.ts";
import { ensureCluster, readPassword, removeDrafts, superuser } from "./embedded/cluster.ts";
import { createLauncher } from "./embedded/launcher.ts";
import { homeInUse, type Ownership, retakeOwnership, takeOwnership } from "./embedded/ownership.ts";
import { type Postmaster, readPostmaster, removeStalePostmaster } from "./embedded/postmaster.ts";
import { identify, signalProcess } from "./embedded/process.ts";
import { type Server, startServer } from "./embedded/server.ts";
import { createSocketFolder, removeSocketFolders } from "./embedded/socket-folder.ts";

export interface EmbeddedPostgres {
  readonly address: Address;
  /** Shuts the server down in order and waits for its end. Everybody else must have let go of it before. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder that holds everything; made when missing. */
  readonly home: string;
  /** Folder whose `node_modules` hold PostgreSQL's package, where that is not this file's own. */
  readonly packages?: string | null;
  /** The server died, or the home was taken from us: nothing can be stored any more. Called at most once, and not after `stop()`. */
  readonly onLost?: (error: RetainWiseError) => void;
}

/** Throws `home_in_use` while another process owns the home, `config_invalid` where PostgreSQL cannot run at all. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (cause) {
    if (cause instanceof RetainWiseError) throw cause;
    const detail = "The embedded database cannot be set up: the data folder is not writable, or cannot hold its files.";
    throw new RetainWiseError("config_invalid", detail, { cause });
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = await makeHome(options.home);
  const dataFolder = join(home, dataName);
  const binaries = await findBinaries(join(home, "postgres-lib"), options.packages);
  const launcher = await createLauncher({
    dataFolder,
    reach: { folder: home, program: binaries.postgres },
    libraryPath: binaries.libraryPath,
  });
  await ensureCluster(launcher, binaries.initdb, home, dataFolder);
  const password = await readPassword(dataFolder);
  const logFile = join(home, "postgres.log");
  const until = performance.now() + limits.postgresStartSeconds * 1_000;
  const patience = { until, holderGone: Number.POSITIVE_INFINITY };

  for (let failures = 0; ; ) {
    if (!(await cleared(dataFolder, password, patience))) continue;
    const socketFolder = await createSocketFolder(launcher, home);
    const server = await startServer({ launcher, binaries, dataFolder, socketFolder, logFile });
    try {
      if (await server.ready(Math.max(1_000, until - performance.now()))) {
        const owner = await own(server, addressOf(socketFolder, 5432, password), options.onLost);
        // Another starter took our server for one without an owner and has shut it down: look again.
        if (owner === null) continue;
        await removeDrafts(home, dataName);
        await removeSocketFolders(home, socketFolder);
        return {
          address: owner.address,
          async stop() {
            await owner.stop();
            await removeSocketFolders(home, null);
          },
        };
      }
    } catch (error) {
      await server.stop();
      throw error;
    }
    // It ended by itself: another starter was faster (its server is then found by `cleared`), or it cannot run.
    const other = await readPostmaster(dataFolder);
    if (other === null || other.pid === server.pid) failures++;
    if (failures >= 3) {
      throw new RetainWiseError(
        "database_unavailable",
        "The embedded database does not start; postgres.log in the data folder says why.",
        { cause: new Error((await readFile(logFile, "utf8").catch(() => "")).slice(-2_000)) },
      );
    }
    await sleep(100);
  }
}

/** The address of the server that another process owns on this home; null when none answers. */
export async function attachEmbeddedPostgres(home: string): Promise<Address | null> {
  const dataFolder = join(home, dataName);
  const found = await readPostmaster(dataFolder);
  if (found === null || found.socketFolder === null) return null;
  const state = await tryOwn(found, await readPassword(dataFolder));
  if (state.kind === "owned") state.ownership.release();
  return state.kind === "taken" ? addressOf(found.socketFolder, found.port, await readPassword(dataFolder)) : null;
}

const dataName = "postgres";

/** Root's server runs as another user, who must be able to pass through; nobody else has business in a home. */
async function makeHome(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    if (!(await stat(path)).isDirectory()) throw new Error("not a folder");
    return await realpath(path);
  } catch (cause) {
    throw new RetainWiseError("config_invalid", "The data folder (RETAINWISE_HOME) cannot be made or entered.", {
      cause,
    });
  }
}

function addressOf(socketFolder: string, port: number, password: string): Exclude<Address, string> {
  return { host: socketFolder, port, database: "postgres", user: superuser, password };
}

/**
 * Deals with a server that is there already: true when the way is free, false to look again. Throws `home_in_use` when it has an owner. A
 * server without one is shut down and not adopted: it would die with a guard that is not ours, and may be of an older program.
 */
async function cleared(
  dataFolder: string,
  password: string,
  patience: { until: number; holderGone: number },
): Promise<boolean> {
  const found = await readPostmaster(dataFolder);
  if (found === null) return true;
  const state = await tryOwn(found, password);
  if (state.kind === "taken") {
    // A killed owner's session ends a moment after its process. One that stays is of a process that we cannot see.
    const gone = state.pid !== null && (await identify(state.pid, dataFolder)) === "gone";
    patience.holderGone = Math.min(patience.holderGone, performance.now());
    if (!gone || performance.now() > patience.holderGone + 10_000) throw homeInUse(state.pid);
  }
  const is = await identify(found.pid, dataFolder);
  if (state.kind === "owned") {
    if (is !== "server") {
      state.ownership.release();
      throw new RetainWiseError(
        "home_in_use",
        "A PostgreSQL server that this process cannot see (in another container?) runs on this data folder.",
      );
    }
    signalProcess(found.pid, "SIGINT");
    await goneBy(found.pid, dataFolder, patience.until);
    state.ownership.release();
    return false;
  }
  if (is === "gone" || is === "other") {
    // PostgreSQL would take another process of that id, or a zombie, for the server.
    await removeStalePostmaster(dataFolder, found.pid);
    return true;
  }
  if (performance.now() > patience.until) throw homeInUse(found.pid);
  await sleep(50);
  return false;
}

async function tryOwn(found: Postmaster, password: string) {
  if (found.socketFolder === null) return { kind: "unreachable" as const };
  const address = addressOf(found.socketFolder, found.port, password);
  return takeOwnership(address, () => undefined).catch(() => ({ kind: "unreachable" as const }));
}

async function goneBy(pid: number, dataFolder: string, until: number): Promise<void> {
  while ((await identify(pid, dataFolder)) === "server") {
    if (performance.now() > until) throw homeInUse(pid);
    await sleep(20);
  }
}

/** Takes the lock on our fresh server and keeps it for as long as we live. Null when the server was shut down under us. */
async function own(server: Server, address: Address, onLost: EmbeddedPostgresOptions["onLost"]) {
  let stopping = false;
  let ownership: Ownership | null = null;

  const lost = (error: RetainWiseError): void => {
    if (stopping) return;
    stopping = true;
    onLost?.(error);
  };
  const onBroken = (): void => {
    if (stopping || !server.running) return;
    retakeOwnership(address, onBroken).then(
      (again) => {
        if (stopping) again.release();
        else ownership = again;
      },
      (error: unknown) => lost(toRetainWiseError(error)),
    );
  };

  const taken = await firstOwnership(server, address, onBroken);
  if (taken === null) return null;
  ownership = taken;
  void server.ended.then(() =>
    lost(
      new RetainWiseError(
        "database_unavailable",
        "The embedded database ended unexpectedly; see postgres.log in the data folder.",
      ),
    ),
  );

  return {
    address,
    async stop(): Promise<void> {
      stopping = true;
      ownership?.release();
      await server.stop();
    },
  };
}

async function firstOwnership(server: Server, address: Address, onBroken: () => void): Promise<Ownership | null> {
  const until = performance.now() + limits.postgresStopSeconds * 1_000;
  for (;;) {
    try {
      const result = await takeOwnership(address, onBroken);
      if (result.kind === "taken") throw homeInUse(result.pid);
      return result.ownership;
    } catch (error) {
      const refused = error instanceof RetainWiseError && error.code === "database_unavailable";
      if (!refused || performance.now() > until) throw error;
      await Promise.race([server.ended, sleep(50)]);
      if (!server.running) return null;
    }
  }
}
