/**
 * Closed: calls go out. After `failures` in a row it opens: nothing goes out for `openMilliseconds`, then one call may probe, which closes it
 * or opens it for as long again. It keeps no time of its own: the owner passes `now` in milliseconds.
 */
export interface CircuitBreaker {
  readonly isOpen: boolean;
  /** 0 when a call may go out; no more than one is under way at a time, so the first after the pause is the probe. */
  waitMilliseconds(now: number): number;
  /** True where this changed the state. */
  succeeded(): boolean;
  failed(now: number): boolean;
}

export function createCircuitBreaker(options: {
  readonly failures: number;
  readonly openMilliseconds: number;
}): CircuitBreaker {
  let inRow = 0;
  let openUntil: number | null = null;
  return {
    get isOpen() {
      return openUntil !== null;
    },
    waitMilliseconds: (now) => (openUntil === null ? 0 : Math.max(0, openUntil - now)),
    succeeded() {
      const wasOpen = openUntil !== null;
      inRow = 0;
      openUntil = null;
      return wasOpen;
    },
    failed(now) {
      const wasOpen = openUntil !== null;
      inRow++;
      if (wasOpen || inRow >= options.failures) openUntil = now + options.openMilliseconds;
      return !wasOpen && openUntil !== null;
    },
  };
}
