/**
 * Sends one OTLP request and says what became of it. A deadline ends every attempt: no connection, no answer, headers without an end, a body
 * that trickles. OpenTelemetry's own transport limits silence only, so a server that sends a byte now and then holds it for ever.
 * Source of what may be repeated: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import { Buffer } from "node:buffer";
import { limits } from "../limits.ts";
import { type OtlpBatch, type OtlpForm, rejectedDataPoints } from "./otlp-batch.ts";

export type SendOutcome =
  /** Taken, but for `rejected` datapoints. */
  | { readonly kind: "accepted"; readonly rejected: number }
  /** May be sent again, no earlier than `afterMilliseconds`. `status` is 0 where no answer came. */
  | { readonly kind: "failed"; readonly status: number; readonly afterMilliseconds: number; readonly cause?: unknown }
  /** Would be answered the same again. */
  | { readonly kind: "refused"; readonly status: number };

/** Never rejects, and has an outcome within `milliseconds`. */
export type SendOtlp = (batch: OtlpBatch, milliseconds: number, signal: AbortSignal) => Promise<SendOutcome>;

export interface OtlpTarget extends OtlpForm {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const repeatable = [408, 429, 502, 503, 504];

export function createOtlpSender({ url, headers, protocol, compression }: OtlpTarget): SendOtlp {
  const requestHeaders = {
    "user-agent": "retainwise-otlp",
    ...headers,
    "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf",
    ...(compression === "gzip" ? { "content-encoding": "gzip" } : {}),
    // Once a minute is as rare as servers close idle connections: one taken up again just then would fail for nothing.
    connection: "close",
  };
  return async (batch, milliseconds, signal) => {
    const call = new AbortController();
    const ended = Promise.withResolvers<SendOutcome>();
    /** What stands when the rest of an accepting answer does not arrive. */
    let taken: SendOutcome | null = null;
    const end = (cause: DOMException): void => {
      // The outcome is set here and not by the aborted call: nothing waits for a runtime that is slow to let go.
      ended.resolve(taken ?? failed(cause));
      call.abort(cause);
    };
    const giveUp = (): void => end(new DOMException("given up", "AbortError"));
    const timer = setTimeout(() => end(new DOMException("no answer in time", "TimeoutError")), milliseconds);
    timer.unref();
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([post(batch), ended.promise]);
    } catch (cause) {
      return taken ?? failed(cause);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      call.abort();
    }

    async function post({ body, dataPoints }: OtlpBatch): Promise<SendOutcome> {
      // A redirect is not followed: it would carry the headers, and with them a secret, to another host.
      const request = {
        method: "POST",
        headers: requestHeaders,
        body,
        redirect: "manual",
        signal: call.signal,
      } as const;
      const answer = await fetch(url, request);
      const { ok, status } = answer;
      if (!ok && !repeatable.includes(status)) return { kind: "refused", status };
      if (!ok) return { kind: "failed", status, afterMilliseconds: retryAfter(answer.headers.get("retry-after")) };
      // By its status it is taken, whatever becomes of the body: to send it again would count it twice.
      taken = { kind: "accepted", rejected: 0 };
      const bytes = await readAtMost(answer, limits.telemetryAnswerBytes);
      if (bytes === null) return taken;
      const isJson = answer.headers.get("content-type")?.includes("json") ?? protocol === "http/json";
      return { kind: "accepted", rejected: rejectedDataPoints(bytes, isJson, dataPoints) };
    }
  };
}

function failed(cause: unknown): SendOutcome {
  return { kind: "failed", status: 0, afterMilliseconds: 0, cause };
}

/** Seconds or a date (RFC 9110, 10.2.3) → milliseconds from now; 0 where it says nothing. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const milliseconds = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}

/** Null where the answer is longer. */
async function readAtMost(answer: Response, most: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    length += piece.length;
    if (length > most) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
