import type { ErrorCode } from "../errors.ts";

/** What may be said of a file when its head is looked at. */
export const headProblems = [
  "not_csv",
  "empty_file",
  "no_header",
  "no_data_rows",
  "csv_encoding",
  "csv_malformed",
  "csv_truncated",
  "too_many_columns",
  "cell_too_long",
  "duplicate_columns",
  "card_numbers",
] as const satisfies readonly ErrorCode[];
