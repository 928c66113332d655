/** A proxy in front of a database whose network can freeze: connections stay open and nothing passes any more. */
import { connect, createServer, type Socket } from "node:net";
import type { Address } from "../../src/store/connection.ts";

export interface Freezer {
  /** The database's address, by way of the proxy. */
  readonly address: Address;
  /** Connections that exist now are dead for ever. */
  freeze(): void;
  /** New connections work again. */
  thaw(): void;
  stop(): Promise<void>;
}

export async function startFreezer(address: Address): Promise<Freezer> {
  const url = typeof address === "string" ? new URL(address) : null;
  const target =
    typeof address === "string"
      ? { host: url?.hostname ?? "", port: Number(url?.port) }
      : { path: `${address.host}/.s.PGSQL.${address.port}` };
  let frozen = false;
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(target);
    let dead = frozen;
    pipes.add(() => {
      dead = true;
    });
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (data) => {
        if (!dead) to.write(data);
      });
      from.on("close", () => {
        if (!dead) to.destroy();
      });
    }
  });
  const pipes = new Set<() => void>();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listening = server.address();
  const port = typeof listening === "object" ? (listening?.port ?? 0) : 0;
  return {
    address:
      typeof address === "string"
        ? `postgres://${url?.username}@127.0.0.1:${port}${url?.pathname}`
        : { ...address, host: "127.0.0.1", port },
    freeze() {
      frozen = true;
      for (const kill of pipes) kill();
    },
    thaw() {
      frozen = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
