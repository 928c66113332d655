/** What is in a simulated file, and what must come of it. */
import type { ErrorCode } from "../../src/errors.ts";
import type { StoredPrediction, StoredRejection } from "../../src/store/upload.ts";

export type FileKind =
  /** Scored, with or without rows set aside. */
  | "good"
  /** Scored, but a chunk takes so long that the attempt counts as dead meanwhile. */
  | "slow"
  /** Asks for a mapping first. */
  | "question"
  /** Cannot be read from some row on. */
  | "bad"
  /** No row can be scored. */
  | "hopeless"
  /** Ends the process that reads it, each time. */
  | "poison"
  /** Is never finished. */
  | "endless";

export interface CustomerFile {
  readonly kind: FileKind;
  /** Rows of each chunk. */
  readonly chunks: readonly number[];
}

/** The code an upload of that kind fails with; null: it completes. */
export const endOf: Readonly<Record<FileKind, ErrorCode | null>> = {
  good: null,
  slow: null,
  question: null,
  bad: "csv_malformed",
  hopeless: "all_rows_rejected",
  poison: "poison",
  endless: "deadline_exceeded",
};

/** Row numbers as in a file with one header row, chunk by chunk. */
export function rowsOf(file: CustomerFile): number[][] {
  let row = 1;
  return file.chunks.map((rows) => Array.from({ length: rows }, () => ++row));
}

/** Every third row is set aside. */
export const isRejected = (file: CustomerFile, row: number): boolean => file.kind === "hopeless" || row % 3 === 0;

/** The owner is in the source, so that a row under another upload or tenant is seen. */
export function predictionOf(owner: string, row: number): StoredPrediction {
  return {
    row,
    customerId: `C-${row}`,
    probability: row / 1_000,
    rawScore: -row,
    tier: "low",
    additivityError: 0,
    explanationStatus: "ok",
    shapValues: [row],
    values: [row, null],
    notes: null,
    source: `${owner}/${row}`,
  };
}

export function rejectionOf(owner: string, row: number): StoredRejection {
  return { row, customerId: null, errorCode: "value_invalid", error: `Row ${row}`, source: `${owner}/${row}` };
}
