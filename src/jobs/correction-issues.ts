/** What both uploads of a correction tell of it. */

import type { Issue } from "../features/issue.ts";
import type { IssueCode } from "../issue-kinds.ts";
import { limits } from "../limits.ts";
import type { StoredPrediction, UploadReport } from "../store/upload.ts";

/** Of the correcting upload. */
export function correctionIssues(
  firstId: string,
  merged: number,
  stillWrong: number,
  unmatched: readonly StoredPrediction[],
): Issue[] {
  const examples = unmatched.slice(0, limits.issueExamples).map(({ row, customerId }) => {
    const id = customerId === null ? null : [...customerId].slice(0, 100).join("");
    return { row, value: id ?? "", customer_id: id };
  });
  return [
    issue("correction_merged", "info", merged, `Rows that were merged into upload ${firstId}.`),
    issue(
      "correction_still_wrong",
      "warning",
      stillWrong,
      `Rows that are still wrong and stay set aside. Correct them in rejected.csv of upload ${firstId} and upload that in the same way.`,
    ),
    issue(
      "correction_unmatched",
      "warning",
      unmatched.length,
      `Rows that no row set aside of upload ${firstId} belongs to, by customer id or row: unknown there, or scored already. They are scored in this upload only.`,
      examples,
    ),
  ].filter(({ count }) => count > 0);
}

/** Of the first. */
export function correctedIssue(rows: number): Issue {
  const message =
    "Rows that were set aside and are scored since they were corrected. What else is said of the file counts them as they came.";
  return issue("rows_corrected", "info", rows, message);
}

/** The report with these issues in the place of those of the same code. */
export function tell(report: UploadReport, issues: readonly Issue[]): UploadReport {
  const others = report.issues.filter(({ code }) => !issues.some((each) => each.code === code));
  return { ...report, issues: [...others, ...issues] };
}

function issue(
  code: IssueCode,
  severity: Issue["severity"],
  count: number,
  message: string,
  examples: Issue["examples"] = [],
): Issue {
  return { code, severity, column: null, feature: null, count, message, examples };
}
