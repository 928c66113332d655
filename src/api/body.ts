import { Buffer } from "node:buffer";
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export interface BodyTimes {
  /** Longest silence between two pieces, in seconds. */
  readonly idleSeconds: number;
  /** Longest time for the whole body, in seconds. */
  readonly totalSeconds: number;
}

/** A request's body, piece by piece. A loop that is left early does not end it: what is left can still be read or dropped. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** The next piece, never empty. Throws `body_incomplete` when the client goes away, falls silent or takes too long. */
  next(): Promise<IteratorResult<Uint8Array, undefined>>;
  /**
   * Reads on after a refusal, within bounds, and drops what comes: a client that sends everything before it reads would otherwise find a
   * closed connection in place of the answer.
   */
  linger(): Promise<void>;
  /** Tells the runtime that nobody reads any further. */
  close(): void;
}

/** Nothing is read before it is asked for, so a client cannot send faster than the body is stored. */
export function openBody(request: Request, times: BodyTimes): Body {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let ended = false;
  const endsAt = Date.now() + times.totalSeconds * 1_000;

  const next = async (most = times.idleSeconds * 1_000): Promise<IteratorResult<Uint8Array, undefined>> => {
    while (!ended) {
      // A POST without a body has null on Bun and an empty stream elsewhere.
      if (request.body === null) break;
      reader ??= request.body.getReader();
      const { done, value } = await withinTime(reader.read(), Math.min(most, endsAt - Date.now())).catch(fail);
      if (done) break;
      if (value.length > 0) return { done: false, value };
    }
    ended = true;
    return { done: true, value: undefined };
  };

  return {
    next: () => next(),
    [Symbol.asyncIterator]: () => ({ next: () => next() }),
    linger: async () => {
      // A client that waits for `100 Continue`, or that has too much to say, hears the refusal first.
      if (request.headers.has("expect") || declaredBytes(request) > limits.lingerBytes) return;
      const until = Date.now() + limits.lingerSeconds * 1_000;
      try {
        for (let bytes = 0; bytes < limits.lingerBytes; ) {
          const piece = await next(until - Date.now());
          if (piece.done === true) return;
          bytes += piece.value.length;
        }
      } catch {
        // The refusal is the answer, whatever becomes of the rest.
      }
    },
    close: () => {
      const left = ended ? undefined : (reader ?? request.body);
      ended = true;
      // Not awaited: on a connection that hangs it would hang as well.
      left?.cancel().catch(() => {});
    },
  };

  function fail(error: unknown): never {
    ended = true;
    reader?.cancel().catch(() => {});
    if (error instanceof RetainWiseError) throw error;
    throw new RetainWiseError("body_incomplete", "The connection was closed before the whole body had arrived.", {
      cause: error,
    });
  }
}

/** All of a small body. Throws `too_large` as soon as it is longer than `mostBytes`. */
export async function readWhole(request: Request, body: Body, mostBytes: number): Promise<Uint8Array> {
  refuseDeclaredLength(request, mostBytes);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}

/** Throws `too_large` when the client announces more than `mostBytes` and what may be around them: nothing is read then. */
export function refuseDeclaredLength(request: Request, mostBytes: number, aroundBytes = 0): void {
  if (declaredBytes(request) > mostBytes + aroundBytes) throw tooLarge(mostBytes);
}

export function tooLarge(mostBytes: number): RetainWiseError {
  return new RetainWiseError("too_large", `At most ${mostBytes.toLocaleString("en")} bytes are accepted.`);
}

function declaredBytes(request: Request): number {
  return Number(request.headers.get("content-length") ?? 0);
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const onTime = (): void => reject(new RetainWiseError("body_incomplete", "The body stopped arriving."));
    timer = setTimeout(onTime, Math.max(0, milliseconds));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
