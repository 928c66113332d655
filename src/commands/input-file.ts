import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RetainWiseError } from "../errors.ts";

export interface InputFile {
  readonly path: string;
  readonly bytes: number;
  /** Removes what was kept on disk meanwhile. */
  remove(): Promise<void>;
}

/**
 * The file at `path`, or stdin for `-`. A file is read twice (once to understand all of it, once to score it), so what comes by pipe is kept on
 * disk meanwhile.
 */
export async function openInput(path: string, stdin: Readable): Promise<InputFile> {
  if (path === "-") return spool(stdin);
  const facts = await stat(path).catch((cause: unknown) => unreadable(path, cause));
  if (facts.isDirectory()) throw new RetainWiseError("file_unreadable", `${path} is a folder.`);
  if (!facts.isFile()) return spool(createReadStream(path)).catch((cause: unknown) => unreadable(path, cause));
  return { path, bytes: facts.size, remove: async () => undefined };
}

async function spool(source: Readable): Promise<InputFile> {
  const folder = await mkdtemp(join(tmpdir(), "retainwise-"));
  const path = join(folder, "input.csv");
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(source, createWriteStream(path, { mode: 0o600 }));
    return { path, bytes: (await stat(path)).size, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** `path` as the person gave it. */
export function unreadable(path: string, cause: unknown): never {
  throw new RetainWiseError("file_unreadable", `${path} cannot be opened: ${reasonOf(cause)}.`, { cause });
}

/** The system's own word for what is wrong, without path and call. */
function reasonOf(cause: unknown): string {
  const words = new Map([
    ["ENOENT", "there is no such file"],
    ["EACCES", "you may not read it"],
    ["EISDIR", "it is a folder"],
  ]);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return words.get(code) ?? (code === "" ? String(cause) : code);
}
