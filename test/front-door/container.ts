/**
 * Runs an image's entry as a container engine would, with the kernel's own means (util-linux as root): it is process 1 of its own list of
 * processes, its root is the image and read-only, only its volume is writable, it has the image's user and no other rights. The network is
 * this machine's.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { program } from "../parts.ts";
import { type Image, userOf } from "./build-image.ts";
import { execForm, last, pairs } from "./containerfile.ts";

export interface Container {
  /** `http://…` that it listens on; empty for a worker. */
  readonly url: string;
  readonly output: () => string;
  /** A signal to its process 1. */
  signal(name: NodeJS.Signals): void;
  /** Exit code of its process 1. */
  readonly exited: Promise<number | null>;
  /** The image's HEALTHCHECK, inside. */
  healthcheck(): Promise<number | null>;
  /** A command inside, as the image's user; its exit code. */
  exec(command: readonly string[]): Promise<number | null>;
  /** Everything that lives in it, as the kernel names its state (`Z` for what nobody waited for). */
  processes(): { pid: number; state: string }[];
}

/** Why it cannot run here, or null. */
export const containerMissing: string | null = ["unshare", "nsenter", "mount"].some((name) => program(name) === null)
  ? "unshare, nsenter and mount (util-linux)"
  : !mayUnshare()
    ? "the right to unshare (root with CAP_SYS_ADMIN)"
    : null;

function mayUnshare(): boolean {
  try {
    execFileSync("unshare", ["--pid", "--fork", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], {
      stdio: "ignore",
    });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** Mounts, then becomes the entry: this shell's process number, 1, is the entry's. */
const script = `set -e
root=$1 volume=$2 files=$3 uid=$4 gid=$5; shift 5
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero random urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mount --bind "$volume" "$root/data"
mount --bind "$files" "$root/files"
exec unshare --root="$root" --wd=/app --setgid "$gid" --setuid "$uid" -- "$@"`;

export interface ContainerOptions {
  /** Folder of the volume; made, with the owner the image gives it. */
  readonly volume: string;
  /** Folder that several containers share as /files. */
  readonly files: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export function startContainer(image: Image, options: ContainerOptions): ReadyContainer {
  const { root, stage } = image;
  const { uid, gid } = userOf(stage);
  for (const folder of [options.volume, options.files, join(root, "files")]) {
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    chownSync(folder, uid, gid);
  }
  const entry = execForm(last(stage, "ENTRYPOINT")!.rest);
  const place = [root, options.volume, options.files, String(uid), String(gid)];
  const child = spawn(
    "unshare",
    ["--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script, "sh", ...place, ...entry, ...options.command],
    {
      env: { PATH: systemPath, ...pairs(stage, "ENV"), ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const exec = async (command: readonly string[]): Promise<number | null> => {
    const inside = ["--mount", "--pid", "--root", "--wd", "--setuid", String(uid), "--setgid", String(gid)];
    const args = ["--target", String(first(child)), ...inside, "--", ...command];
    const run = spawn("nsenter", args, { env: { ...pairs(stage, "ENV"), ...options.environment }, stdio: "ignore" });
    return ((await once(run, "exit")) as [number | null])[0];
  };
  const container: Omit<Container, "url"> = {
    output: () => output,
    signal: (name) => void process.kill(first(child), name),
    exited,
    exec,
    healthcheck: () => exec(execForm(last(stage, "HEALTHCHECK")!.rest)),
    processes: () => processesOf(readlinkSync(`/proc/${first(child)}/ns/pid`)),
  };
  return { ...container, ready: () => untilReady(container, exited) };
}

export interface ReadyContainer extends Omit<Container, "url"> {
  /** Resolves when it says that it serves; rejects when it ends before. */
  ready(): Promise<Container>;
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

async function untilReady(container: Omit<Container, "url">, exited: Promise<number | null>): Promise<Container> {
  let ended: number | null | undefined;
  void exited.then((code) => (ended = code));
  for (;;) {
    const found = /listens on (http:\S+)|takes jobs/.exec(container.output());
    if (found !== null) return { ...container, url: found[1] ?? "" };
    if (ended !== undefined) throw new Error(`it ended with ${ended}:\n${container.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process that is number 1 inside, by its number outside: `unshare`'s only child. */
function first(child: ChildProcess): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  if (children === "") throw new Error("the container has ended");
  return Number(children.split(" ")[0]);
}

function processesOf(namespace: string): { pid: number; state: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/ns/pid`) !== namespace) return [];
        const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1] ?? "?";
        return [{ pid: Number(name), state }];
      } catch {
        return []; // it ended meanwhile
      }
    });
}
