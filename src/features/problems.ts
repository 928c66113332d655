import { type IssueCode, type IssueKindText, issueKinds } from "../issue-kinds.ts";
import type { RejectedRow, RowError } from "./encoded-rows.ts";
import type { Issue } from "./issue.ts";

/** What was not scored: each customer once, however many reasons there are. */
export interface NotScored {
  readonly customers: number;
  /** In the unit of the charge column; null where it is known of none of them. */
  readonly monthly_revenue: number | null;
  readonly revenue_known_for: number;
}

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

export interface ProblemTally {
  add(rejected: readonly RejectedRow[]): void;
  result(): RejectionPrices;
}

/** By cause, and of all rows that were set aside. */
export interface RejectionPrices {
  readonly causes: ReadonlyMap<string, { readonly price: NotScored; readonly issue: Issue }>;
  readonly total: NotScored;
}

/** What a question that nobody has answered keeps from being scored. */
export interface OpenQuestions {
  /** All customers of the file. */
  readonly customers: number;
  readonly features: readonly string[];
}

interface Sum {
  /** One of the errors with this cause. */
  readonly error: RowError | null;
  customers: number;
  revenue: number;
  known: number;
}

/** Counts and prices the rows that are set aside, by root cause, in memory that depends on codes and columns only. */
export function createProblemTally(): ProblemTally {
  const sums = new Map<string, Sum>();
  const empty = (error: RowError | null): Sum => ({ error, customers: 0, revenue: 0, known: 0 });
  const total = empty(null);
  const count = (sum: Sum, charge: number | null) => {
    sum.customers++;
    if (charge === null) return;
    sum.revenue += charge;
    sum.known++;
  };
  return {
    add(rejected) {
      for (const { errors, monthlyCharge } of rejected) {
        count(total, monthlyCharge);
        for (const [key, error] of new Map(errors.map((each) => [causeKey(each), each]))) {
          const sum = sums.get(key) ?? empty(error);
          sums.set(key, sum);
          count(sum, monthlyCharge);
        }
      }
    },
    result: () => ({
      causes: new Map(
        [...sums].map(([key, sum]) => [key, { price: priceOf(sum), issue: issueOf(sum.error!, sum.customers) }]),
      ),
      total: priceOf(total),
    }),
  };
}

export const nothingRejected: RejectionPrices = {
  causes: new Map(),
  total: { customers: 0, monthly_revenue: 0, revenue_known_for: 0 },
};

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
function isAsked({ code, feature }: Issue, { features }: OpenQuestions): boolean {
  return feature !== null && features.includes(feature) && kindOf(code).of === "column" && code !== "duplicate_columns";
}

function concerned(issues: readonly Issue[], rows: number): number {
  return issues.some(({ code }) => kindOf(code).of !== "row")
    ? rows
    : Math.max(...issues.map((issue) => issue.customers ?? issue.count));
}

function issueOf({ code, column, feature, message, rule }: RowError, count: number): Issue {
  return { code, severity: "error", column, feature, count, message, rule, examples: [] };
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

/** One cause where it can be mended at once, whatever the column; otherwise one in each column. */
export function causeKey({ code, column, feature }: Pick<Issue, "code" | "column" | "feature">): string {
  return kindOf(code).cause ?? JSON.stringify([code, column ?? feature]);
}

/** The code whose text stands for the root cause. */
function causeOf(code: IssueCode): IssueCode {
  return kindOf(code).cause ?? code;
}

function kindOf(code: IssueCode): IssueKindText {
  return issueKinds[code];
}

function priceOf({ customers, revenue, known }: Sum): NotScored {
  const isKnown = known > 0 || customers === 0;
  // The model's numbers have seven digits: what lies behind the cent is theirs and not the file's.
  return { customers, monthly_revenue: isKnown ? Math.round(revenue * 100) / 100 : null, revenue_known_for: known };
}
