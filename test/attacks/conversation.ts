/** Bytes written to a socket as they are, and everything that comes back: for what no client would send. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Conversation {
  /** Complete answers in their order; interim ones (100 Continue) among them. */
  readonly answers: readonly Answer[];
  /** The server ended the connection. */
  readonly closed: boolean;
  /** Neither the answers that were waited for nor the end came within the bound. */
  readonly hung: boolean;
  readonly milliseconds: number;
}

export type Piece = string | Uint8Array | number;

/** A number among the pieces is a pause in milliseconds. Ends with the connection, with `answers` final answers, or after `milliseconds`. */
export async function converse(
  url: string,
  pieces: readonly Piece[],
  { answers: awaited = 1, milliseconds = 10_000 }: { answers?: number; milliseconds?: number } = {},
): Promise<Conversation> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const startedAt = performance.now();
  const received: Buffer[] = [];
  const end = Promise.withResolvers<"closed" | "answered" | "late">();
  const timer = setTimeout(() => end.resolve("late"), milliseconds);
  // A server that has refused may cut the connection; what it said before counts.
  socket.on("error", () => {});
  socket.on("close", () => end.resolve("closed"));
  socket.on("end", () => end.resolve("closed"));
  socket.on("data", (bytes: Buffer) => {
    received.push(bytes);
    if (finalAnswers(parseAnswers(Buffer.concat(received))).length >= awaited) end.resolve("answered");
  });
  const writing = (async () => {
    for (const piece of pieces) {
      if (socket.destroyed) return;
      if (typeof piece === "number") await sleep(piece);
      else if (!socket.write(piece)) {
        await Promise.race([new Promise<void>((resolve) => socket.once("drain", resolve)), end.promise]);
      }
    }
  })();
  const how = await end.promise;
  clearTimeout(timer);
  socket.destroy();
  await writing;
  return {
    answers: parseAnswers(Buffer.concat(received)),
    closed: how === "closed",
    hung: how === "late",
    milliseconds: performance.now() - startedAt,
  };
}

/** Without 1xx. */
export const finalAnswers = (answers: readonly Answer[]): Answer[] => answers.filter(({ status }) => status >= 200);

/** The complete answers at the start of what came; one without a length has everything that follows for its body. */
export function parseAnswers(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; ; ) {
    const headEnd = bytes.indexOf("\r\n\r\n", at);
    if (headEnd < 0) return answers;
    const [first = "", ...lines] = bytes.toString("latin1", at, headEnd).split("\r\n");
    const status = Number(first.split(" ")[1]);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const start = headEnd + 4;
    const body = bodyAt(bytes, start, status, headers);
    if (body === null) return answers;
    answers.push({ status, headers, body: body.bytes.toString("utf8") });
    at = body.end;
  }
}

function bodyAt(
  bytes: Buffer,
  start: number,
  status: number,
  headers: ReadonlyMap<string, string>,
): { bytes: Buffer; end: number } | null {
  if (status < 200 || status === 204) return { bytes: Buffer.alloc(0), end: start };
  if (headers.get("transfer-encoding") === "chunked") return chunkedAt(bytes, start);
  const length = headers.get("content-length");
  const end = length === undefined ? bytes.length : start + Number(length);
  return end > bytes.length ? null : { bytes: bytes.subarray(start, end), end };
}

function chunkedAt(bytes: Buffer, start: number): { bytes: Buffer; end: number } | null {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    at = lineEnd + 2;
    if (at + size + 2 > bytes.length) return null;
    chunks.push(bytes.subarray(at, at + size));
    at += size + 2;
    if (size === 0) return { bytes: Buffer.concat(chunks), end: at };
  }
}
