/** The file storage on a folder of this machine. What is stored is on the disk when `put` answers. */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { keySegments } from "./object-key.ts";
import type { Objects } from "./objects.ts";

/** Makes the folder when missing and removes what uploads that never ended left in it. */
export async function createFilesystemObjects(options: { folder: string }): Promise<Objects> {
  const { folder } = options;
  const drafts = join(folder, draftsName);
  const pathOf = (key: string) => join(folder, ...keySegments(key));
  await storage(async () => {
    await mkdir(drafts, { recursive: true, mode: 0o700 });
    await sweepDrafts(drafts);
  });

  return {
    async put(key, bytes) {
      const path = pathOf(key);
      const draft = join(drafts, randomUUID());
      // Here and not only at the start: a process that was killed starts again long before its drafts count as left.
      await storage(() => sweepDrafts(drafts));
      try {
        const stored = await writeDraft(draft, bytes);
        await storage(() => publish(draft, path, folder));
        return stored;
      } finally {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
    get: (key, sha256) => read(pathOf(key), sha256),
    async delete(key) {
      const path = pathOf(key);
      await storage(async () => {
        await rm(path, { force: true });
        await syncFolder(dirname(path)).catch(ignoreMissing);
      });
    },
    async check() {
      const probe = join(drafts, randomUUID());
      await storage(async () => {
        const handle = await open(probe, "wx", 0o600);
        try {
          await handle.write("ready");
          await handle.sync();
        } finally {
          await handle.close();
          await unlink(probe);
        }
      });
    },
  };
}

/** Keys cannot begin with a dot, so none can collide with it. */
const draftsName = ".drafts";

/** An error of `bytes` is the caller's and passes as it is; one of the disk becomes `storage_unavailable`. */
async function writeDraft(draft: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  const handle = await storage(() => open(draft, "wx", 0o600));
  try {
    for await (const piece of bytes) {
      hash.update(piece);
      size += piece.byteLength;
      await storage(() => writeAll(handle, piece));
    }
    await storage(() => handle.sync());
  } finally {
    await handle.close();
  }
  return { bytes: size, sha256: hash.digest("hex") };
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.byteLength; ) {
    written += (await handle.write(piece, written, piece.byteLength - written)).bytesWritten;
  }
}

/** `link` makes the name and refuses one that exists, in one step. */
async function publish(draft: string, path: string, folder: string): Promise<void> {
  await makeFolder(dirname(path), folder);
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw taken();
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error))) throw error;
    // File systems without hard links (FAT, some network shares). Keys are random, so nobody else makes this one in between.
    if (await stat(path).catch(() => null)) throw taken();
    await rename(draft, path);
  }
  await syncFolder(dirname(path));
}

const taken = () => new RetainWiseError("internal", "There is an object of that key already.");

/** A new folder survives a power cut only when its parent was synced too. */
async function makeFolder(path: string, root: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let parent = dirname(path); parent.startsWith(root); parent = dirname(parent)) await syncFolder(parent);
}

async function* read(path: string, sha256: string | undefined): AsyncGenerator<Uint8Array> {
  const handle = await storage(() => open(path, "r")).catch((error: unknown) => {
    if (error instanceof RetainWiseError && codeOf(error.cause) === "ENOENT") {
      throw new RetainWiseError("object_corrupt", "The stored file is missing.", { cause: error.cause });
    }
    throw error;
  });
  const hash = sha256 === undefined ? null : createHash("sha256");
  try {
    for (;;) {
      // Fresh for every piece: the reader may keep it or transfer it to another thread.
      const buffer = new Uint8Array(limits.readBytes);
      const { bytesRead } = await storage(() => handle.read(buffer, 0, buffer.byteLength));
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash?.update(piece);
      yield piece;
    }
  } finally {
    await handle.close();
  }
  if (hash !== null && hash.digest("hex") !== sha256) {
    throw new RetainWiseError("object_corrupt", "The stored file's SHA-256 is not that of the upload.");
  }
}

/** A draft that nobody wrote to for longer than an upload may take has no writer any more. */
async function sweepDrafts(drafts: string): Promise<void> {
  const oldest = Date.now() - limits.uploadSeconds * 1_000;
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < oldest) await rm(path, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function storage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RetainWiseError) throw error;
    const full = ["ENOSPC", "EDQUOT"].includes(codeOf(error));
    const detail = full ? "The disk of the file storage is full." : "The file storage cannot be read or written.";
    throw new RetainWiseError("storage_unavailable", detail, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}
