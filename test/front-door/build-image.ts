/**
 * Performs a Containerfile's steps without a container engine: each stage is a folder, RUN runs in it with this machine's shell, COPY copies
 * what .containerignore lets through. The last stage is the root of a file system with Bun and the libraries it is linked to, and no shell.
 */
import { execFileSync } from "node:child_process";
import { cpSync, lchownSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { repository } from "../parts.ts";
import { type Instruction, last, readContainerfile, type Stage } from "./containerfile.ts";

export interface Image {
  /** Folder that becomes `/`. */
  readonly root: string;
  readonly stage: Stage;
}

const ignored = readFileSync(join(repository, ".containerignore"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

export const containerfile = readFileSync(join(repository, "Containerfile"), "utf8");

/** `folder` must be empty. */
export function buildImage(folder: string): Image {
  const stages = readContainerfile(containerfile);
  const roots = new Map<string, string>();
  stages.forEach((stage, number) => {
    const root = join(folder, stage.name ?? `stage-${number}`);
    mkdirSync(root);
    if (stage.name !== null) roots.set(stage.name, root);
    if (number === stages.length - 1) putBase(root);
    let workdir = "/";
    for (const instruction of stage.instructions) {
      if (instruction.verb === "WORKDIR") {
        workdir = instruction.rest;
        mkdirSync(join(root, workdir), { recursive: true });
      }
      if (instruction.verb === "RUN") run(join(root, workdir), instruction.rest);
      if (instruction.verb === "COPY") copy(instruction, root, workdir, roots);
    }
  });
  const stage = stages.at(-1)!;
  return { root: join(folder, stage.name ?? `stage-${stages.length - 1}`), stage };
}

/** What the base image has: Bun at its place, the libraries it names, empty folders for the engine's own mounts. */
function putBase(root: string): void {
  for (const name of ["proc", "dev", "tmp", "usr/local/bin"]) mkdirSync(join(root, name), { recursive: true });
  cpSync(realpathSync(process.execPath), join(root, "usr/local/bin/bun"));
  const linked = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  for (const [library] of linked.matchAll(/\/\S+\.so\S*/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
}

function run(cwd: string, command: string): void {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  execFileSync("sh", ["-c", command], { cwd, env: { ...process.env, PATH }, stdio: ["ignore", "ignore", "inherit"] });
}

function copy({ flags, rest }: Instruction, root: string, workdir: string, roots: ReadonlyMap<string, string>): void {
  const words = rest.split(" ");
  const target = words.pop()!;
  const from = flags.get("from");
  const base = from === undefined ? repository : roots.get(from);
  if (base === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);
  const to = target.startsWith("/") ? join(root, target) : join(root, workdir, target);
  for (const word of words) {
    if (from === undefined && !ignored.includes(`!${word}`)) throw new Error(`.containerignore keeps ${word} out`);
    const source = join(base, word);
    // As an engine does: a folder's content goes to the target; a file goes into it where it ends with a slash.
    const place = target.endsWith("/") && !isFolder(source) ? join(to, basename(word)) : to;
    cpSync(source, place, {
      recursive: true,
      verbatimSymlinks: true,
      filter: from === undefined ? isSent : () => true,
    });
    const [uid, gid] = (flags.get("chown") ?? "").split(":").map(Number);
    if (uid !== undefined && gid !== undefined) chownAll(place, uid, gid);
  }
}

/** Besides what it lets through, .containerignore has only patterns of names at any depth. */
function isSent(path: string): boolean {
  const patterns = ignored.filter((line) => line.startsWith("**/")).map((line) => line.slice(3));
  return !patterns.some((pattern) =>
    pattern.startsWith("*") ? path.endsWith(pattern.slice(1)) : basename(path) === pattern,
  );
}

const isFolder = (path: string): boolean => statSync(path).isDirectory();

function chownAll(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (!isFolder(path)) return;
  for (const name of readdirSync(path)) chownAll(join(path, name), uid, gid);
}

/** Owner of the image's process. */
export function userOf(stage: Stage): { uid: number; gid: number } {
  const [uid = Number.NaN, gid = Number.NaN] = (last(stage, "USER")?.rest ?? "").split(":").map(Number);
  return { uid, gid };
}
