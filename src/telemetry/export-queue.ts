/** Batches that wait for the backend, oldest first, bounded by age and by bytes. The one that is being sent is not in it. */
import type { OtlpBatch } from "./otlp-batch.ts";

export interface WaitingBatch extends OtlpBatch {
  /** Milliseconds of the clock that the owner passes. */
  readonly since: number;
}

export interface ExportQueue {
  readonly batches: number;
  readonly bytes: number;
  /** Each answers what had to go, the oldest first: nobody needs the newest less than the oldest. */
  add(batch: WaitingBatch): WaitingBatch[];
  putBack(batch: WaitingBatch): WaitingBatch[];
  dropOlderThan(time: number): WaitingBatch[];
  dropAll(): WaitingBatch[];
  /** The oldest, which leaves the queue. */
  take(): WaitingBatch | undefined;
}

export function createExportQueue({ maxBytes }: { readonly maxBytes: number }): ExportQueue {
  const waiting: WaitingBatch[] = [];
  let bytes = 0;

  function take(): WaitingBatch | undefined {
    const batch = waiting.shift();
    bytes -= batch?.body.length ?? 0;
    return batch;
  }

  function dropWhile(isTooMuch: (oldest: WaitingBatch) => boolean): WaitingBatch[] {
    const dropped: WaitingBatch[] = [];
    for (let oldest = waiting[0]; oldest !== undefined && isTooMuch(oldest); oldest = waiting[0]) {
      take();
      dropped.push(oldest);
    }
    return dropped;
  }

  return {
    get batches() {
      return waiting.length;
    },
    get bytes() {
      return bytes;
    },
    add(batch) {
      // One that alone is too large must not push out all others first.
      if (batch.body.length > maxBytes) return [batch];
      waiting.push(batch);
      bytes += batch.body.length;
      return dropWhile(() => bytes > maxBytes);
    },
    putBack(batch) {
      waiting.unshift(batch);
      bytes += batch.body.length;
      return dropWhile(() => bytes > maxBytes);
    },
    dropOlderThan: (time) => dropWhile((oldest) => oldest.since < time),
    dropAll: () => dropWhile(() => true),
    take,
  };
}
