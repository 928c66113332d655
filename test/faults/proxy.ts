/**
 * A TCP proxy on loopback in front of one part (database, S3, SQS) whose network misbehaves when told to. What passes can be watched, held back
 * for ever, or delayed, so that a test acts at an exact point of the traffic.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * pass · refuse: nobody listens, connections are cut · reset: every connection gets an RST · hang: connections are taken and nothing moves; what
 * waited moves on afterwards, as with a server that stood still · lose: a black hole; on every open connection all bytes are dropped in both
 * directions without a word, and it stays dead for ever, as after a failover; a new one gets through afterwards, as TCP asks again · lose
 * answers: the same for what the server says alone, so that what was asked for is done · answer: an HTTP server that answers this status to everything.
 */
export type FaultMode = "pass" | "refuse" | "reset" | "hang" | "lose" | "lose answers" | { readonly answer: number };

/** pass · hold: this and everything after it on the connection goes nowhere · a number: passes after so many milliseconds · a promise: after it. */
export type Verdict = "pass" | "hold" | number | Promise<void>;

/** Sees one connection's bytes before they are passed on. */
export interface Inspector {
  fromClient(bytes: Buffer): Verdict;
  fromServer(bytes: Buffer): Verdict;
}

export interface FaultProxy {
  readonly port: number;
  set(mode: FaultMode): Promise<void>;
  /** The ports from which it ever connected to the part: what the part sees as its clients'. */
  ports(): ReadonlySet<number>;
  stop(): Promise<void>;
}

export async function startFaultProxy(
  target: { readonly host: string; readonly port: number },
  inspect: () => Inspector = () => blind,
): Promise<FaultProxy> {
  let mode: FaultMode = "pass";
  let moves = Promise.withResolvers<void>();
  moves.resolve();
  const connections = new Set<Joined>();
  const ports = new Set<number>();

  const take = (client: Socket): void => {
    client.on("error", ignore);
    if (mode === "reset") {
      client.resetAndDestroy();
      return;
    }
    const connection: Joined = { client, server: null, deaf: false, mute: false };
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
    if (typeof mode === "object") {
      answerHttp(client, mode.answer);
      return;
    }
    const server = connect(target);
    connection.server = server;
    server.on("error", ignore);
    server.once("connect", () => ports.add(server.localPort ?? 0));
    const { fromClient, fromServer } = inspect();
    const waits = (): Promise<void> | null =>
      mode === "hang" || (holds(mode) && !connection.mute) ? moves.promise : null;
    pump(client, server, fromClient, () => !connection.deaf, waits);
    pump(server, client, fromServer, () => !connection.mute, waits);
  };

  let listener: Server = await listen(take, 0);
  const address = listener.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const cut = (end: (socket: Socket) => void): void => {
    for (const { client, server } of connections) {
      end(client);
      server?.destroy();
    }
    connections.clear();
  };
  const close = (): Promise<void> => new Promise((resolve) => listener.close(() => resolve()));

  return {
    port,
    async set(next) {
      const before = mode;
      mode = next;
      if (holds(before)) moves.resolve();
      if (holds(next)) moves = Promise.withResolvers();
      for (const connection of connections) silence(connection, next);
      if (next === "reset") cut((socket) => socket.resetAndDestroy());
      if (next === "refuse" || typeof next === "object" || typeof before === "object")
        cut((socket) => socket.destroy());
      if (next === "refuse") await close();
      else if (before === "refuse") listener = await listen(take, port);
    },
    ports: () => ports,
    async stop() {
      moves.resolve();
      cut((socket) => socket.destroy());
      if (mode !== "refuse") await close();
    },
  };
}

/** Whether a new connection gets through no earlier than afterwards. */
const holds = (mode: FaultMode): boolean => mode === "hang" || mode === "lose" || mode === "lose answers";

interface Joined {
  readonly client: Socket;
  server: Socket | null;
  /** What the client says is dropped, for ever. */
  deaf: boolean;
  /** What the server says is dropped, for ever. */
  mute: boolean;
}

function silence(connection: Joined, mode: FaultMode): void {
  if (mode === "lose") connection.deaf = true;
  if (mode === "lose" || mode === "lose answers") connection.mute = true;
}

const blind: Inspector = { fromClient: () => "pass", fromServer: () => "pass" };
const ignore = (): void => undefined;

function listen(take: (client: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: false }, take);
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** Passes bytes on in their order; the end of one side ends the other once everything before it has passed. */
function pump(
  from: Socket,
  to: Socket,
  see: (bytes: Buffer) => Verdict,
  alive: () => boolean,
  waits: () => Promise<void> | null,
): void {
  let held = false;
  const closed = new Promise<void>((resolve) => from.once("close", () => resolve()));
  let chain: Promise<void> = Promise.resolve();
  from.on("data", (bytes: Buffer) => {
    chain = chain.then(async () => {
      await waits();
      if (held || !alive()) return;
      const verdict = see(bytes);
      if (verdict === "hold") held = true;
      // What a client sent before it went still arrives, but no later than its end.
      if (typeof verdict === "number") await Promise.race([sleep(verdict), closed]);
      if (verdict instanceof Promise) await verdict;
      if (!held && alive() && !to.destroyed) to.write(bytes);
    });
  });
  from.once("close", () => {
    chain = chain.then(async () => {
      await waits();
      if (alive() || to.destroyed) to.end(() => to.destroy());
    });
  });
}

/** Just enough HTTP: one answer once a request's head is complete, whatever its body; then the connection ends. */
function answerHttp(client: Socket, status: number): void {
  let head = "";
  client.on("data", (bytes: Buffer) => {
    if (head.includes("\r\n\r\n")) return;
    head += bytes.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    client.end(`HTTP/1.1 ${status} Fault\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
}
