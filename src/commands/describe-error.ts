import type { RetainWiseError } from "../errors.ts";

/** What is wrong, where, and what to do, for a terminal; our own faults show their cause, for the report. */
export function describeError(error: RetainWiseError): string {
  const { title, remedy, fault } = error.kind;
  const lines = [`${title} (${error.code})`, `  ${error.detail}`];
  for (const issue of error.issues) if (issue.detail !== error.detail) lines.push(`  - ${issue.detail}`);
  lines.push(`  What to do: ${remedy}`);
  if (fault === "server") lines.push(indent(causes(error)));
  return `${lines.join("\n")}\n`;
}

function causes(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${causes(error.cause)}` : own;
}

const indent = (text: string) => text.replaceAll(/^/gm, "    ");
