import * as v from "valibot";
import { type Problem, RetainWiseError } from "../errors.ts";

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/** Most problems named in one answer: enough to mend a request, few enough to read. */
const mostIssues = 100;

/**
 * The value in the shape of `schema`. Throws `bad_request` with every problem: `place` says whether its path is a JSON pointer into the body or
 * the name of a parameter.
 */
export function parseRequest<const S extends Schema>(
  schema: S,
  value: unknown,
  place: "pointer" | "parameter",
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issues = parsed.issues.slice(0, mostIssues).map((issue) => problemOf(issue, place));
  const more = parsed.issues.length > 1 ? ` (and ${parsed.issues.length - 1} more; see issues)` : "";
  const first = issues[0]!;
  const where = place === "pointer" ? (first.pointer === "" ? "The body" : first.pointer) : first.parameter;
  throw new RetainWiseError("bad_request", `${where} ${first.detail}${more}.`, { issues });
}

function problemOf(issue: v.BaseIssue<unknown>, place: "pointer" | "parameter"): Problem {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const detail = messageOf(issue);
  // Codes are valibot's own names: strict_object, min_value, picklist …
  if (place === "pointer")
    return { code: issue.type, detail, pointer: keys.map((key) => `/${pointerPart(key)}`).join("") };
  return { code: issue.type, detail, parameter: (keys[0] ?? "").slice(0, 100) };
}

/** In words, without the received value: it may be a customer's. */
function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "schema" && issue.type === "strict_object" && issue.expected === "never")
    return "is not known here";
  if (issue.received === "undefined") return "is missing";
  // Messages of our own start in lower case and are read after the name.
  if (/^[a-z]/.test(issue.message)) return issue.message;
  return issue.expected === null ? "is not valid" : `must be ${expectation(issue.expected)}`;
}

function expectation(expected: string): string {
  if (expected.startsWith(">=")) return `at least ${expected.slice(2)}`;
  if (expected.startsWith("<=")) return `at most ${expected.slice(2)}`;
  return expected;
}

function pointerPart(key: string): string {
  return key.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1");
}
