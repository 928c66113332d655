/** An identity provider's key set on loopback, which can be made to fail. */
import { once } from "node:events";
import { createServer } from "node:http";

export interface KeyAnswer {
  readonly status?: number;
  readonly body?: string;
  /** Never answers. */
  readonly hang?: boolean;
  /** Closes the connection instead of answering. */
  readonly close?: boolean;
}

export async function startKeyServer(body: string) {
  let answer: KeyAnswer = { body };
  const server = createServer((_request, response) => {
    if (answer.hang === true) return;
    if (answer.close === true) return void response.destroy();
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", location: "/" });
    response.end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/keys`,
    set(next: KeyAnswer): void {
      answer = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
