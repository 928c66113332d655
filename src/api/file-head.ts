import { Buffer } from "node:buffer";
import { limits } from "../limits.ts";
import { tooLarge } from "./body.ts";

export interface StartedFile {
  /** The first bytes, at most `limits.headBytes`. */
  readonly head: Uint8Array;
  /** Whether the head is all of the file. */
  readonly whole: boolean;
  /** All of the file, the head included; throws `too_large` where it grows beyond `mostBytes`. To be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads the head of a file and leaves the rest to be read after it. */
export async function startFile(source: AsyncIterable<Uint8Array>, mostBytes: number): Promise<StartedFile> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (!ended && length <= limits.headBytes) {
    const piece = await iterator.next();
    if (piece.done === true) ended = true;
    else {
      first.push(piece.value);
      length += piece.value.length;
    }
  }
  const start = Buffer.concat(first, length);
  return { head: start.subarray(0, limits.headBytes), whole: ended && length <= limits.headBytes, bytes: allBytes() };

  async function* allBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = start.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    if (bytes > 0) yield start;
    while (!ended) {
      const piece = await iterator.next();
      if (piece.done === true) return;
      bytes += piece.value.length;
      if (bytes > mostBytes) throw tooLarge(mostBytes);
      yield piece.value;
    }
  }
}
