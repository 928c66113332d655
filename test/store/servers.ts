/** The databases that the suites run against: ours (PostgreSQL 18 in the process) and one of the system as its external twin. */
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../src/store/connection.ts";
import { createDatabase, type Database } from "../../src/store/database.ts";
import { createLauncher } from "../../src/store/embedded/launcher.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded-postgres.ts";
import { migrate } from "../../src/store/migrate.ts";

export interface TestServer {
  readonly address: Address;
  stop(): Promise<void>;
}

export interface TestServerKind {
  readonly name: string;
  /** Why it cannot run here, or null. */
  readonly missing: string | null;
  start(): Promise<TestServer>;
}

const initdb = await onPath("initdb");
const postgres = await onPath("postgres");

/** PostgreSQL 18 as the product starts it. */
export const embeddedKind: TestServerKind = { name: "embedded", missing: null, start: startEmbedded };

export interface ExternalServer extends TestServer {
  /** `pg_ctl restart -m immediate`: every session ends at once, and the server recovers from its log. */
  restartAtOnce(): Promise<void>;
}

interface ExternalServerKind extends TestServerKind {
  start(): Promise<ExternalServer>;
}

/** A PostgreSQL of the system on a loopback port. */
export const externalKind: ExternalServerKind = {
  name: "external",
  missing:
    initdb && postgres ? null : "no initdb and postgres on PATH for the external twin (Debian: package postgresql)",
  start: startExternal,
};

const serverKinds: readonly TestServerKind[] = [embeddedKind, externalKind];

/** True, and a failure where everything must run, when the server cannot run here. */
export function skipReason(kind: TestServerKind): string | false {
  if (kind.missing !== null && process.env.RETAINWISE_TEST_ALL === "1") throw new Error(kind.missing);
  return kind.missing ?? false;
}

/**
 * Declares a suite for each kind of server. The server is started here and not in a hook: Bun gives a hook five seconds, and a busy machine
 * needs longer.
 */
export async function describeOnServers(
  title: string,
  suite: (running: RunningDatabase, kind: TestServerKind) => void,
): Promise<void> {
  for (const kind of serverKinds) {
    const skip = skipReason(kind);
    if (skip === false) {
      const running = await startDatabase(kind);
      describe(`${title} (${kind.name} database)`, () => {
        after(() => running.stop());
        suite(running, kind);
      });
    } else {
      describe(`${title} (${kind.name} database)`, () => {
        it("runs where that server is installed", { skip }, () => undefined);
      });
    }
  }
}

export interface RunningDatabase {
  readonly database: Database;
  readonly server: TestServer;
  stop(): Promise<void>;
}

/** What a test may take that starts processes or waits for a queue; Bun's own limit is five seconds. */
export const patient = { timeout: 120_000 };

/** A server with our schema in it; `stop` ends both. */
export async function startDatabase(kind: TestServerKind): Promise<RunningDatabase> {
  const server = await kind.start();
  const database = createDatabase(server.address);
  const stop = async (): Promise<void> => {
    await database.stop();
    await server.stop();
  };
  try {
    await migrate(database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { database, server, stop };
}

/** A folder of its own under the system's temporary one; only its user may enter it. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "retainwise-test-"));
}

async function startEmbedded(): Promise<TestServer> {
  const home = await temporaryFolder();
  const server = await startEmbeddedPostgres({ home });
  return {
    address: server.address,
    async stop() {
      await server.stop();
      await rm(home, { recursive: true });
    },
  };
}

async function startExternal(): Promise<ExternalServer> {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const launcher = await createLauncher({
    dataFolder: data,
    reach: { folder, program: postgres ?? "" },
    libraryPath: null,
  });
  await mkdir(data, { mode: 0o700 });
  await launcher.give(data);
  const setup = launcher.launch(
    initdb ?? "",
    ["-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
    "ignore",
  );
  const code = await new Promise((resolve) => setup.once("exit", resolve));
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const port = await freePort();
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-p", String(port)];
  const launch = () => {
    const child = launcher.launch(postgres ?? "", ["-D", data, ...settings], "ignore");
    return { child, ended: new Promise((resolve) => child.once("exit", resolve)) };
  };
  let running = launch();
  const stop = async (): Promise<void> => {
    running.child.kill("SIGINT");
    await running.ended;
    await rm(folder, { recursive: true });
  };
  const address = `postgres://tester@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(address);
  } catch (error) {
    // A child that is left would keep the test process alive for ever.
    await stop();
    throw error;
  }
  return {
    address,
    async restartAtOnce() {
      running.child.kill("SIGQUIT");
      await running.ended;
      running = launch();
      await untilReady(address);
    },
    stop,
  };
}

async function onPath(program: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    if ((await stat(path).catch(() => null))?.isFile()) return path;
  }
  return null;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** It takes connections before it serves them. */
async function untilReady(address: Address): Promise<void> {
  const database = createDatabase(address, { queryMilliseconds: 1_000 });
  for (let attempts = 0; ; attempts++) {
    try {
      await database.check();
      return await database.stop();
    } catch (error) {
      if (attempts > 200) throw error;
      await sleep(50);
    }
  }
}
