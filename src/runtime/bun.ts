import { limits } from "../limits.ts";
import { defaultGraceSeconds, type HttpServer, type ServeOptions, serverUrl, stopWithin } from "./serve.ts";

/**
 * `maxRequestBodySize` is out of the way because Bun answers beyond it with an empty 413 before the application sees the request; the
 * application counts bytes itself and says why. `idleTimeout` (10 s otherwise) would cut server-sent events and slow answers.
 */
export async function serve(options: ServeOptions): Promise<HttpServer> {
  const server = Bun.serve({
    fetch: (request) => options.fetch(request),
    hostname: options.hostname,
    port: options.port,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: limits.requestIdleSeconds,
    development: false,
  });
  let stopped: Promise<void> | undefined;
  return {
    url: serverUrl(options.hostname, server.port ?? options.port),
    stop: (graceSeconds = defaultGraceSeconds) => {
      stopped ??= stopWithin(graceSeconds, server.stop(false), () => server.stop(true));
      return stopped;
    },
  };
}
