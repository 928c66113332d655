import assert from "node:assert/strict";
import * as v from "valibot";
import { problemsOf } from "../../src/api/openapi.ts";
import { ProblemDocument } from "../../src/api/problem.ts";
import type { Route } from "../../src/api/route.ts";
import { errorKinds } from "../../src/error-kinds.ts";
import { schemaErrors } from "./schema-errors.ts";

/**
 * Holds an answer against the table of routes twice: by the valibot schema that it was written from, and by the generated OpenAPI document with
 * a JSON Schema validator that shares no code with valibot.
 */
export function checkAnswer(
  routes: readonly Route[],
  document: Record<string, unknown>,
  method: string,
  path: string,
  response: Response,
  text: string,
): void {
  const context = `${method} ${path} answers ${response.status}`;
  assert.match(response.headers.get("x-request-id") ?? "", /^[A-Za-z0-9._-]+$/, context);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff", context);
  assert.ok(response.headers.has("content-security-policy"), context);
  const media = (response.headers.get("content-type") ?? "").split(";", 1)[0]!;
  const route = findRoute(routes, method, path);
  if (media === "application/problem+json") checkProblem(route, response, text, context);
  if (route === undefined) return void assert.equal(media, "application/problem+json", context);
  if (method === "HEAD" || media === "text/event-stream") return;

  const call = at(document, "paths", route.path, route.method.toLowerCase(), "responses", String(response.status));
  assert.ok(call !== undefined, `${context}, which is not documented`);
  if (media === "") return;
  const schema = at(call, "content", media, "schema");
  assert.ok(schema !== undefined, `${context} as ${media}, which is not documented`);
  if (!media.endsWith("json")) return;
  const body: unknown = JSON.parse(text);
  assert.deepEqual(schemaErrors(schema, body, document), [], context);
  const own = route.operation.answers[response.status]?.schema;
  if (media === "application/json" && own !== undefined) {
    const parsed = v.safeParse(own, body);
    assert.ok(
      parsed.success,
      `${context}: ${parsed.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join("; ")}`,
    );
  }
}

function checkProblem(route: Route | undefined, response: Response, text: string, context: string): void {
  if (text === "") return;
  const problem = v.parse(ProblemDocument, JSON.parse(text));
  assert.equal(problem.status, response.status, context);
  assert.equal(problem.type, `/docs/errors#${problem.code}`);
  assert.ok(problem.code in errorKinds, `${problem.code} is not in errors.ts`);
  assert.ok(problem.instance.endsWith(`:${response.headers.get("x-request-id")}`), context);
  assert.equal(response.headers.get("retry-after") !== null, [429, 503].includes(response.status), context);
  if (route === undefined) return;
  assert.ok(
    problemsOf(route.operation).some((code) => code === problem.code),
    `${context} ${problem.code}, which is not documented`,
  );
}

export function findRoute(routes: readonly Route[], method: string, path: string): Route | undefined {
  const pathname = path.split("?", 1)[0]!;
  const wanted = method === "HEAD" ? "GET" : method;
  return routes.find((route) => route.method === wanted && patternOf(route.path).test(pathname));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function at(value: unknown, ...keys: string[]): unknown {
  let current = value;
  for (const key of keys) {
    current =
      typeof current === "object" && current !== null
        ? Object.entries(current).find(([name]) => name === key)?.[1]
        : undefined;
  }
  return current;
}
