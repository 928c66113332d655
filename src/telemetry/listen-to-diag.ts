/**
 * OpenTelemetry's own warnings and errors as log lines: the SDK reports what goes wrong in it nowhere else. Of a message only its beginning is
 * kept, up to where values may begin, and of an error its names and places; the same message is told once a minute.
 */
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { loggingErrorHandler, setGlobalErrorHandler } from "@opentelemetry/core";
import { limits } from "../limits.ts";
import type { Log } from "./logger.ts";

/** Answers how to stop listening. The listener is the process's only one: a later call replaces an earlier one. */
export function listenToDiag(log: Log, now: () => number = () => performance.now()): () => void {
  const told = new Map<string, { at: number; unheard: number }>();

  function tell(level: "error" | "warn", message: string, cause?: unknown): void {
    const key = `${level} ${message}`;
    const last = told.get(key);
    const at = now();
    if (last !== undefined && at - last.at < limits.telemetryLoggedOnceSeconds * 1_000) {
      last.unheard++;
      return;
    }
    if (last === undefined && told.size >= limits.telemetryMessages) told.clear();
    told.set(key, { at, unheard: 0 });
    log("telemetry.diag", { level, message, ...(last?.unheard ? { repeated: last.unheard } : {}) }, cause);
  }

  const listener =
    (level: "error" | "warn") =>
    (...parts: unknown[]): void =>
      tell(level, beginning(parts), parts.find(isError));
  const ignored = (): void => undefined;
  diag.setLogger(
    { error: listener("error"), warn: listener("warn"), info: ignored, debug: ignored, verbose: ignored },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  setGlobalErrorHandler((error) => tell("error", "unhandled in the SDK", isError(error) ? error : undefined));
  return () => {
    diag.disable();
    setGlobalErrorHandler(loggingErrorHandler());
  };
}

/** The texts up to the first quotation mark, bracket, digit or equals sign: what is fixed in the SDK's source stands before them. */
function beginning(parts: readonly unknown[]): string {
  const text = parts.filter((part) => typeof part === "string").join(" ");
  const end = text.search(/["'`{[(<=\d]/);
  return (end === -1 ? text : text.slice(0, end)).trim().slice(0, limits.telemetryMessageCharacters);
}

const isError = (part: unknown): part is Error => part instanceof Error;
