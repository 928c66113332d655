import * as v from "valibot";
import { errorKinds } from "../error-kinds.ts";
import { type ErrorCode, RetainWiseError } from "../errors.ts";
import { answerSchema, componentSchemas, type JsonSchema, requestSchema, textSchema } from "./json-schema.ts";
import { type Answer, type Operation, operation, type Parameters, type Schema } from "./operation.ts";
import { problemDocument, problemMediaType } from "./problem.ts";
import { requestIdHeader } from "./request-id.ts";
import type { Route } from "./route.ts";
import { sendJson } from "./send-json.ts";

const OpenApiDocument = v.pipe(v.record(v.string(), v.unknown()), v.description("An OpenAPI 3.1 document."));

/** GET /openapi.json */
export function openapi(routes: () => readonly Route[]): Operation {
  let document: Record<string, unknown> | undefined;
  return operation(
    {
      access: "public",
      id: "openapi",
      group: "Service",
      summary: "This API as OpenAPI 3.1",
      description: "Generated from the schemas that parse the requests.",
      answers: { 200: { description: "The document.", schema: OpenApiDocument } },
      problems: [],
    },
    {},
    () => {
      document ??= openApiDocument(routes());
      return sendJson<typeof OpenApiDocument>(document);
    },
  );
}

export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, operation: call } of routes) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(call) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "RetainWise",
      version: "1",
      summary: "Which of your customers are about to leave, and why.",
      description:
        "Upload a CSV of customers; each gets a churn probability and the exact SHAP values that say what drives it.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map((route) => route.operation.group))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key or, where the service is set up for them, a token of the identity provider.",
        },
      },
      schemas: componentSchemas(),
      headers: {
        RequestId: {
          description: "Id of the request; in logs and problem documents. A request's own is kept.",
          schema: { type: "string" },
        },
      },
    },
  };
}

/** Every code that the call may answer, those that go without saying included. */
export function problemsOf(call: Operation): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([...call.problems, ...(call.access === "public" ? [] : closedCallProblems), "internal"]),
  ];
}

/** What any call may answer that asks who is calling: keys are in the database. */
const closedCallProblems = ["unauthenticated", "rate_limited", "identity_unavailable", "database_unavailable"] as const;

function describe(call: Operation): JsonSchema {
  const parameters = [
    ...describeParameters(call.params, "path"),
    ...describeParameters(call.query, "query"),
    ...describeHeaders(call),
  ];
  return {
    operationId: call.id,
    tags: [call.group],
    summary: call.summary,
    description: call.description,
    // A service on a laptop is open: then nothing needs to be shown.
    security: call.access === "public" ? [] : [{ bearer: [] }, {}],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(call.body === undefined ? {} : { requestBody: describeBody(call.body) }),
    responses: {
      ...mapAnswers(call.answers),
      ...describeProblems(problemsOf(call), call.answers),
      431: { description: "The address or a header is longer than the server takes; answered without a body." },
    },
  };
}

function describeParameters(parameters: Parameters | null, place: "path" | "query"): JsonSchema[] {
  return Object.entries(parameters?.entries ?? {}).map(([name, entry]) => {
    const { description, ...schema } = textSchema(entry);
    const required = place === "path" || !isOptional(entry);
    const content = schema.type === "object" ? { content: { "application/json": { schema } } } : { schema };
    return { name, in: place, required, ...(description === undefined ? {} : { description }), ...content };
  });
}

/** Optional as such, or the first step of a pipeline. */
function isOptional(entry: Schema): boolean {
  return entry.type === "exact_optional";
}

function describeHeaders(call: Operation): JsonSchema[] {
  const headers = {
    [requestIdHeader]: "Your id for this request: letters, digits, dot, dash, underscore.",
    ...call.headers,
  };
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
}

function describeBody(body: NonNullable<Operation["body"]>): JsonSchema {
  const content = body.map(({ media, schema, example }) => [
    media,
    {
      ...(schema === null
        ? { schema: { type: "string" } }
        : { schema: media === "multipart/form-data" ? textSchema(schema) : requestSchema(schema) }),
      ...(example === undefined ? {} : { example }),
    },
  ]);
  return { required: true, content: Object.fromEntries(content) };
}

function mapAnswers(answers: Operation["answers"]): JsonSchema {
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]));
}

function describeAnswer({ description, media, schema, example, headers = {} }: Answer): JsonSchema {
  const named = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: "string" } },
  ]);
  const type = media ?? (schema === undefined ? undefined : "application/json");
  const body = {
    schema: schema === undefined ? { type: "string" } : answerSchema(schema),
    ...(example === undefined ? {} : { example }),
  };
  return {
    description,
    headers: { [requestIdHeader]: { $ref: "#/components/headers/RequestId" }, ...Object.fromEntries(named) },
    ...(type === undefined ? {} : { content: { [type]: body } }),
  };
}

/** One answer for each status, with an example for each of its codes. */
function describeProblems(codes: readonly ErrorCode[], answers: Operation["answers"]): JsonSchema {
  const statuses = [...new Set(codes.map((code) => errorKinds[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const own = codes.filter((code) => errorKinds[code].status === status);
      const examples = own.map((code) => [code, { summary: errorKinds[code].title, value: exampleProblem(code) }]);
      const content = {
        [problemMediaType]: {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: Object.fromEntries(examples),
        },
      };
      const answer = describeAnswer({
        description: own.map((code) => `\`${code}\`: ${errorKinds[code].title}.`).join(" "),
        ...(status === 503 ? { headers: { "retry-after": "Seconds after which to try again." } } : {}),
      });
      const documented = answers[status] === undefined ? {} : describeAnswer(answers[status]);
      return [status, { ...documented, ...answer, content: { ...Object(documented.content), ...content } }];
    }),
  );
}

function exampleProblem(code: ErrorCode): unknown {
  const error = new RetainWiseError(code, `${errorKinds[code].title}.`);
  return problemDocument(error, "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e10");
}
