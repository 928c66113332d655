import { type ErrorKind, errorKinds } from "./error-kinds.ts";

export type ErrorCode = keyof typeof errorKinds;

/** One thing wrong with a file, a request or a configuration, as plain data. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly row?: number;
  readonly column?: string;
  /** JSON pointer (RFC 6901) into the request's body. */
  readonly pointer?: string;
  /** Name of the query parameter, form field or header. */
  readonly parameter?: string;
}

/** The one error class: `code` picks the row of `errorKinds`; `detail` says where and what, free of anything internal. */
export class RetainWiseError extends Error {
  override readonly name = "RetainWiseError";
  readonly code: ErrorCode;
  readonly detail: string;
  readonly issues: readonly Problem[];

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; issues?: readonly Problem[] } = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.issues = options.issues ?? [];
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** What is not yet ours becomes ours; the cause is kept. */
export function toRetainWiseError(error: unknown): RetainWiseError {
  return error instanceof RetainWiseError
    ? error
    : new RetainWiseError("internal", "An unexpected error occurred.", { cause: error });
}
