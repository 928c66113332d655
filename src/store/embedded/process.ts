/** What can be known of a process that is not our child. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Zombies count as alive; see `identify`. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * gone: no such process, or only its zombie · server: a PostgreSQL of that data folder · other: something else that got the id since (after a
 * reboot, or in a container at once) · unknown: the system does not tell.
 */
export async function identify(pid: number, dataFolder: string): Promise<"gone" | "server" | "other" | "unknown"> {
  if (!isAlive(pid) || (await isZombie(pid))) return "gone";
  const command = await commandOf(pid);
  if (command === "") return isAlive(pid) ? "unknown" : "gone";
  return command.includes("postgres") && command.includes(dataFolder) ? "server" : "other";
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
  } catch {
    if (process.platform === "linux") return "";
    return await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).then(
      (result) => result.stdout,
      () => "",
    );
  }
}

/** The state follows the name in brackets, which may itself hold brackets. */
async function isZombie(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return status.slice(status.lastIndexOf(")")).startsWith(") Z");
}
