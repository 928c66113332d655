import type { RowError } from "../features/encoded-rows.ts";

/** Everything that is wrong with a row, as one text for one cell. */
export function rejectionText(errors: readonly RowError[]): string {
  return errors.map((error) => error.message).join(" ");
}
