import { cutText } from "../csv/cut-text.ts";
import type { IssueCode } from "../issue-kinds.ts";
import { limits } from "../limits.ts";

/** Something worth telling about a file, counted exactly, with a few examples. */
export interface Issue {
  readonly code: IssueCode;
  readonly severity: "info" | "warning" | "error";
  readonly column: string | null;
  readonly feature: string | null;
  readonly count: number;
  /** How many customers that are, where one may be counted several times. */
  readonly customers?: number;
  readonly message: string;
  /** What the values had to be, in words. */
  readonly rule?: string;
  readonly examples: readonly IssueExample[];
}

export interface IssueExample {
  readonly row: number;
  readonly value: string;
  /** The customer's own id as in the file, or null where it has none. */
  readonly customer_id: string | null;
}

/** What an issue is, without its count. */
export interface IssueKind {
  readonly code: IssueCode;
  readonly severity: Issue["severity"];
  readonly column: string | null;
  readonly feature: string | null;
  readonly message: string;
  readonly rule?: string;
  /** What only the whole file shows, asked for at the end. */
  readonly atEnd?: () => Pick<Issue, "message" | "customers">;
}

export interface IssueTally {
  /** A counter to keep at hand in a loop; the same kind gives the same counter. */
  counter(kind: IssueKind): (row: number, value: string) => void;
  /** Counts without an example. */
  add(kind: IssueKind, count?: number): void;
  /** Says whose row it is, for the examples to come. */
  customersAre(idOf: (row: number) => string | null): void;
  /** Takes over an issue that is counted already. */
  merge(issue: Issue): void;
  /** The gravest first, then the most frequent. */
  result(): { issues: Issue[]; truncated: boolean };
}

interface Entry {
  readonly kind: IssueKind;
  count: number;
  readonly examples: IssueExample[];
}

const rank = { error: 0, warning: 1, info: 2 } as const;

/** Counts issues in bounded memory: `limits.issuesPerFile` kinds with `limits.issueExamples` examples each. */
export function createIssueTally(): IssueTally {
  const entries = new Map<string, Entry>();
  let truncated = false;
  let customerOf: (row: number) => string | null = () => null;

  function entry(kind: IssueKind): Entry {
    const key = JSON.stringify([kind.code, kind.column, kind.feature]);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const fresh: Entry = { kind, count: 0, examples: [] };
    if (entries.size >= limits.issuesPerFile) truncated = true;
    else entries.set(key, fresh);
    return fresh;
  }

  return {
    counter(kind) {
      let own: Entry | undefined;
      return (row, value) => {
        own ??= entry(kind);
        own.count++;
        if (own.examples.length < limits.issueExamples) {
          // Where the row as a whole is at fault, its cells may be out of place.
          const id = kind.column === null ? null : customerOf(row);
          own.examples.push({ row, value: shorten(value), customer_id: id === null ? null : shorten(id) });
        }
      };
    },
    add(kind, count = 1) {
      entry(kind).count += count;
    },
    customersAre(idOf) {
      customerOf = idOf;
    },
    merge(issue) {
      const own = entry(issue);
      own.count += issue.count;
      for (const example of issue.examples) {
        if (own.examples.length < limits.issueExamples) own.examples.push({ ...example });
      }
    },
    result() {
      const issues = [...entries.values()]
        .filter((each) => each.count > 0)
        .map(({ kind, count, examples }) => ({
          code: kind.code,
          severity: kind.severity,
          column: kind.column,
          feature: kind.feature,
          count,
          message: kind.message,
          ...(kind.rule === undefined ? {} : { rule: kind.rule }),
          ...kind.atEnd?.(),
          examples: examples.map((example) => ({ ...example })),
        }))
        .sort(gravestFirst);
      return { issues, truncated };
    },
  };
}

/** The order in which issues are told, and kept where there are too many. */
export function gravestFirst(a: Issue, b: Issue): number {
  return (
    rank[a.severity] - rank[b.severity] ||
    b.count - a.count ||
    compare(a.code, b.code) ||
    compare(a.column ?? "", b.column ?? "") ||
    compare(a.feature ?? "", b.feature ?? "")
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value as shown to a person: one cell may be 128 kB. A surrogate pair is never cut in two. */
export function shorten(value: string, most = 100): string {
  if (value.length <= most) return value;
  return `${cutText(value, most)}…`;
}
