import type { IssueCode } from "../issue-kinds.ts";
import type { BlockSink } from "./block-sink.ts";
import type { RowError } from "./encoded-rows.ts";
import type { ImpliedState } from "./implied-state.ts";
import { type IssueTally, shorten } from "./issue.ts";
import type { Feature } from "./schema.ts";

/** What the encoder of one feature reports about single values: to the row and to the tally of the file. */
export interface ColumnIssues {
  /** No value: sets the row aside when the feature is required. `row` is the number in the file. */
  missing(sink: BlockSink, position: number, row: number, value: string): void;
  notANumber(sink: BlockSink, position: number, row: number, value: string): void;
  /** A number, were the other mark the decimal mark. */
  wrongDecimalMark(sink: BlockSink, position: number, row: number, value: string): void;
  notADate(sink: BlockSink, position: number, row: number, value: string): void;
  /** `value`: what stands where the billing interval should. */
  unknownInterval(sink: BlockSink, position: number, row: number, value: string): void;
  outOfRange(sink: BlockSink, position: number, row: number, value: string): void;
  unknownCategory(sink: BlockSink, position: number, row: number, value: string): void;
  outsideTraining(sink: BlockSink, position: number, row: number, value: string): void;
  notWhole(row: number, value: string): void;
  /** The value is what another feature settles, or says something else than that. */
  implied(row: number, value: string): void;
  contradicted(row: number, value: string): void;
}

export function createColumnIssues(
  feature: Feature,
  column: string | null,
  decimal: "." | ",",
  tally: Pick<IssueTally, "counter">,
  settled: ImpliedState | null = null,
): ColumnIssues {
  const name = feature.name;
  // Told of every row that is set aside: a name of 10,000 characters would be a hundred times the row.
  const where = column === null ? feature.label : JSON.stringify(shorten(column));
  const count = (code: IssueCode, severity: "info" | "warning" | "error", message: string, rule?: string) =>
    tally.counter({ code, severity, column, feature: name, message, ...(rule === undefined ? {} : { rule }) });
  const aside = "; these rows are set aside.";

  function rejecter(code: RowError["code"], rule: string, fileMessage: string, rowMessage: (value: string) => string) {
    const counter = count(code, "error", fileMessage + aside, rule);
    return (sink: BlockSink, position: number, row: number, value: string) => {
      const shown = shorten(value);
      counter(row, shown);
      sink.error(position, { code, column, feature: name, value: shown, message: rowMessage(shown), rule });
    };
  }

  const requiredMissing = rejecter(
    "required_value_missing",
    "a value in every row",
    `${where} has no value for ${feature.label}, which the model needs`,
    () => `${where} has no value, and the model needs ${feature.label}.`,
  );
  const blank = count("blank_value", "info", `${where} has no value in some rows; they are scored without it.`);
  const bounds = feature.kind === "numeric" ? `${feature.allowed.min} to ${feature.allowed.max}` : "";
  const numbers = `a number from ${bounds}`;
  const mark = decimal === "." ? "a dot" : "a comma";
  const number = rejecter(
    "not_a_number",
    numbers,
    `${where} has values that are not numbers with ${mark} as decimal mark`,
    (value) => `"${value}" in ${where} is not a number with ${mark} as decimal mark.`,
  );
  const otherMark = decimal === "." ? "a comma" : "a dot";
  const decimalMark = rejecter(
    "wrong_decimal_mark",
    `${numbers}, with ${mark} as decimal mark`,
    `${where} has numbers with ${otherMark} where the column's decimal mark is ${mark}`,
    (value) => `"${value}" in ${where} is not a number with ${mark} as decimal mark, as the column has.`,
  );
  const date = rejecter(
    "not_a_date",
    "a day of the calendar, in the order of day and month that the column has",
    `${where} has values that are no days of the calendar in the order of the column`,
    (value) => `"${value}" in ${where} is no day of the calendar in the order of the column.`,
  );
  const interval = rejecter(
    "unknown_interval",
    "an amount, and beside it the time that it is for",
    `${where} has amounts in rows that do not say for how many months`,
    (value) => `"${value}" does not say for how many months the amount in ${where} is.`,
  );
  const range = rejecter(
    "out_of_range",
    numbers,
    `${where} has values outside ${bounds}`,
    (value) => `"${value}" in ${where} is outside ${bounds}.`,
  );
  const known =
    feature.kind === "numeric" ? "" : feature.categories.map((category) => `"${category.value}"`).join(", ");
  const category = rejecter(
    "unknown_category",
    feature.kind === "numeric" ? "" : `one of: ${feature.categories.map(({ value }) => value).join(", ")}`,
    `${where} has values that are none of ${known}`,
    (value) => `"${value}" in ${where} is none of ${known}.`,
  );
  const seen = feature.kind === "numeric" ? `${feature.expected.min} to ${feature.expected.max}` : "";
  const outside = count(
    "outside_training_range",
    "warning",
    `${where} has values outside what the model has seen in training (${seen}).`,
    `a number from ${seen}, as in the training data`,
  );
  const fraction = count(
    "not_whole",
    "warning",
    `${where} has fractions where whole numbers are usual.`,
    "a whole number",
  );

  const { parentLabel, whenValue, value: state } = settled ?? { parentLabel: "", whenValue: "", value: "" };
  const implied = count(
    "implied_value",
    "info",
    `${where} says "No" or nothing for customers of whom ${parentLabel} is "${whenValue}"; that is read as "${state}".`,
  );
  const contradicted = count(
    "contradictory_value",
    "warning",
    `${where} does not agree with ${parentLabel}: "${state}" and "${whenValue}" go together. These rows are scored as they are.`,
  );

  return {
    implied,
    contradicted,
    missing(sink, position, row, value) {
      if (feature.required) return requiredMissing(sink, position, row, value);
      blank(row, value);
      sink.note(position, name, "missing");
    },
    notANumber: number,
    wrongDecimalMark: decimalMark,
    notADate: date,
    unknownInterval: interval,
    outOfRange: range,
    unknownCategory: category,
    outsideTraining(sink, position, row, value) {
      outside(row, value);
      sink.note(position, name, "outside_training_range");
    },
    notWhole: fraction,
  };
}
