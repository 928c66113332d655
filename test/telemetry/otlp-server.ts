/** A real OTLP/HTTP backend on loopback whose behaviour a test changes as it goes, and that remembers what it took. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** Answers the request, or does not. True: the backend has taken the batch. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => boolean;

export const behaviours = {
  accept: (response) => {
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
    return true;
  },
  reset: (_response, request) => {
    request.socket.destroy();
    return false;
  },
  hang: () => false,
  trickleHead: (_response, request) => {
    // A byte of the head now and then: the connection is never silent, and never done.
    let sent = 0;
    const timer = setInterval(() => request.socket.write("HTTP/1.1 200 OK\r\nx-slow: "[sent++] ?? "a"), 20);
    request.socket.on("close", () => clearInterval(timer));
    return false;
  },
  /** Says 200 and never comes to the end of its answer. */
  acceptThenHang: (response) => {
    response.writeHead(200, { "content-type": "application/json" }).write("{");
    return true;
  },
  acceptThenTrickle: (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
    return true;
  },
  acceptThenCutOff: (response, request) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    setTimeout(() => request.socket.destroy(), 20);
    return true;
  },
  floodAnswer: (response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(new Uint8Array(1_000_000));
    return true;
  },
} satisfies Record<string, Behaviour>;

export const status =
  (code: number, headers: Record<string, string> = {}, body = ""): Behaviour =>
  (response) => {
    response.writeHead(code, headers).end(body);
    return code < 300;
  };

export interface OtlpServer {
  readonly url: string;
  behaviour: Behaviour;
  /** Bodies of the requests that were taken, in order. */
  readonly taken: Buffer[];
  readonly requests: { readonly headers: IncomingMessage["headers"]; readonly body: Buffer }[];
  /** Goes away: its port refuses. */
  close(): Promise<void>;
  /** Comes back on the same port. */
  reopen(): Promise<void>;
}

export async function startOtlpServer(behaviour: Behaviour = behaviours.accept): Promise<OtlpServer> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const sent = Buffer.concat(pieces);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    self.requests.push({ headers: request.headers, body });
    if (self.behaviour(response, request)) self.taken.push(body);
  };
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer((request, response) => void handle(request, response).catch(() => undefined));
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const self: OtlpServer = {
    url: `http://127.0.0.1:${port}/v1/metrics`,
    behaviour,
    taken: [],
    requests: [],
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
    async reopen() {
      await listen(port);
    },
  };
  return self;
}
