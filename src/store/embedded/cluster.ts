/** The database's folder: made once, whole or not at all. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RetainWiseError } from "../../errors.ts";
import type { Launcher } from "./launcher.ts";
import { isAlive } from "./process.ts";

export const superuser = "retainwise";

/** The password lies with the data: whoever can read it owns the database anyway, and neither can get lost alone. */
const passwordFile = "retainwise-password";

/** Starters side by side each make one; the first to put it in place wins and the others' are removed. */
export async function ensureCluster(
  launcher: Launcher,
  initdb: string,
  home: string,
  dataFolder: string,
): Promise<void> {
  if (await exists(join(dataFolder, "PG_VERSION"))) return;
  const draft = `${dataFolder}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  const passwords = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await launcher.give(draft);
    await writeFile(passwords, randomBytes(24).toString("base64url"), { mode: 0o600 });
    await launcher.give(passwords);
    await runInitdb(launcher, initdb, draft, passwords);
    await rename(passwords, join(draft, passwordFile));
    await rename(draft, dataFolder);
    await syncFolder(home);
  } catch (error) {
    if (!(await exists(join(dataFolder, "PG_VERSION")))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwords, { force: true });
  }
}

export async function readPassword(dataFolder: string): Promise<string> {
  return (await readFile(join(dataFolder, passwordFile), "utf8")).trim();
}

/** Drafts of starters that were killed. Only for the owner of the home. */
export async function removeDrafts(home: string, dataName: string): Promise<void> {
  const entries = await readdir(home).catch(() => []);
  for (const entry of entries) {
    if (!entry.startsWith(`${dataName}.new-`)) continue;
    const pid = Number(entry.slice(`${dataName}.new-`.length).split("-")[0]);
    if (!isAlive(pid)) await rm(join(home, entry), { recursive: true, force: true });
  }
}

async function runInitdb(launcher: Launcher, initdb: string, folder: string, passwords: string): Promise<void> {
  // The builtin provider sorts by code point and knows capitals of all scripts, the same on every system.
  const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"];
  const access = [`--username=${superuser}`, "--auth=scram-sha-256", `--pwfile=${passwords}`];
  const child = launcher.launch(
    initdb,
    ["-D", folder, ...locale, ...access, "--no-instructions"],
    ["ignore", "pipe", "pipe"],
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data) => {
      said = (said + String(data)).slice(-4_000);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new RetainWiseError(
      "database_unavailable",
      "The embedded database could not be created in the data folder; the disk may be full or the folder not writable.",
      { cause: new Error(`initdb ended with ${code}: ${said}`) },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
