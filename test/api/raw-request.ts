import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Writes pieces to a socket as they are and reads until the server closes or `milliseconds` have passed: for requests that no client would send.
 * `onWritten` hears after each piece how many bytes have left for the system. A number among the pieces is a pause in milliseconds; `cut` closes the connection after the last piece.
 */
export async function rawRequest(
  url: string,
  pieces: readonly (string | Uint8Array | number)[],
  {
    cut = false,
    milliseconds = 5_000,
    onWritten = () => {},
  }: { cut?: boolean; milliseconds?: number; onWritten?: (bytes: number) => void } = {},
): Promise<RawAnswer | null> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const received: Buffer[] = [];
  // A server that has refused closes its side; what it said before counts.
  socket.on("error", () => {});
  socket.on("data", (data) => received.push(data));
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  for (const piece of pieces) {
    if (typeof piece === "number") await sleep(piece);
    else await write(socket, piece);
    onWritten(socket.bytesWritten - socket.writableLength);
  }
  if (cut) socket.destroy();
  const stop = new AbortController();
  await Promise.race([
    closed,
    answered(received, stop.signal),
    sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => {}),
  ]);
  stop.abort();
  socket.destroy();
  return parse(Buffer.concat(received));
}

/** `GET /path` and `Host`, as the start of a request. */
export function requestHead(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>> = {},
): string {
  const lines = Object.entries({ host: "localhost", connection: "close", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

async function write(socket: Socket, piece: string | Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(piece)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

/** Resolves when an answer with a length is complete: not every server closes. */
async function answered(received: readonly Buffer[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answer = parse(Buffer.concat(received));
    const length = answer?.headers.get("content-length");
    if (answer !== null && length !== undefined && Buffer.byteLength(answer.body) >= Number(length)) return;
    await sleep(10);
  }
}

function parse(bytes: Buffer): RawAnswer | null {
  const text = bytes.toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(
    lines.map(
      (line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const,
    ),
  );
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
}
