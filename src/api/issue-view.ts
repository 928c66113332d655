import * as v from "valibot";
import type { Issue } from "../features/issue.ts";
import type { Problem } from "../features/problems.ts";
import { issueKind } from "../issue-kinds.ts";
import type { ReadonlyDeep } from "./send-json.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Severity = v.picklist(["info", "warning", "error"]);
const Title = v.pipe(v.string(), v.description("What the code means; /docs/errors has the same words."));
const Remedy = v.pipe(v.string(), v.description("What to do next."));

export const FileIssue = v.strictObject({
  code: v.string(),
  severity: Severity,
  title: Title,
  column: v.nullable(v.string()),
  feature: v.nullable(v.string()),
  count: v.pipe(Count, v.description("How often, exactly.")),
  message: v.string(),
  rule: v.pipe(v.nullable(v.string()), v.description("What the values had to be, in words.")),
  remedy: Remedy,
  examples: v.array(v.strictObject({ row: Count, value: v.string(), customer_id: v.nullable(v.string()) })),
});

/** Of a problem: what was not scored because of it, and a customer with two causes is in both. Of an upload: each customer once. */
export const NotScored = v.strictObject({
  customers: v.pipe(
    Count,
    v.description(
      "Of a problem: a customer who was set aside for two causes is in both. Of an upload: each customer once.",
    ),
  ),
  monthly_revenue: v.pipe(
    v.nullable(v.number()),
    v.description("Of the customers whose monthly charge can be read; null where it can be read for none."),
  ),
  revenue_known_for: v.pipe(Count, v.description("Customers that monthly_revenue is the sum of.")),
});

export const FileProblem = v.strictObject({
  cause: v.pipe(v.string(), v.description("The code that stands for all of its issues.")),
  severity: Severity,
  title: Title,
  remedy: Remedy,
  codes: v.array(v.string()),
  columns: v.array(v.string()),
  customers: v.pipe(Count, v.description("Customers that it concerns: all of them where it is a whole column.")),
  not_scored: NotScored,
  issues: v.pipe(v.array(Count), v.description("Its issues, by their place in the list from 0.")),
});

/** An issue in the words of its code; one that an older version stored may lack the rule and the customers' ids. */
export function viewIssue(issue: Issue): ReadonlyDeep<v.InferOutput<typeof FileIssue>> {
  const { code, severity, column, feature, count, message } = issue;
  return {
    code,
    severity,
    ...wordsOf(code),
    column,
    feature,
    count,
    message,
    rule: issue.rule ?? null,
    examples: issue.examples.map(({ row, value, customer_id: id }) => ({ row, value, customer_id: id ?? null })),
  };
}

/** @param all the issues of the upload, in the order in which they are shown */
export function viewProblem(problem: Problem, all: readonly Issue[]): ReadonlyDeep<v.InferOutput<typeof FileProblem>> {
  const { cause, severity, codes, columns, features, customers, not_scored } = problem;
  const isOwn = ({ code, column, feature }: Issue) =>
    codes.includes(code) &&
    (column === null ? columns.length === 0 : columns.includes(column)) &&
    (feature === null || features.includes(feature));
  const issues = all.flatMap((issue, place) => (isOwn(issue) ? [place] : []));
  return { cause, severity, ...wordsOf(cause), codes, columns, customers, not_scored, issues };
}

function wordsOf(code: string): { title: string; remedy: string } {
  const { title, remedy } = issueKind(code) ?? { title: code, remedy: "The message says what is known of it." };
  return { title, remedy };
}
