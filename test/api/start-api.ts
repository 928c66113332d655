import { type AppOptions, createApp } from "../../src/api/app.ts";
import { openApiDocument } from "../../src/api/openapi.ts";
import { createRoutes } from "../../src/api/routes.ts";
import { loadRuntime } from "../../src/runtime/runtime.ts";
import type { HttpServer } from "../../src/runtime/serve.ts";
import { checkAnswer } from "./check-answer.ts";
import { createMemoryServices, type MemoryOptions, type MemoryServices } from "./memory-services.ts";

export interface RunningApi {
  readonly url: string;
  readonly services: MemoryServices;
  /** A request over a real socket; the answer is held against its documentation before it is handed over. */
  call(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/** The API over stand-ins, on a port of this runtime's own server. */
export async function startApi(options: AppOptions & MemoryOptions = {}): Promise<RunningApi> {
  const services = createMemoryServices(options);
  const stopping = new AbortController();
  const app = createApp(services, { ...options, stopping: stopping.signal });
  const { serve } = await loadRuntime();
  const server: HttpServer = await serve({ fetch: (request) => app.fetch(request), hostname: "127.0.0.1", port: 0 });
  const routes = createRoutes(services, {
    pollMilliseconds: 250,
    heartbeatMilliseconds: 15_000,
    stopping: stopping.signal,
  });
  const document = openApiDocument(routes);
  return {
    url: server.url,
    services,
    call: async (path, init = {}) => {
      const response = await fetch(server.url + path, { redirect: "manual", ...init });
      const text = await response.text();
      checkAnswer(routes, document, init.method ?? "GET", path, response, text);
      return new Response(response.status === 204 ? null : text, response);
    },
    stop: async () => {
      stopping.abort();
      await server.stop(1);
    },
  };
}
