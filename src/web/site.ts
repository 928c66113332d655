import { Hono } from "hono";
import { type ProblemDocument, problemDocument } from "../api/problem.ts";
import { refuseMalformed } from "../api/refuse-malformed.ts";
import { requestIdHeader, requestIdOf } from "../api/request-id.ts";
import { setSecurityHeaders } from "../api/security-headers.ts";
import { RetainWiseError, toRetainWiseError } from "../errors.ts";
import type { Log } from "../telemetry/logger.ts";
import type { Assets } from "./assets.ts";
import { renderPage } from "./layout.ts";
import type { Answer, Visit } from "./page.ts";
import { problemPage } from "./pages/problem.ts";
import { pages } from "./pages.ts";
import { createRest, RestProblem } from "./rest.ts";
import { createSignIn, type Sessions } from "./sign-in.ts";

export interface SiteDeps {
  /** The API, which answers whatever is no page. */
  readonly api: (request: Request) => Promise<Response> | Response;
  readonly assets: Assets;
  /** Null where nobody has to sign in. */
  readonly sessions: Sessions | null;
  readonly log: Log;
}

/** Nothing but files of our own: no inline script or style, no other host, no frame. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
} as const;

/** The pages for people, in front of the API that they call: everything that is no page goes on to it unread. */
export function createSite({ api, assets, sessions, log }: SiteDeps): {
  fetch: (request: Request) => Promise<Response> | Response;
} {
  const open = sessions === null;
  const site = new Hono();

  for (const [path, show] of Object.entries(pages)) {
    site.get(path, (c) =>
      answer(c.req.raw, async (visit) => {
        await sessions?.identify(c.req.raw);
        return show({ ...visit, params: c.req.param() });
      }),
    );
  }
  site.get("/assets/:name", (c) => {
    const found = assets.answer(c.req.param("name"), c.req.raw);
    if (found === null) return api(c.req.raw);
    found.headers.set("content-security-policy", "default-src 'none'");
    found.headers.set("x-content-type-options", "nosniff");
    return found;
  });
  if (sessions !== null) {
    const signIn = createSignIn({ sessions });
    site.get("/sign-in", (c) => answer(c.req.raw, signIn.show));
    site.post("/sign-in", (c) => answer(c.req.raw, () => signIn.enter(c.req.raw)));
    site.post("/sign-out", (c) => answer(c.req.raw, () => signIn.leave(c.req.raw)));
  }
  site.notFound(async (c) => {
    const { pathname } = new URL(c.req.url);
    const asksForPage = c.req.method === "GET" && (c.req.header("accept") ?? "").includes("text/html");
    const isCall = /^\/(v1|docs|assets)(\/|$)|^\/(livez|readyz|openapi\.json)$/.test(pathname);
    if (isCall || !asksForPage) return api(c.req.raw);
    return answer(c.req.raw, () => {
      throw new RetainWiseError("not_found", "There is no such page.");
    });
  });
  return { fetch: (request) => (isMalformed(request) ? api(request) : site.fetch(request)) };

  async function answer(
    request: Request,
    show: (visit: Visit) => Promise<Answer | Response> | Answer | Response,
  ): Promise<Response> {
    const requestId = requestIdOf(request);
    let response: Response;
    try {
      const visit = { rest: createRest(api, request), params: {}, query: new URL(request.url).searchParams, open };
      const shown = await show(visit);
      response = shown instanceof Response ? shown : await respond(shown);
    } catch (caught) {
      response = await respond(refusal(caught, request, requestId));
    }
    response.headers.set(requestIdHeader, requestId);
    setSecurityHeaders(response.headers);
    return response;
  }

  function refusal(caught: unknown, request: Request, requestId: string): Answer {
    const { pathname, search } = new URL(request.url);
    const problem = caught instanceof RestProblem ? caught.problem : ownProblem(caught, requestId);
    return problem.code === "unauthenticated" && !open
      ? { location: `/sign-in?${new URLSearchParams({ next: pathname + search })}` }
      : problemPage(problem);
  }

  function ownProblem(caught: unknown, requestId: string): ProblemDocument {
    const error = toRetainWiseError(caught);
    if (error.code === "internal") log("page.failed", { request_id: requestId, code: error.code }, error);
    return problemDocument(error, requestId);
  }

  async function respond(shown: Answer): Promise<Response> {
    if ("location" in shown) return new Response(null, { status: 303, headers: { location: shown.location } });
    const text = await renderPage(shown, { open });
    return new Response(text, { status: shown.status ?? 200, headers: pageHeaders });
  }
}

/** What has no address of its own finds no page; the API refuses it in its words. */
function isMalformed(request: Request): boolean {
  try {
    refuseMalformed(request);
    return false;
  } catch {
    return true;
  }
}
