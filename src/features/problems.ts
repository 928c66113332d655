import type { IssueCode } from "../issue-kinds.ts";
import type { Issue } from "./issue.ts";
import { type NotScored, nothingRejected, type RejectionPrices } from "./problem-tally.ts";
import { causeKey, causeOf, countsRows } from "./root-cause.ts";

/** Issues with one root cause, and what that costs. Title and next step are those of the code `cause`. */
export interface Problem {
  readonly cause: IssueCode;
  readonly severity: Issue["severity"];
  readonly codes: readonly IssueCode[];
  readonly columns: readonly string[];
  readonly features: readonly string[];
  /** How many customers it concerns. */
  readonly customers: number;
  readonly not_scored: NotScored;
}

/** What a question that nobody has answered keeps from being scored. */
export interface OpenQuestions {
  /** All customers of the file. */
  readonly customers: number;
  readonly features: readonly string[];
}

/**
 * Groups what is more than a piece of information by its root cause; the most customers not scored come first, then the most revenue.
 * @param rows customers of the file
 */
export function groupProblems(
  issues: readonly Issue[],
  { causes }: RejectionPrices,
  rows: number,
  open: OpenQuestions | null,
): Problem[] {
  const blocked: NotScored | null = open === null ? null : notScoredAtAll(open);
  const groups = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (issue.severity === "info") continue;
    const key = causeKey(issue);
    groups.set(key, [...(groups.get(key) ?? []), issue]);
  }
  // There may be more kinds of issues than are kept.
  for (const [key, { issue }] of causes) if (!groups.has(key)) groups.set(key, [issue]);
  const problems = [...groups].map(([key, group]): Problem => {
    const blocks = blocked !== null && group.some((issue) => isAsked(issue, open!));
    const price = (blocks ? blocked : causes.get(key)?.price) ?? nothingRejected.total;
    return {
      cause: causeOf(group[0]!.code),
      severity: blocks || group.some(({ severity }) => severity === "error") ? "error" : "warning",
      codes: [...new Set(group.map(({ code }) => code))],
      columns: [...new Set(group.flatMap(({ column }) => column ?? []))],
      features: [...new Set(group.flatMap(({ feature }) => feature ?? []))],
      customers: Math.max(price.customers, concerned(group, rows)),
      not_scored: price,
    };
  });
  const unexplained =
    open?.features.filter((feature) => !issues.some((issue) => issue.feature === feature && isAsked(issue, open))) ??
    [];
  if (blocked !== null && unexplained.length > 0)
    problems.push({
      cause: "questions_open",
      severity: "error",
      codes: [],
      columns: [],
      features: unexplained,
      customers: blocked.customers,
      not_scored: blocked,
    });
  return problems.sort(dearestFirst);
}

/** What is not scored in all: nobody, while a question is open. */
export function notScored({ total }: RejectionPrices, open: OpenQuestions | null): NotScored {
  return open === null ? total : notScoredAtAll(open);
}

function notScoredAtAll({ customers }: OpenQuestions): NotScored {
  return { customers, monthly_revenue: null, revenue_known_for: 0 };
}

/** Whether the issue is why a feature is asked about. */
function isAsked({ feature, severity }: Issue, { features }: OpenQuestions): boolean {
  return feature !== null && features.includes(feature) && severity !== "info";
}

function concerned(issues: readonly Issue[], rows: number): number {
  return issues.some(({ code }) => !countsRows(code))
    ? rows
    : Math.max(...issues.map((issue) => issue.customers ?? issue.count));
}

function dearestFirst(a: Problem, b: Problem): number {
  const [one, other] = [a.not_scored, b.not_scored];
  return (
    other.customers - one.customers ||
    (other.monthly_revenue ?? 0) - (one.monthly_revenue ?? 0) ||
    Number(b.severity === "error") - Number(a.severity === "error") ||
    b.customers - a.customers
  );
}
