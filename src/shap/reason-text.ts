import type { Reason } from "./reasons.ts";

export interface ReasonWords {
  /** Feature and value, as they should be read: "month-to-month contract", "tenure 3 months". */
  readonly subject: string;
  /** How that is beside others: "like 55 % of all customers"; null where nothing is known. */
  readonly comparison: string | null;
  readonly direction: Reason["direction"] | null;
  /** What the model predicts, as something that can be high or low: "risk of leaving". */
  readonly outcome: string;
  /** Whether somebody can do something about it. */
  readonly actionable: boolean;
}

/**
 * A reason as one sentence. A SHAP value says how the model's score and a value go together; what would happen if the value were another is
 * not known, and no word here says so.
 */
export function reasonText({ subject, comparison, direction, outcome, actionable }: ReasonWords): string {
  const beside = comparison === null ? "" : ` (${comparison})`;
  const use = actionable ? "" : "; good to know, not to act on";
  return `${capital(subject)}${beside}: ${directionText(direction, outcome)}${use}.`;
}

/** "goes with a higher risk of leaving" */
export function directionText(direction: Reason["direction"] | null, outcome: string): string {
  if (direction === null) return `goes with neither a higher nor a lower ${outcome}`;
  return `goes with a ${direction === "raises" ? "higher" : "lower"} ${outcome}`;
}

/** The first letter, which may be two code units, in capitals. */
function capital(text: string): string {
  const [first = ""] = text;
  return first.toLocaleUpperCase("en") + text.slice(first.length);
}
