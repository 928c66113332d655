/** LocalEmu, a local stand-in for AWS, as a child process on a free loopback port with a state folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { repository, skipWithout } from "../parts.ts";
import { freePort, temporaryFolder } from "../store/servers.ts";

export interface LocalEmu {
  /** What every AWS client of a test is given. The name in the credentials is no secret: LocalEmu takes any. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  stop(): Promise<void>;
}

/**
 * Declares a suite on a LocalEmu of its own; a skip with its reason where none is installed. It is started and prepared here and not in a hook:
 * Bun gives a hook five seconds, and LocalEmu loads a service at its first call.
 */
export async function describeOnLocalEmu(
  title: string,
  prepare: (emu: LocalEmu) => Promise<void>,
  suite: (emu: LocalEmu) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const skip = skipWithout("LocalEmu (Python 3.13 and test/aws/install-localemu)", localEmuIsInstalled());
  if (skip !== false) {
    describe(title, () => {
      it("runs where LocalEmu is installed", { skip }, () => undefined);
    });
    return;
  }
  const emu = await startLocalEmu(environment);
  await prepare(emu);
  describe(title, () => {
    after(() => emu.stop());
    suite(emu);
  });
}

const python = join(repository, ".cache/localemu-venv/bin/python");

/** The installer writes the list of what it installed last. */
export function localEmuIsInstalled(): boolean {
  return existsSync(python) && existsSync(join(repository, ".cache/localemu-venv/installed.txt"));
}

/** Takes about 8 s and up to 0.9 GB of memory. `environment` adds LocalEmu's own settings, for example `IAM_ENFORCEMENT=1`. */
export async function startLocalEmu(environment: Readonly<Record<string, string>> = {}): Promise<LocalEmu> {
  const home = await temporaryFolder();
  const root = join(home, "root");
  await mkdir(root);
  const port = await freePort();
  const log = join(home, "log.txt");
  const child = spawn("/bin/sh", ["-c", 'exec "$0" -m localemu.runtime.main >"$1" 2>&1', python, log], {
    cwd: home,
    stdio: "ignore",
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      TMPDIR: home,
      OVERRIDE_IN_DOCKER: "0",
      FILESYSTEM_ROOT: root,
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      GATEWAY_SERVER: "hypercorn", // the other server listens on every interface
      SQS_ENDPOINT_STRATEGY: "path",
      DISABLE_EVENTS: "1",
      SKIP_SSL_CERT_DOWNLOAD: "1",
      DNS_ADDRESS: "0",
      ...environment,
    },
  });
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    // Nothing of its state is kept, so it need not end in order.
    child.kill("SIGKILL");
    await ended;
    process.off("exit", killAtExit);
    await rm(home, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(endpoint, child);
  } catch (error) {
    const said = await readFile(log, "utf8").catch(() => "");
    await stop();
    throw new Error(`LocalEmu did not start:\n${said.slice(-2_000)}`, { cause: error });
  }
  return {
    client: { endpoint, region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } },
    stop,
  };
}

async function untilHealthy(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const answer = await fetch(`${endpoint}/_localemu/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error("it was not healthy within 120 s");
    await sleep(100);
  }
}
