import type { ErrorCode, RetainWiseError } from "../errors.ts";

/** Errors that the option --map answers. */
const answeredByMap: readonly ErrorCode[] = ["required_columns_missing", "duplicate_columns", "mapping_invalid"];

/** What is wrong, where, and what to do, for a terminal; what we did not foresee shows its stack, for the report. */
export function describeError(error: RetainWiseError): string {
  const { title, remedy } = error.kind;
  const lines = [`${title} (${error.code})`, `  ${error.detail}`];
  for (const issue of error.issues) if (issue.detail !== error.detail) lines.push(`  - ${issue.detail}`);
  lines.push(`  What to do: ${remedy}`);
  if (answeredByMap.includes(error.code))
    lines.push(
      "  On the command line: --map FEATURE=COLUMN says which column holds a feature, --unit FEATURE=UNIT in what unit, --as-of yyyy-mm-dd up to which day.",
    );
  if (error.code === "internal") lines.push(causes(error).replaceAll(/^/gm, "    "));
  return `${lines.join("\n")}\n`;
}

function causes(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${causes(error.cause)}` : own;
}
