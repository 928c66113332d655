/** MiniStack, a local stand-in for AWS that knows percentiles and composite alarms, as a child process on a free loopback port. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../parts.ts";
import { freePort, temporaryFolder } from "../store/servers.ts";

export interface Ministack {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const python = join(repository, ".cache/ministack-venv/bin/python");

/** The installer writes the list of what it installed last. */
export function ministackIsInstalled(): boolean {
  return existsSync(python) && existsSync(join(repository, ".cache/ministack-venv/installed.txt"));
}

/** Takes about 2 s. Only CloudWatch is served. */
export async function startMinistack(): Promise<Ministack> {
  const home = await temporaryFolder();
  const port = await freePort();
  const child = spawn(python, ["-m", "ministack"], {
    cwd: home,
    stdio: "ignore",
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      TMPDIR: home,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1", // the default is every interface
      IOT_MTLS_ENABLED: "0",
      SERVICES: "cloudwatch",
    },
  });
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    process.off("exit", killAtExit);
    await rm(home, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    const health = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    await health?.arrayBuffer();
    if (health?.ok) return { endpoint, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`MiniStack did not start: ${child.exitCode ?? "not healthy within 60 s"}`);
    }
  }
}
