import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { limits } from "../limits.ts";
import { defaultGraceSeconds, type HttpServer, type ServeOptions, serverUrl, stopWithin } from "./serve.ts";

/**
 * `requestTimeout` (5 minutes otherwise) would cut a large upload over a slow line. Headers that trickle in hold a connection for
 * `limits.headersSeconds` and a look (a minute and a half otherwise).
 */
export async function serve(options: ServeOptions): Promise<HttpServer> {
  const listener = getRequestListener((request) => options.fetch(request), { overrideGlobalObjects: false });
  const times = {
    requestTimeout: limits.uploadSeconds * 1000,
    headersTimeout: limits.headersSeconds * 1000,
    connectionsCheckingInterval: 2_000,
    keepAliveTimeout: 5_000,
  };
  const server = createServer(times, listener);
  server.listen(options.port, options.hostname);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  let stopped: Promise<void> | undefined;
  return {
    url: serverUrl(options.hostname, port),
    stop: (graceSeconds = defaultGraceSeconds) => {
      stopped ??= stopWithin(graceSeconds, closed(), () => server.closeAllConnections());
      return stopped;
    },
  };

  /** `close` lets go of connections that are idle now; those that become idle later would be kept for their keep-alive time. */
  function closed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      server.close((error) => {
        clearInterval(sweep);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
