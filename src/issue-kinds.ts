/**
 * Every code of what is told about a customer's file, in the words of REST, command line and /docs/errors. What is wrong in this one file, and where,
 * is the issue's own message.
 */
export interface IssueKindText {
  /** What it is, for a person. */
  readonly title: string;
  /** What to do next, for a person. */
  readonly remedy: string;
  /** What it is counted in: rows that it was seen in, or once for a column or the file, of which every customer is concerned. */
  readonly of: "row" | "column" | "file";
  /** Of issues that are mended for all columns at once: the code under which they are one problem. */
  readonly cause?: "wrong_decimal_mark";
}

const row = (title: string, remedy: string) => ({ title, remedy, of: "row" }) as const;
const column = (title: string, remedy: string) => ({ title, remedy, of: "column" }) as const;
const file = (title: string, remedy: string) => ({ title, remedy, of: "file" }) as const;
const correct = "Correct the values in your system or in rejected.csv, and upload the corrected rows again.";

export const issueKinds = {
  // Rows as a whole.
  row_width: row(
    "Rows have too many or too few cells",
    "Look for a comma or a line break that no quotation marks enclose; export again with text in quotation marks.",
  ),
  cells_shifted: row(
    "The cells of some rows stand one column too far",
    "Look in these rows for a comma that no quotation marks enclose, or for a cell that was left out; export again with text in quotation marks.",
  ),
  last_row_cut: row(
    "The file may have been cut off",
    "Compare its last row with the last customer of your system; export again if customers are missing.",
  ),
  empty_row: row("Rows without any value", "Nothing: they are left out."),
  footer_row: row("Totals and notices below the customers", "Nothing: they are left out."),
  guidance_row: row("The template's line of guidance", "Nothing: it is left out."),
  preamble_skipped: row(
    "Lines above the column names",
    "Nothing, if the row named is the one with the column names; otherwise say which it is with header_row.",
  ),
  // Values.
  required_value_missing: row("A value that the model needs is missing", correct),
  not_a_number: row("Values that are not numbers", correct),
  wrong_decimal_mark: {
    ...row(
      "Numbers with another decimal mark",
      "Write all numbers with the same decimal mark, or say with decimal which one the file has, and upload it again.",
    ),
    cause: "wrong_decimal_mark",
  },
  not_a_date: row(
    "Values that are no days of the calendar",
    "Write the dates as yyyy-mm-dd, or say the order of day and month with units, and upload the file again.",
  ),
  unknown_interval: row(
    "Amounts that are for an unknown time",
    "Fill in the billing interval of these rows (month, quarter, year), and upload them again.",
  ),
  out_of_range: row(
    "Values outside what is possible",
    "Check the unit of the column (months, amounts per month) and correct the values; then upload these rows again.",
  ),
  unknown_category: row(
    "Values that the model does not know",
    "Replace them by one of the values that the rule names, and upload these rows again.",
  ),
  blank_value: row(
    "Values are missing",
    "Nothing has to be done; filling them in makes the scores of these customers better.",
  ),
  outside_training_range: row(
    "Values outside what the model has seen",
    "Check them; if they are right, take the scores of these customers with care.",
  ),
  not_whole: row("Fractions where whole numbers are usual", "Check the unit of the column."),
  implied_value: row("A value that another column settles", "Nothing, if the message is right."),
  contradictory_value: row("Two columns contradict each other", "Check which of the two columns is right."),
  // Customers.
  customer_id_missing: row(
    "Customers without an id",
    "Fill in their ids if you want to find them again; until then their row number names them.",
  ),
  id_mangled_by_spreadsheet: row(
    "Customer ids that a spreadsheet has destroyed",
    "Export the ids again from your system, as text, without opening the file in a spreadsheet.",
  ),
  duplicate_customer_id: row(
    "Customers who are there more than once",
    "Make it one row per customer, if the file has a row for each subscription, ticket or month.",
  ),
  customer_ids_not_compared: row(
    "More customer ids than are compared",
    "Split the file, if customers may be there more than once.",
  ),
  customers_left: row(
    "Customers who have left already",
    "Take them out of the file if you look for those who may still leave.",
  ),
  rows_not_customers: file("The rows seem to be no customers", "Make it one row per customer, and upload that file."),
  // Columns.
  questions_open: file(
    "Nobody is scored before the questions are answered",
    "Answer the questions: POST the mapping to the upload, or give --map on the command line.",
  ),
  duplicate_columns: column("Two columns have the same name", "Rename one of them, or say with mapping which to use."),
  mapping_doubtful: column(
    "A column that may be another one than it seems",
    "Say with mapping which column it is, or that the file has none; where it holds codes, export the words that they stand for.",
  ),
  mapping_assumed: column(
    "A reading that was taken because it matters little",
    "Nothing, if the message is right; otherwise say with mapping or units how the column is meant.",
  ),
  remembered_mapping_unfit: column(
    "A column that was remembered no longer fits",
    "Look whether the export has changed; say anew which column it is, or delete what is remembered.",
  ),
  unit_converted: column(
    "Values were converted",
    "Nothing, if the message is right; otherwise say the unit with units.",
  ),
  decimal_assumed: column(
    "The decimal mark is assumed",
    "Nothing, if the message is right; otherwise say with decimal which one the file has.",
  ),
  decimal_ambiguous: {
    ...column("Thousands or fractions", "Say with decimal which mark parts the fraction."),
    cause: "wrong_decimal_mark",
  },
  decimal_conflict: {
    ...column("Decimal commas and decimal dots in one column", "Say with decimal which one it is."),
    cause: "wrong_decimal_mark",
  },
  mixed_currencies: column(
    "Amounts in several currencies",
    "Convert the amounts to one currency, and upload the file again.",
  ),
  billing_interval: column(
    "Amounts for different billing intervals",
    "Say with units whether the amounts are per month already or for the interval of their row.",
  ),
  date_ambiguous: column(
    "Dates of which day and month cannot be told",
    "Say the order with units, as the message shows.",
  ),
  as_of_missing: column(
    "Dates without the day up to which months are counted",
    "Give the day of the export as as_of (yyyy-mm-dd).",
  ),
  usual_value_absent: column(
    "A usual value that no row has",
    "Check whether the file writes this value as another one; if your company does without it, nothing has to be done.",
  ),
  // A corrected rejected.csv.
  rejected_rows_file: file(
    "The file seems to be a rejected.csv",
    "To put its rows back among those of the upload that they come from, upload it there: on that upload's page of problems, or with corrects.",
  ),
  correction_merged: row("Corrected rows were put back", "Nothing: they are scored in the upload that they come from."),
  correction_still_wrong: row("Rows are still wrong", correct),
  correction_unmatched: row(
    "Rows belong to no row that was set aside",
    "Check their customer ids, or upload them as a file of their own.",
  ),
  rows_corrected: row("Rows were corrected since", "Nothing: they are scored."),
  constant_value: column(
    "One value was given for the whole file",
    "Nothing, if it holds for every customer; otherwise add a column with each customer's own.",
  ),
  constant_over_column: column(
    "A value for the whole file was used in place of a column",
    "Leave the value out if the column holds each customer's own.",
  ),
  constant_column: column(
    "All values of a column are equal",
    "Check that the export has the real values and not a default; if they are real, nothing has to be done.",
  ),
} as const satisfies Record<string, IssueKindText>;

export type IssueCode = keyof typeof issueKinds;

/** The text of a code; null for one that another version has stored and this one does not know. */
export function issueKind(code: string): IssueKindText | null {
  return isIssueCode(code) ? issueKinds[code] : null;
}

export function isIssueCode(code: string): code is IssueCode {
  return Object.hasOwn(issueKinds, code);
}
