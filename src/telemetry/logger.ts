import { describeCause } from "./cause.ts";

/** Structured log: one JSON line an event, no customer data, no file names, no header text. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
/** `cause` is whatever was thrown: the log shows names, codes and places of it, never its message. */
export type Log = (event: string, fields?: LogFields, cause?: unknown) => void;

/** `write` gets one line without its end. JSON escapes control characters, so a value cannot forge a second line. */
export function createLogger(write: (line: string) => void, clock: () => Date = () => new Date()): Log {
  return (event, fields = {}, cause) => {
    const why = cause === undefined ? {} : { cause: describeCause(cause) };
    write(JSON.stringify({ time: clock().toISOString(), event, ...fields, ...why }));
  };
}
