/**
 * Hands metrics to an OTLP backend that may be away. `export()` serialises, queues and returns at once; one request at a time goes out, the
 * oldest first. What fails waits and is sent again, what is too old or too much is dropped and counted, and a breaker spares both sides while
 * the backend is down. Nothing of this is thrown into the SDK or keeps the process alive.
 *
 * At least once, as OTLP has it: a batch whose answer was lost goes out again with the same bytes and the same times, so a backend may count
 * it twice; at most once would lose it instead, and a loss is what the alarms cannot see. A batch is never repeated after a 2xx or a refusal.
 * It is right for each temporality: a delta keeps its own interval, and a late cumulative value is only an older one, sent in order.
 */
import { ExportResultCode } from "@opentelemetry/core";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { limits } from "../limits.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import type { Clock } from "./clock.ts";
import { createExportQueue, type WaitingBatch } from "./export-queue.ts";
import type { Log } from "./logger.ts";
import { countDataPoints, type OtlpForm, toOtlpBatch } from "./otlp-batch.ts";
import type { SendOtlp, SendOutcome } from "./send-otlp.ts";

export interface ResilientExporterDeps {
  readonly send: SendOtlp;
  readonly log: Log;
  readonly clock: Clock;
  /**
   * Datapoints that are lost. Told when the backend takes something again, because what is counted before would be lost with the batch that
   * carries it; and at the end, for whoever still listens.
   */
  readonly onDropped: (dataPoints: number) => void;
}

export interface ResilientExporterOptions extends OtlpForm {
  readonly requestMilliseconds: number;
  readonly queueMilliseconds: number;
  readonly queueBytes: number;
  readonly failures: number;
  readonly probeMilliseconds: number;
  /** After a first failure; twice that after each further one. */
  readonly retryMilliseconds: number;
}

export interface ResilientExporter extends Pick<PushMetricExporter, "export"> {
  /** Batches and bytes that wait, and whether the backend counts as down. */
  state(): { readonly batches: number; readonly bytes: number; readonly isDown: boolean };
  /** Sends what waits, breaker or not, for as long as `milliseconds`; what is left goes on waiting. Never rejects. */
  forceFlush(milliseconds?: number): Promise<void>;
  /** The same; what is left then is counted and logged as lost, and a request under way is ended. Never rejects. */
  shutdown(milliseconds?: number): Promise<void>;
}

export function createResilientExporter(
  { send, log, clock, onDropped }: ResilientExporterDeps,
  options: ResilientExporterOptions,
): ResilientExporter {
  const queue = createExportQueue({ maxBytes: options.queueBytes });
  const breaker = createCircuitBreaker({ failures: options.failures, openMilliseconds: options.probeMilliseconds });
  const ending = new AbortController();
  let isSending = false;
  let sent = Promise.resolve();
  let cancelTimer = (): void => undefined;
  let failuresInRow = 0;
  let notBefore = 0;
  let flushUntil = 0;
  /** Status of the last refusal; null after something was taken. */
  let refusedWith: number | null = null;
  let unreported = 0;
  let sinceDown = { at: 0, batches: 0, dataPoints: 0 };
  let isShutDown = false;

  /** A log that cannot be written must not end the sending. */
  function tell(...event: Parameters<Log>): void {
    try {
      log(...event);
    } catch {
      // There is nowhere left to tell it.
    }
  }

  function drop(batches: readonly WaitingBatch[]): void {
    for (const { dataPoints } of batches) countLost(dataPoints, 1);
  }

  function countLost(dataPoints: number, batches: number): void {
    unreported += dataPoints;
    sinceDown.dataPoints += dataPoints;
    sinceDown.batches += batches;
  }

  function reportLost(): void {
    if (unreported === 0) return;
    const count = unreported;
    unreported = 0;
    try {
      onDropped(count);
    } catch (error) {
      tell("telemetry.failed", { what: "onDropped", dropped_datapoints: count }, error);
    }
  }

  /** Sends until nothing waits, something fails in a flush, or it must wait; then a timer, or the next export, goes on. */
  function pump(): Promise<void> {
    if (!isSending) sent = run();
    return sent;
  }

  async function run(): Promise<void> {
    isSending = true;
    cancelTimer();
    try {
      while (!ending.signal.aborted) {
        const now = clock.now();
        drop(queue.dropOlderThan(now - options.queueMilliseconds));
        const wait = now < flushUntil ? 0 : Math.max(breaker.waitMilliseconds(now), notBefore - now);
        if (queue.batches > 0 && wait > 0) cancelTimer = clock.after(wait, () => void pump());
        const batch = wait > 0 ? undefined : queue.take();
        if (batch === undefined) break;
        const outcome = await send(batch, options.requestMilliseconds, ending.signal);
        settle(batch, outcome);
        if (outcome.kind === "failed" && clock.now() < flushUntil) break;
      }
    } catch (error) {
      tell("telemetry.failed", { what: "sending" }, error);
    } finally {
      isSending = false;
    }
  }

  function settle(batch: WaitingBatch, outcome: SendOutcome): void {
    if (outcome.kind === "failed") {
      fail(outcome);
      drop(queue.putBack(batch));
      return;
    }
    failuresInRow = 0;
    notBefore = 0;
    const lost = outcome.kind === "refused" ? batch.dataPoints : outcome.rejected;
    if (lost > 0) countLost(lost, outcome.kind === "refused" ? 1 : 0);
    // An answer, even a refusal, says that the backend is there.
    if (breaker.succeeded()) {
      const { at, batches, dataPoints } = sinceDown;
      tell("telemetry.back", {
        seconds: Math.round((clock.now() - at) / 1_000),
        waiting_batches: queue.batches + 1,
        dropped_batches: batches,
        dropped_datapoints: dataPoints,
      });
    }
    const refusal = outcome.kind === "refused" ? outcome.status : lost > 0 ? 200 : null;
    if (refusal !== null && refusal !== refusedWith) tell("telemetry.refused", { status: refusal, datapoints: lost });
    refusedWith = refusal;
    if (outcome.kind === "accepted") reportLost();
  }

  function fail(outcome: SendOutcome & { kind: "failed" }): void {
    const now = clock.now();
    const backoff = options.retryMilliseconds * 2 ** failuresInRow++;
    const asked = Math.min(outcome.afterMilliseconds, options.probeMilliseconds);
    notBefore = now + Math.max(Math.min(backoff, limits.telemetryRetryCapMilliseconds), asked);
    if (!breaker.failed(now)) return;
    sinceDown = { at: now, batches: 0, dataPoints: 0 };
    const facts = { status: outcome.status, failures: options.failures, waiting_batches: queue.batches + 1 };
    tell("telemetry.down", { ...facts, probe_seconds: options.probeMilliseconds / 1_000 }, outcome.cause);
  }

  async function flush(milliseconds: number): Promise<void> {
    const until = clock.now() + milliseconds;
    flushUntil = Math.max(flushUntil, until);
    while (clock.now() < until) {
      await clock.within(until - clock.now(), pump());
      if (queue.batches === 0 && !isSending) break;
      await clock.within(Math.min(limits.telemetryFlushRetryMilliseconds, Math.max(0, until - clock.now())), null);
    }
    if (flushUntil > until) return; // another flush goes on
    flushUntil = 0;
    void pump(); // sets the timer for what is left
  }

  return {
    export(metrics, resultCallback) {
      let code = ExportResultCode.SUCCESS;
      try {
        if (isShutDown) throw new Error("the exporter is shut down");
        const batch = toOtlpBatch(metrics, options);
        if (batch !== null) drop(queue.add({ ...batch, since: clock.now() }));
        void pump();
      } catch (error) {
        code = ExportResultCode.FAILED;
        countLost(countDataPoints(metrics), 1);
        tell("telemetry.failed", { what: "export" }, error);
        if (isShutDown) reportLost();
      }
      // Success means taken over: what becomes of it is told by the log, and the reader is never held up.
      resultCallback({ code });
    },
    state: () => ({ batches: queue.batches, bytes: queue.bytes, isDown: breaker.isOpen }),
    async forceFlush(milliseconds = limits.telemetryFlushMilliseconds) {
      if (!isShutDown) await flush(milliseconds);
    },
    async shutdown(milliseconds = limits.telemetryFlushMilliseconds) {
      if (isShutDown) return;
      isShutDown = true;
      await flush(milliseconds);
      ending.abort();
      await sent;
      cancelTimer();
      const left = queue.dropAll();
      drop(left);
      const [batches, dataPoints] = [left.length, unreported];
      if (dataPoints > 0) tell("telemetry.lost", { batches, dropped_datapoints: dataPoints });
      reportLost();
    },
  };
}
