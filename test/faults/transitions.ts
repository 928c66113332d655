/** What an upload may become, and under which token: judged on the audit, so that no illegal step goes unseen between two looks. */
import type { AuditEntry } from "./audit.ts";

/** Old status → new ones. A failed upload comes back only when an operator redrives it, so that is no step here. */
const legal: Readonly<Record<string, readonly string[]>> = {
  new: ["pending"],
  pending: ["pending", "processing", "failed"],
  processing: ["processing", "pending", "needs_mapping", "completed", "failed"],
  needs_mapping: ["needs_mapping", "pending"],
  completed: [],
  failed: [],
};

/** One line for each illegal step of one upload's entries, in their order. */
export function illegalSteps(entries: readonly AuditEntry[]): string[] {
  const found: string[] = [];
  const holders = new Set(entries.filter((entry) => entry.kind === "change").map((entry) => entry.tx));
  let completions = 0;
  for (const entry of entries) {
    const { old_status: before, new_status: now, old_token: oldToken, new_token: newToken } = entry;
    if (entry.kind === "rows") {
      if (!holders.has(entry.tx)) found.push(`${entry.rows} rows were written without the upload's lease`);
      continue;
    }
    if (entry.deleted === true) continue;
    if (!(legal[before ?? "new"] ?? []).includes(now ?? "")) found.push(`it went from ${before} to ${now}`);
    if (now === "completed") completions++;
    if (now === "processing" && newToken === null) found.push("it is processed without a token");
    if (now !== "processing" && newToken !== null) found.push(`it is ${now} and holds a token`);
    if (oldToken !== null && newToken !== null && oldToken !== newToken && entry.was_over !== true) {
      found.push("a living attempt was replaced");
    }
  }
  if (completions > 1) found.push(`it was completed ${completions} times`);
  return found;
}
