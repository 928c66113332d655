/** The exporter with a backend and a clock that a test moves: every attempt, what was taken, every log line, what was dropped. */
import assert from "node:assert/strict";
import type { ExportResultCode } from "@opentelemetry/core";
import type { LogFields } from "../../src/telemetry/logger.ts";
import { createResilientExporter, type ResilientExporterOptions } from "../../src/telemetry/resilient-exporter.ts";
import type { SendOtlp, SendOutcome } from "../../src/telemetry/send-otlp.ts";
import { createFakeClock } from "./fake-clock.ts";
import { collection, valuesOf } from "./one-point.ts";

export const accepted: SendOutcome = { kind: "accepted", rejected: 0 };
export const away: SendOutcome = { kind: "failed", status: 503, afterMilliseconds: 0 };
export const second = 1_000;
export const minute = 60 * second;

export function exporterRig(options: Partial<ResilientExporterOptions> = {}, onDropped?: (count: number) => void) {
  const clock = createFakeClock();
  const events: { event: string; fields: LogFields }[] = [];
  const attempts: { at: number; value: number }[] = [];
  const taken: number[] = [];
  let dropped = 0;
  const self = {
    clock,
    events,
    attempts,
    taken,
    /** What the backend answers. */
    outcome: accepted as SendOutcome | ((value: number) => SendOutcome | Promise<SendOutcome>),
    dropped: () => dropped,
    names: () => events.map(({ event }) => event),
    export(value: number, points = 1): ExportResultCode {
      let code: ExportResultCode | undefined;
      exporter.export(collection(value, points), (result) => {
        code = result.code;
      });
      assert.notEqual(code, undefined, "export() has answered when it returns");
      return code!;
    },
    /** An export a minute, as the reader does. */
    async minutes(from: number, to: number) {
      for (let value = from; value <= to; value++) {
        self.export(value);
        await clock.advance(minute);
      }
    },
  };
  const send: SendOtlp = async ({ body }) => {
    const value = valuesOf([body])[0]!;
    attempts.push({ at: clock.now(), value });
    const outcome = typeof self.outcome === "function" ? await self.outcome(value) : self.outcome;
    if (outcome.kind === "accepted") taken.push(value);
    return outcome;
  };
  const exporter = createResilientExporter(
    {
      send,
      clock,
      log: (event, fields = {}) => events.push({ event, fields }),
      onDropped: onDropped ?? ((count) => (dropped += count)),
    },
    {
      protocol: "http/json",
      compression: "none",
      requestMilliseconds: 10 * second,
      queueMilliseconds: 15 * minute,
      queueBytes: 8_388_608,
      failures: 5,
      probeMilliseconds: 5 * minute,
      retryMilliseconds: second,
      ...options,
    },
  );
  return { ...self, exporter, set: (outcome: typeof self.outcome) => (self.outcome = outcome) };
}
