/**
 * Starts programs as a user that PostgreSQL accepts. It refuses to run as root, so for root they run as the owner of the data, or as
 * `nobody`; where that user cannot reach our folders (they lie below one that only root may enter) they get, of all of root's rights,
 * the one to read and enter folders.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { chown, readFile, stat } from "node:fs/promises";
import { RetainWiseError } from "../../errors.ts";

export interface Launcher {
  /** Runs in a process group of its own: an interrupt typed at the terminal is for us, and we stop the database in order. */
  launch(command: string, args: readonly string[], stdio: SpawnOptions["stdio"]): ChildProcess;
  /** Gives a file or folder of ours to that user. */
  give(path: string): Promise<void>;
}

export interface LauncherOptions {
  /** Exists already when the home was used before. */
  readonly dataFolder: string;
  /** A folder and a program that must be within reach. */
  readonly reach: { readonly folder: string; readonly program: string };
  readonly libraryPath: string | null;
}

export async function createLauncher(options: LauncherOptions): Promise<Launcher> {
  const ownUid = process.getuid?.() ?? -1;
  const dataOwner = (await stat(options.dataFolder).catch(() => null))?.uid ?? null;
  const environment = cleanEnvironment(options.libraryPath);

  if (ownUid !== 0) {
    if (dataOwner !== null && ownUid !== -1 && dataOwner !== ownUid) {
      throw new RetainWiseError(
        "config_invalid",
        `The database in the data folder belongs to another user (uid ${dataOwner}). Start as that user (or as root, if it was root who made it), or set RETAINWISE_HOME to another folder.`,
      );
    }
    return createRung(environment, null, []);
  }

  const user = await findUser(dataOwner === 0 ? null : dataOwner);
  const rungs = [createRung(environment, user, []), createRung(environment, user, readEverything(user))];
  for (const rung of rungs) if (await reaches(rung, options.reach)) return rung;
  throw new RetainWiseError(
    "config_invalid",
    `PostgreSQL does not run as root, and the user it would run as (uid ${user.uid}) cannot reach the data folder or the program's own folder. Start as a normal user, move both to where others may enter (chmod o+x on the folders above), install util-linux (setpriv), or set RETAINWISE_DATABASE_URL.`,
  );
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** `prefix` is put in front of every command; without it the runtime itself changes the user. */
function createRung(env: NodeJS.ProcessEnv, user: User | null, prefix: readonly string[]): Launcher {
  return {
    launch(command, args, stdio) {
      const [program = command, ...rest] = [...prefix, command, ...args];
      const drop = user !== null && prefix.length === 0 ? user : {};
      return spawn(program, rest, { ...drop, cwd: "/", env, detached: true, stdio });
    },
    give: (path) => (user === null ? Promise.resolve() : chown(path, user.uid, user.gid)),
  };
}

/**
 * PostgreSQL asks with access(2) whether it may read its own programs, and for a user that is not root access(2) ignores capabilities unless
 * `no_setuid_fixup` is set. After the exec nothing but the ambient capability remains.
 */
function readEverything(user: User): string[] {
  const capability = "-all,+dac_read_search";
  const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  const caps = [`--inh-caps=${capability}`, `--ambient-caps=${capability}`, "--securebits=+no_setuid_fixup"];
  return ["setpriv", ...ids, ...caps];
}

async function reaches(rung: Launcher, reach: LauncherOptions["reach"]): Promise<boolean> {
  const child = rung.launch(
    "sh",
    ["-c", 'cd "$1" && exec "$2" --version', "sh", reach.folder, reach.program],
    ["ignore", "ignore", "pipe"],
  );
  let complaint = "";
  child.stderr?.on("data", (data) => {
    complaint += String(data);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  // `postgres --version` succeeds even when it cannot find itself, but says so.
  return code === 0 && !complaint.includes("invalid binary");
}

/** The user with that id, or an unprivileged one: `nobody` by preference. initdb wants a user that has a name. */
async function findUser(uid: number | null): Promise<User> {
  const users = (await readFile("/etc/passwd", "utf8").catch(() => ""))
    .split("\n")
    .map((line) => line.split(":"))
    .map((fields) => ({ name: fields[0] ?? "", uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 }))
    .filter((user) => user.name !== "" && user.uid !== 0);
  const found =
    uid === null
      ? (users.find((user) => user.name === "nobody") ?? users.find((user) => user.name === "daemon") ?? users[0])
      : (users.find((user) => user.uid === uid) ?? { uid, gid: uid });
  if (found === undefined) {
    throw new RetainWiseError(
      "config_invalid",
      "There is no user but root here, and PostgreSQL does not run as root. Start as a normal user, or set RETAINWISE_DATABASE_URL.",
    );
  }
  return { uid: found.uid, gid: found.gid };
}

/** Fixed, so that root runs the system's programs and no others (the last is NixOS's). */
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin";

/** Nothing of ours: PG* variables would change what PostgreSQL does, and secrets are none of its business. */
function cleanEnvironment(libraryPath: string | null): NodeJS.ProcessEnv {
  const variable = process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  return {
    PATH: systemPath,
    LC_ALL: "C",
    TZ: "UTC",
    ...(libraryPath === null ? {} : { [variable]: libraryPath }),
  };
}
