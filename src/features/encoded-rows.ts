/** One thing wrong with one row. */
export interface RowError {
  readonly code:
    | "row_width"
    | "cells_shifted"
    | "required_value_missing"
    | "not_a_number"
    | "wrong_decimal_mark"
    | "not_a_date"
    | "unknown_interval"
    | "out_of_range"
    | "unknown_category";
  readonly column: string | null;
  readonly feature: string | null;
  readonly value: string;
  /** For a person. */
  readonly message: string;
  /** What the value had to be, in words. */
  readonly rule: string;
}

/** A row that cannot be scored; `record` is its position in the block, `row` its number in the file. */
export interface RejectedRow {
  readonly record: number;
  readonly row: number;
  /** The customer's own id; null where there is none, or where the row's cells are out of place. */
  readonly customerId: string | null;
  /** What the customer pays a month, where the cell can be read although another one cannot; otherwise null. */
  readonly monthlyCharge: number | null;
  readonly errors: readonly RowError[];
}

/** What may be said of a value that is scored all the same. */
export type ValueNote = "missing" | "outside_training_range";

/** A block of customers as the model takes them. */
export interface EncodedRows {
  /** Number of customers that can be scored. */
  readonly count: number;
  /** Row-major, `count` × features in the model's order; NaN = missing. */
  readonly features: Float32Array;
  /** Per customer: its row in the file, and its record in the block. */
  readonly rows: Uint32Array;
  readonly recordIndex: Uint32Array;
  readonly customerIds: (string | null)[];
  /** Per customer that has any: feature → what is to be said of its value. */
  readonly notes: Map<number, Record<string, ValueNote>>;
  readonly rejected: RejectedRow[];
}
