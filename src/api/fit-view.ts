import { limits } from "../limits.ts";
import type { UploadView } from "./upload-view.ts";

/** A longer name is given by its position where the answer would be too large. */
const nameCharacters = 200;
/** Shares of the answer: issues are sorted by gravity and problems by price, so that what matters most stays. */
const issueShare = 0.35;
const problemShare = 0.1;

/**
 * An upload as it is where it fits in `limits.uploadViewBytes`. Where it does not (names of 10,000 characters, hundreds of columns with issues of
 * their own), long names outside of `columns` are given as positions, which a mapping takes as well, and the ends of lists are left out: the flags
 * say so.
 */
export function fitView(view: UploadView): UploadView {
  const text = JSON.stringify(view);
  // No UTF-16 unit of JSON takes more than three bytes.
  if (text.length * 3 <= limits.uploadViewBytes || bytesOf(text) <= limits.uploadViewBytes) return view;
  const short = (name: string) => (name.length > nameCharacters ? `#${1 + view.columns.indexOf(name)}` : name);
  const issues = firstOf(
    view.issues.map((issue) => ({ ...issue, column: issue.column === null ? null : short(issue.column) })),
    issueShare * limits.uploadViewBytes,
  );
  const problems = firstOf(
    view.problems.map((problem) => ({
      ...problem,
      columns: problem.columns.map(short),
      issues: problem.issues.filter((place) => place < issues.length),
    })),
    problemShare * limits.uploadViewBytes,
  );
  const fitted = {
    ...view,
    mapping: view.mapping.map((entry) => ({ ...entry, column: short(entry.column) })),
    questions: view.questions.map((question) => ({ ...question, columns: question.columns.map(short) })),
    issues,
    issues_truncated: view.issues_truncated || issues.length < view.issues.length,
    problems,
    problems_truncated: view.problems_truncated || problems.length < view.problems.length,
  };
  const rest = limits.uploadViewBytes - bytesOf(JSON.stringify({ ...fitted, columns: [], unmapped_columns: [] }));
  const columns = firstOf(view.columns, rest / 2);
  const unmapped = firstOf(view.unmapped_columns, rest / 2);
  const isWhole = columns.length === view.columns.length && unmapped.length === view.unmapped_columns.length;
  return { ...fitted, columns, unmapped_columns: unmapped, columns_truncated: !isWhole };
}

/** As many from the front as fit. */
function firstOf<T>(items: readonly T[], bytes: number): readonly T[] {
  let left = bytes;
  for (const [i, item] of items.entries()) {
    // Each has a comma before it, or the bracket.
    left -= 1 + bytesOf(JSON.stringify(item));
    if (left < 0) return items.slice(0, i);
  }
  return items;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
