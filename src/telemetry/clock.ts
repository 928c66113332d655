/** Time as the exporter needs it, so that a test can be its own. Timers keep no process alive. */
export interface Clock {
  /** Milliseconds that only grow; the zero means nothing. */
  now(): number;
  /** Answers how to cancel it. */
  after(milliseconds: number, work: () => void): () => void;
  /** Resolves when `promise` does, or after `milliseconds`; null never does. Rejects with `promise`. */
  within(milliseconds: number, promise: Promise<void> | null): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  async within(milliseconds, promise) {
    const over = Promise.withResolvers<void>();
    // The one timer that is not let go: somebody waits for it, and only as long as they said.
    const timer = setTimeout(over.resolve, milliseconds);
    try {
      await (promise === null ? over.promise : Promise.race([promise, over.promise]));
    } finally {
      clearTimeout(timer);
    }
  },
};
