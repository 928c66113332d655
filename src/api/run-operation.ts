import { errorKinds } from "../error-kinds.ts";
import { type ErrorCode, RetainWiseError, toRetainWiseError } from "../errors.ts";
import type { Identity } from "../identity/identity.ts";
import type { RateDecision } from "../identity/rate-limit.ts";
import { type BodyTimes, openBody } from "./body.ts";
import type { Operation, Parameters } from "./operation.ts";
import { parseRequest } from "./parse-request.ts";
import { problemResponse } from "./problem.ts";
import { rateHeaders } from "./rate-headers.ts";
import type { Services } from "./services.ts";

export interface RunContext {
  readonly request: Request;
  readonly requestId: string;
  /** Path pattern. */
  readonly path: string;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** One request from its parameters to its answer; every error becomes a problem document here. */
export async function runOperation(
  { log, identify, takeRequest, measureCall }: Pick<Services, "log" | "identify" | "takeRequest" | "measureCall">,
  times: BodyTimes,
  operation: Operation,
  { request, requestId, path, params }: RunContext,
): Promise<Response> {
  const startedAt = performance.now();
  const body = openBody(request, times);
  let rate: RateDecision | null = null;
  let identity: Identity | null = null;
  const measured = (response: Response, code: ErrorCode | null): Response => {
    measureCall({
      operation: operation.id,
      route: path,
      method: request.method,
      status: response.status,
      code,
      seconds: (performance.now() - startedAt) / 1_000,
      user: identity?.user ?? null,
      replayed: response.headers.has("idempotency-replayed"),
    });
    return response;
  };
  try {
    if (operation.access !== "public") identity = await identify(request);
    const tenantId = identity?.tenantId ?? "";
    rate = tenantId === "" || takeRequest === null ? null : takeRequest(tenantId);
    if (rate?.allowed === false)
      throw new RetainWiseError("rate_limited", `An account may make ${rate.limit} requests a minute.`);
    const query = parseQuery(operation.query, new URL(request.url).searchParams);
    const response = await operation.handle({
      request,
      requestId,
      tenantId,
      params: parseParams(operation.params, params),
      query,
      body,
    });
    for (const [name, value] of Object.entries(rateHeaders(rate))) response.headers.set(name, value);
    if (request.method !== "HEAD") return measured(response, null);
    // Hono drops the body of an answer to HEAD without ending its source.
    await response.body?.cancel();
    return measured(new Response(null, response), null);
  } catch (caught) {
    const error = toRetainWiseError(caught);
    logFailure(log, error, requestId, `${request.method} ${path}`, identity);
    await body.linger();
    return measured(problemResponse(error, requestId, rateHeaders(rate)), error.code);
  } finally {
    body.close();
  }
}

/** Server faults with their cause; what the caller did wrong only by its code. */
export function logFailure(
  log: Services["log"],
  error: RetainWiseError,
  requestId: string,
  route: string,
  identity: Identity | null = null,
): void {
  const { status, fault } = errorKinds[error.code];
  const by = identity === null ? {} : { by: identity.by };
  const fields = { request_id: requestId, route, status, code: error.code, ...by };
  if (fault === "client") log("request.refused", fields);
  else log("request.failed", fields, error);
}

/** What does not fit a path parameter cannot be at this address. */
function parseParams(schema: Parameters | null, params: Readonly<Record<string, string>>): Record<string, unknown> {
  if (schema === null) return {};
  try {
    return parseRequest(schema, params, "parameter");
  } catch {
    throw new RetainWiseError(
      "not_found",
      "There is nothing at this address: a part of it is not a valid id, row or name.",
    );
  }
}

function parseQuery(schema: Parameters | null, query: URLSearchParams): Record<string, unknown> {
  if (schema === null) return {};
  const names = [...query.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const parameter = twice.slice(0, 100);
    const issues = [{ code: "invalid", detail: "is given twice", parameter }];
    throw new RetainWiseError("bad_request", `${parameter} is given twice.`, { issues });
  }
  return parseRequest(schema, Object.fromEntries(query), "parameter");
}
