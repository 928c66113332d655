/** One call of SQS that always ends: with its answer, or with `queue_unavailable` within its deadline, or soon after its abort. */
import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

export interface SqsCallOptions {
  /** Longest time without an answer to one attempt, milliseconds; a long poll gets its wait on top. */
  readonly requestMilliseconds?: number;
}

/** What the SDK's `send` takes as its second argument. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
  readonly requestTimeout: number;
}

/**
 * Does the work given. `waitSeconds` is what a long poll may take; such a call has one deadline for all its attempts, because whoever polls
 * polls again. `signal` aborts the request; then the work's own error is thrown, or the answer given that came all the same.
 * The SDK's timeouts end with an answer's first bytes and know nothing of its credentials and pauses: the deadline here covers all.
 */
export type SqsCall = <T>(
  work: (options: SendOptions) => Promise<T>,
  options?: { waitSeconds?: number; signal?: AbortSignal },
) => Promise<T>;

export function createSqsCall({ requestMilliseconds = limits.awsRequestMilliseconds }: SqsCallOptions = {}): SqsCall {
  return async (work, { waitSeconds, signal } = {}) => {
    const requestTimeout = requestMilliseconds + (waitSeconds ?? 0) * 1_000;
    const deadline = waitSeconds === undefined ? requestTimeout * limits.awsAttempts : requestTimeout;
    const abort = new AbortController();
    const late = Promise.withResolvers<never>();
    const timers = [
      setTimeout(() => {
        late.reject(new Error(`no answer within ${deadline} ms`));
        abort.abort();
      }, deadline),
    ];
    const letGo = (): void => {
      abort.abort();
      timers.push(setTimeout(() => late.reject(new Error("aborted")), limits.awsAbortMilliseconds));
    };
    if (signal?.aborted) letGo();
    else signal?.addEventListener("abort", letGo, { once: true });
    try {
      return await Promise.race([work({ abortSignal: abort.signal, requestTimeout }), late.promise]);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new RetainWiseError("queue_unavailable", "The queue (SQS) does not answer as it should.", { cause: error });
    } finally {
      signal?.removeEventListener("abort", letGo);
      for (const timer of timers) clearTimeout(timer);
    }
  };
}

/**
 * SQS refuses the receipt: it is stale, was never one, its message is not in flight, or has been so for twelve hours. Our calls are otherwise
 * well-formed, so `InvalidParameterValue` of a call with a receipt means the receipt.
 */
export function isStaleReceipt(error: unknown): boolean {
  const cause = error instanceof RetainWiseError ? error.cause : error;
  // Some endpoints put SQS's older prefix "AWS.SimpleQueueService." before the name.
  return cause instanceof Error && staleReceipts.includes(cause.name.slice(cause.name.lastIndexOf(".") + 1));
}

const staleReceipts = [
  "ReceiptHandleIsInvalid",
  "MessageNotInflight",
  "InvalidParameterValue",
  "InvalidParameterValueException",
];
