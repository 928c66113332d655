import { type Context, Hono } from "hono";
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";
import { type BodyTimes, openBody } from "./body.ts";
import { refuseCrossOrigin } from "./cross-origin.ts";
import type { EventTimes } from "./events.ts";
import { problemResponse } from "./problem.ts";
import { refuseMalformed } from "./refuse-malformed.ts";
import { requestIdHeader, requestIdOf } from "./request-id.ts";
import { honoPath, pathParameters, type Route } from "./route.ts";
import { createRoutes } from "./routes.ts";
import { logFailure, runOperation } from "./run-operation.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import type { Services } from "./services.ts";

export interface ApiEnv {
  Variables: { requestId: string };
}

export interface AppOptions {
  /** How long a request's body may take. */
  readonly body?: BodyTimes;
  readonly events?: Pick<EventTimes, "pollMilliseconds" | "heartbeatMilliseconds">;
  /** Aborted when the service stops: event streams end, so that the server can drain. */
  readonly stopping?: AbortSignal;
}

/** The HTTP API over what `services` bring. Every answer carries `x-request-id`; every error is a problem document. */
export function createApp(services: Services, options: AppOptions = {}): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const times = options.body ?? { idleSeconds: limits.requestIdleSeconds, totalSeconds: limits.uploadSeconds };
  const routes = createRoutes(services, {
    pollMilliseconds: options.events?.pollMilliseconds ?? limits.eventsPollMilliseconds,
    heartbeatMilliseconds: options.events?.heartbeatMilliseconds ?? limits.eventsHeartbeatSeconds * 1_000,
    stopping: options.stopping ?? new AbortController().signal,
  });

  app.use(async (c, next) => {
    const requestId = requestIdOf(c.req.raw);
    c.set("requestId", requestId);
    await next();
    c.res.headers.set(requestIdHeader, requestId);
    setSecurityHeaders(c.res.headers);
  });
  app.use(async (c, next) => {
    refuseMalformed(c.req.raw);
    refuseCrossOrigin(c.req.raw);
    await next();
  });
  for (const { method, path, operation } of routes) {
    app.on(method, honoPath(path), (c) =>
      runOperation(services, times, operation, {
        request: c.req.raw,
        requestId: c.get("requestId"),
        path,
        params: pathParameters(path, c.req.param()),
      }),
    );
  }
  for (const path of new Set(routes.map((route) => route.path)))
    app.all(honoPath(path), (c) => otherMethod(c, routes, path));
  app.notFound((c) => refuse(c, new RetainWiseError("not_found", "There is no such address.")));
  app.onError((error, c) => refuse(c, toRetainWiseError(error)));
  return app;

  function otherMethod(c: Context<ApiEnv>, all: readonly Route[], path: string): Response | Promise<Response> {
    const methods: string[] = all.filter((route) => route.path === path).map((route) => route.method);
    const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    return refuse(c, new RetainWiseError("method_not_allowed", `This address takes ${allow}.`), { allow });
  }

  /** A refusal before any call was found; a body that is on its way is dropped. */
  async function refuse(
    c: Context<ApiEnv>,
    error: RetainWiseError,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const startedAt = performance.now();
    const requestId = c.get("requestId");
    logFailure(services.log, error, requestId, "none");
    const body = openBody(c.req.raw, times);
    await body.linger();
    body.close();
    const response = problemResponse(error, requestId, headers);
    services.measureCall({
      ...{ operation: null, route: "none", method: c.req.method, status: response.status, code: error.code },
      ...{ seconds: (performance.now() - startedAt) / 1_000, user: null, replayed: false },
    });
    return response;
  }
}
