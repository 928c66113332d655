/** A private folder for the server's Unix socket, fresh for every start, so that nothing a killed server left can be in the way. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Launcher } from "./launcher.ts";

/** sun_path holds 108 bytes on Linux and 104 on macOS, with a zero at the end. */
const longestSocket = 103;
const socketName = "/.s.PGSQL.5432";

/** Inside the home where the path is short enough (then it also works between containers), in the system's temporary folder otherwise. */
export async function createSocketFolder(launcher: Launcher, home: string): Promise<string> {
  for (const place of places(home)) {
    if (Buffer.byteLength(join(place.folder, `${place.prefix}XXXXXX`) + socketName) > longestSocket) continue;
    await mkdir(place.folder, { recursive: true });
    // mkdtemp makes it 0700 and fails on a name that exists: nobody can put a folder of theirs under us.
    const folder = await mkdtemp(join(place.folder, place.prefix));
    await launcher.give(folder);
    return folder;
  }
  throw new Error("no folder has a path short enough for a Unix socket");
}

/** Removes what earlier servers left. Only for the owner of the home. */
export async function removeSocketFolders(home: string, except: string | null): Promise<void> {
  for (const place of places(home)) {
    for (const entry of await readdir(place.folder).catch(() => [])) {
      const path = join(place.folder, entry);
      if (entry.startsWith(place.prefix) && path !== except) await rm(path, { recursive: true, force: true });
    }
  }
}

function places(home: string): { folder: string; prefix: string }[] {
  const prefix = `retainwise-${createHash("sha256").update(home).digest("hex").slice(0, 12)}-`;
  return [
    { folder: home, prefix: "socket-" },
    { folder: tmpdir(), prefix },
    { folder: "/tmp", prefix },
  ];
}
