import { type IssueCode, type IssueKindText, issueKinds } from "../issue-kinds.ts";
import type { Issue } from "./issue.ts";

/** What has the same key has the same root cause: one for all columns where it can be mended at once, otherwise one in each. */
export function causeKey({ code, column, feature }: Pick<Issue, "code" | "column" | "feature">): string {
  return kindOf(code).cause ?? JSON.stringify([code, column ?? feature]);
}

/** The code whose text stands for the root cause. */
export function causeOf(code: IssueCode): IssueCode {
  return kindOf(code).cause ?? code;
}

/** Whether a count is of rows, and not of columns or of the whole file. */
export function countsRows(code: IssueCode): boolean {
  return kindOf(code).of === "row";
}

function kindOf(code: IssueCode): IssueKindText {
  return issueKinds[code];
}
