import { defaultGraceSeconds, type HttpServer, type ServeOptions, serverUrl, stopWithin } from "./serve.ts";

/** The part of Deno's own interface that is used here. */
declare const Deno: {
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number }; readonly finished: Promise<void>; shutdown(): Promise<void> };
};

export async function serve(options: ServeOptions): Promise<HttpServer> {
  const abort = new AbortController();
  const server = Deno.serve(
    { hostname: options.hostname, port: options.port, signal: abort.signal, onListen: () => {} },
    (request) => options.fetch(request),
  );
  let stopped: Promise<void> | undefined;
  return {
    url: serverUrl(options.hostname, server.addr.port),
    stop: (graceSeconds = defaultGraceSeconds) => {
      stopped ??= stopWithin(graceSeconds, server.shutdown(), () => abort.abort());
      return stopped;
    },
  };
}
