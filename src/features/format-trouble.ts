import type { NumberFormat } from "./number-format.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";

/** Why the numbers of a column cannot be read without asking, or null. */
export interface FormatTrouble {
  readonly code: "decimal_ambiguous" | "decimal_conflict" | "mixed_currencies";
  readonly severity: "warning" | "error";
  /** For a person. */
  readonly reason: string;
}

export function formatTrouble(
  format: NumberFormat,
  profile: ColumnProfile,
  header: PreparedHeader,
): FormatTrouble | null {
  const examples = exampleNumbers(profile);
  if (format.currencies.length > 1) {
    const reason = `its amounts are in several currencies (${format.currencies.join(", ")}), which one number cannot hold`;
    return { code: "mixed_currencies", severity: "error", reason };
  }
  const named = currencyNamed(header);
  const signed = format.currencies[0];
  if (named !== null && signed !== undefined && !mayBeSame(named, signed)) {
    const reason = `its name says ${named}, and its amounts are in ${signed}`;
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

/** Codes that are no words of a header in any tongue. */
const codes = new Set("usd eur gbp chf cad aud nzd hkd sgd brl inr pln sek nok dkk jpy".split(" "));

/** The currency that the name itself gives: `Amount USD`, `MRR (EUR)`. */
function currencyNamed({ words, units }: PreparedHeader): string | null {
  return [...words, ...units].find((word) => codes.has(word))?.toUpperCase() ?? null;
}

/** `$` and `kr` are written for several currencies. */
const shared: Readonly<Record<string, string>> = {
  USD: "USD CAD AUD NZD HKD SGD",
  KR: "SEK NOK DKK",
};

function mayBeSame(named: string, signed: string): boolean {
  return named === signed || (shared[signed]?.split(" ").includes(named) ?? false);
}

function exampleNumbers(profile: ColumnProfile): string {
  const marked = profile.distinct?.find(({ text }) => text.includes(",") || text.includes("."))?.text;
  return marked ?? profile.examples[0]?.value ?? "1,000";
}
