/** A clock that a test moves. */
import type { Clock } from "../../src/telemetry/clock.ts";

export interface FakeClock extends Clock {
  /** Lets what is due run in order, each with what follows from it, until `milliseconds` have gone by. */
  advance(milliseconds: number): Promise<void>;
  /** Timers that wait. */
  pending(): number;
}

export function createFakeClock(): FakeClock {
  let time = 0;
  const timers = new Set<{ readonly at: number; readonly work: () => void }>();
  const after = (milliseconds: number, work: () => void): (() => void) => {
    const timer = { at: time + milliseconds, work };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    now: () => time,
    pending: () => timers.size,
    after,
    async within(milliseconds, promise) {
      let cancel = (): void => undefined;
      const over = new Promise<void>((resolve) => {
        cancel = after(milliseconds, resolve);
      });
      await (promise === null ? over : Promise.race([promise, over]));
      cancel();
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        await settled();
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        time = Math.max(time, next.at);
        next.work();
      }
      time = end;
      await settled();
    },
  };
}

/** What promises have to do is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
