/**
 * `healthcheck`: whether the process of this home is alive; the exit code is the answer. For a container engine that knows neither the role nor
 * the port: the process's own pulse names both. What it does not ask is whether the database is there (`/readyz`): a restart would not help.
 */
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { readPulse } from "../telemetry/pulse.ts";
import type { CommandContext } from "./context.ts";

export async function healthcheck({ config, stdout }: CommandContext): Promise<void> {
  const pulse = await readPulse(config.home);
  if (pulse === null) throw notAlive(`No process has its pulse in ${config.home}.`);
  const age = (Date.now() - pulse.at) / 1_000;
  if (age > limits.pulseStaleSeconds) throw notAlive(`The last pulse of ${pulse.role} is ${Math.round(age)} s old.`);
  if (pulse.url !== "") await askLiveness(pulse.url);
  stdout.write(`${pulse.role} is alive\n`);
}

async function askLiveness(url: string): Promise<void> {
  // What listens on every address is asked on the nearest one.
  const near = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
  try {
    const signal = AbortSignal.timeout(limits.healthcheckMilliseconds);
    const response = await fetch(`${near}/livez`, { signal });
    await response.body?.cancel();
    if (!response.ok) throw notAlive(`${near}/livez answers ${response.status}.`);
  } catch (cause) {
    if (cause instanceof RetainWiseError) throw cause;
    throw notAlive(`${near}/livez does not answer: ${toRetainWiseError(cause).message}`, cause);
  }
}

const notAlive = (detail: string, cause?: unknown): RetainWiseError =>
  new RetainWiseError("not_alive", detail, { cause });
