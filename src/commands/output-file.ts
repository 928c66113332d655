/** A file that appears whole or not at all: written beside its name, renamed at the end. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { RetainWiseError } from "../errors.ts";

export interface Output {
  /** Resolves when more may be written. */
  write(text: string | Uint8Array): Promise<void>;
  commit(): Promise<void>;
  /** After `commit` does nothing. */
  discard(): Promise<void>;
}

/** `path` null: to `fallback` as it comes, or nowhere. */
export function openOutput(path: string | null, fallback: Writable | null): Output {
  if (path === null) {
    return {
      write: async (text) => (fallback === null ? undefined : writeTo(fallback, text)),
      commit: async () => undefined,
      discard: async () => undefined,
    };
  }
  const partial = `${path}.partial`;
  let stream: Writable | null = null;
  let committed = false;
  const opened = async (): Promise<Writable> => {
    if (stream !== null) return stream;
    stream = createWriteStream(partial);
    await once(stream, "open");
    return stream;
  };
  return {
    write: (text) => orUnwritable(path, async () => writeTo(await opened(), text)),
    async commit() {
      await orUnwritable(path, async () => {
        const file = await opened();
        file.end();
        await finished(file);
        await rename(partial, path);
      });
      committed = true;
    },
    async discard() {
      if (committed || stream === null) return;
      stream.destroy();
      await rm(partial, { force: true });
    },
  };
}

async function writeTo(stream: Writable, text: string | Uint8Array): Promise<void> {
  if (text.length === 0) return;
  if (!stream.write(text)) await once(stream, "drain");
}

/** Whatever goes wrong with the file on disk is said with its name. */
async function orUnwritable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new RetainWiseError("file_unwritable", `${path} cannot be written: ${reason}.`, { cause });
  }
}
