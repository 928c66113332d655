/** Structured log: one JSON line an event, no customer data, no file names, no header text. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (event: string, fields?: LogFields) => void;

/** `write` gets one line without its end. JSON escapes control characters, so a value cannot forge a second line. */
export function createLogger(write: (line: string) => void, clock: () => Date = () => new Date()): Log {
  return (event, fields = {}) => write(JSON.stringify({ time: clock().toISOString(), event, ...fields }));
}
