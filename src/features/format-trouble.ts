import type { NumberFormat } from "./number-format.ts";
import type { ColumnProfile } from "./profile.ts";

/** Why the numbers of a column cannot be read without asking, or null. */
export interface FormatTrouble {
  readonly code: "decimal_ambiguous" | "decimal_conflict" | "mixed_currencies";
  readonly severity: "warning" | "error";
  /** For a person. */
  readonly reason: string;
}

export function formatTrouble(format: NumberFormat, profile: ColumnProfile): FormatTrouble | null {
  const examples = exampleNumbers(profile);
  if (format.currencies.length > 1) {
    const reason = `its amounts are in several currencies (${format.currencies.join(", ")}), which one number cannot hold`;
    return { code: "mixed_currencies", severity: "error", reason };
  }
  if (format.basis === "ambiguous") {
    const reason = `a value such as ${examples} may mean thousands or a fraction; say with decimal which mark parts the fraction`;
    return { code: "decimal_ambiguous", severity: "warning", reason };
  }
  if (format.basis === "conflict") {
    const reason = "some of its values have a decimal comma and others a decimal dot; say with decimal which one it is";
    return { code: "decimal_conflict", severity: "warning", reason };
  }
  return null;
}

function exampleNumbers(profile: ColumnProfile): string {
  const marked = profile.distinct?.find(({ text }) => text.includes(",") || text.includes("."))?.text;
  return marked ?? profile.examples[0]?.value ?? "1,000";
}
