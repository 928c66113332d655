import { type ErrorCode, RetainWiseError } from "../errors.ts";
import type { Encoding } from "./encoding.ts";

/** Bytes that are no text in the encoding tried; code `csv_encoding` or `csv_truncated`. */
export class EncodingError extends RetainWiseError {
  /** Where in the file, in bytes from 0. */
  readonly byteOffset: number;
  /** The encoding with which the file should be read again from its start; null when there is none left to try. */
  readonly fallback: Encoding | null;

  constructor(code: ErrorCode & `csv_${string}`, detail: string, byteOffset: number, fallback: Encoding | null = null) {
    super(code, detail);
    this.byteOffset = byteOffset;
    this.fallback = fallback;
  }
}
