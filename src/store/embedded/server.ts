/** One PostgreSQL server process of ours, from its start to its end. */
import type { ChildProcess } from "node:child_process";
import { open, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RetainWiseError } from "../../errors.ts";
import { limits } from "../../limits.ts";
import type { Binaries } from "./binaries.ts";
import type { Launcher } from "./launcher.ts";
import { readPostmaster } from "./postmaster.ts";
import { signalProcess } from "./process.ts";

export interface Server {
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** True when it takes connections, false when it has ended before (another starter may have been faster). */
  ready(milliseconds: number): Promise<boolean>;
  /** Fast shutdown; at once when that takes too long. Waits for the end. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly launcher: Launcher;
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly logFile: string;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { launcher, dataFolder } = options;
  const log = await openLog(options.logFile);
  // Before the server, so that there is no moment in which our death would leave it without a guard.
  const guard = launcher.launch("sh", ["-c", guardScript, "sh", dataFolder], ["pipe", "ignore", "ignore"]);
  guard.once("error", () => undefined);
  guard.stdin?.on("error", () => undefined);
  let child: ChildProcess;
  try {
    child = launcher.launch(options.binaries.postgres, serverArguments(options), ["ignore", log.fd, log.fd]);
    if (child.pid !== undefined) guard.stdin?.write(`${child.pid}\n`);
  } finally {
    await log.close();
  }
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false;
      // Killed and not just let go: the id it knows may belong to someone else soon.
      guard.kill("SIGKILL");
      guard.stdin?.destroy();
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  const pid = child.pid ?? 0;

  return {
    pid,
    get running() {
      return running;
    },
    ended,
    async ready(milliseconds) {
      const until = performance.now() + milliseconds;
      while (running) {
        const postmaster = await readPostmaster(dataFolder);
        if (postmaster?.pid === pid && postmaster.ready) return true;
        if (performance.now() > until) {
          throw new RetainWiseError(
            "database_unavailable",
            `The embedded database was not ready within ${Math.round(milliseconds / 1_000)} s; see postgres.log in the data folder.`,
          );
        }
        await Promise.race([ended, sleep(20)]);
      }
      return false;
    },
    async stop() {
      const patience: [NodeJS.Signals, number][] = [
        ["SIGINT", limits.postgresStopSeconds],
        ["SIGQUIT", 5],
        ["SIGKILL", 5],
      ];
      for (const [signal, seconds] of patience) {
        if (!running) return;
        signalProcess(pid, signal);
        const timeout = new AbortController();
        const timer = sleep(seconds * 1_000, undefined, { signal: timeout.signal }).catch(() => undefined);
        await Promise.race([ended, timer]);
        timeout.abort();
      }
    },
  };
}

/** An end of its input means that we are gone. It stops that server and no other: the file must still name it. */
const guardScript = `
read -r server || exit 0
while read -r rest; do :; done
read -r current < "$1/postmaster.pid" && [ "$current" = "$server" ] && kill -INT "$server"
`;

function serverArguments(options: ServerOptions): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: options.socketFolder,
    unix_socket_permissions: "0700",
    max_connections: "50",
    // Durability is the reason to have a database: said here so that no configuration file takes it away.
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    // Nobody replicates from a home, and bulk inserts write less.
    wal_level: "minimal",
    max_wal_senders: "0",
    jit: "off",
    // A large file changes what the planner should know within seconds, not minutes.
    autovacuum_naptime: "10s",
    log_timezone: "UTC",
    timezone: "UTC",
    log_line_prefix: "%m [%p] ",
    // The log must not hold customers' data. Messages of errors quote values (`invalid input syntax … "…"`), so errors are left to the
    // client, which gets them anyway; the server's own affairs (level log and up) stay.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_parameter_max_length_on_error: "0",
    cluster_name: "retainwise",
  };
  return ["-D", options.dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

/** Ours to open, so that the server needs no right on the home. */
async function openLog(path: string) {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > limits.postgresLogBytes) {
    await rm(`${path}.1`, { force: true });
    await rename(path, `${path}.1`).catch(() => undefined);
  }
  return open(path, "a", 0o600);
}
