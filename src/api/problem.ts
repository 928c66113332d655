import * as v from "valibot";
import { errorKinds } from "../error-kinds.ts";
import type { ErrorCode, RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export const problemMediaType = "application/problem+json";

export const ProblemIssue = v.strictObject({
  code: v.pipe(v.string(), v.description("What is wrong, as a stable word.")),
  detail: v.pipe(v.string(), v.description("What is wrong, for a person.")),
  row: v.exactOptional(v.pipe(v.number(), v.description("Row of the file, from 1."))),
  column: v.exactOptional(v.pipe(v.string(), v.description("Column of the file."))),
  pointer: v.exactOptional(v.pipe(v.string(), v.description("JSON pointer (RFC 6901) into the request's body."))),
  parameter: v.exactOptional(v.pipe(v.string(), v.description("Query parameter, form field or header."))),
});

/** RFC 9457. */
export const ProblemDocument = v.strictObject({
  type: v.pipe(v.string(), v.description("Address of the page that explains the code.")),
  title: v.pipe(v.string(), v.description("What it is, for a person.")),
  status: v.pipe(v.number(), v.integer(), v.description("The HTTP status.")),
  detail: v.pipe(v.string(), v.description("What is wrong this time, and where.")),
  code: v.pipe(v.string(), v.description("Stable word for programs; /docs/errors lists them all.")),
  instance: v.pipe(v.string(), v.description("This occurrence: name it to the operator. Ends in the x-request-id.")),
  remedy: v.pipe(v.string(), v.description("What to do next, for a person.")),
  issues: v.exactOptional(
    v.pipe(v.array(ProblemIssue), v.description("Each thing that is wrong, where there are several places.")),
  ),
});
export type ProblemDocument = v.InferOutput<typeof ProblemDocument>;

/** The error as an answer to a request. Nothing of its cause is in it. */
export function problemResponse(
  error: RetainWiseError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const document = problemDocument(error, requestId);
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: {
      "content-type": problemMediaType,
      ...(document.status === 503 || document.status === 429
        ? { "retry-after": String(limits.retryAfterSeconds) }
        : {}),
      ...(document.status === 401 ? { "www-authenticate": 'Bearer realm="RetainWise"' } : {}),
      ...headers,
    },
  });
}

export function problemDocument(error: RetainWiseError, requestId: string): ProblemDocument {
  const kind = errorKinds[error.code];
  return {
    type: problemType(error.code),
    title: kind.title,
    status: kind.status,
    // An unknown error's own words may hold anything.
    detail: error.code === "internal" ? "An unexpected error occurred." : error.detail,
    code: error.code,
    instance: `urn:retainwise:request:${requestId}`,
    remedy: kind.remedy,
    ...(error.issues.length > 0 ? { issues: error.issues.map(({ ...issue }) => issue) } : {}),
  };
}

export function problemType(code: ErrorCode): string {
  return `/docs/errors#${code}`;
}
