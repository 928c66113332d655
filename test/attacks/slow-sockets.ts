/** Connections that hold on to the server and say next to nothing. */
import { connect } from "node:net";

export interface SlowSockets {
  /** How many the server has not ended yet. */
  open(): number;
  stop(): void;
}

const kinds = {
  /** Connects and is silent. */
  silent: "",
  /** Half a header. */
  half: "GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
  /** A header every second, for ever. */
  dripping: "GET /livez HTTP/1.1\r\nhost: localhost\r\n",
};

/** `each` of every kind. */
export function openSlowSockets(url: string, each: number): SlowSockets {
  const { hostname, port } = new URL(url);
  const sockets = Object.entries(kinds).flatMap(([kind, opening]) =>
    Array.from({ length: each }, () => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on("error", () => {});
      // What is not read keeps the end from being seen.
      socket.resume();
      if (opening !== "") socket.write(opening);
      return { kind, socket };
    }),
  );
  const drip = setInterval(() => {
    for (const { kind, socket } of sockets) if (kind === "dripping" && socket.writable) socket.write("x-a: b\r\n");
  }, 1_000);
  return {
    open: () => sockets.filter(({ socket }) => !socket.readableEnded && !socket.destroyed).length,
    stop() {
      clearInterval(drip);
      for (const { socket } of sockets) socket.destroy();
    },
  };
}
