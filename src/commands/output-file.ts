/** A file that appears whole or not at all: written beside its name, renamed at the end. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";

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
  return {
    async write(text) {
      stream ??= createWriteStream(partial);
      await writeTo(stream, text);
    },
    async commit() {
      stream ??= createWriteStream(partial);
      stream.end();
      await finished(stream);
      await rename(partial, path);
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
  if (stream.errored !== null) throw stream.errored;
  if (!stream.write(text)) await once(stream, "drain");
}
