/** Lets those who wait for work in this process know at once, so that polling is only for what other processes do. */
export interface Waker {
  /** How often `wake` was called: to be read before looking for work, so that a call in between is not missed. */
  count(): number;
  wake(): void;
  /** Until a `wake` after `seen`, the time, or the abort, whichever is first; never rejects. */
  wait(seen: number, milliseconds: number, signal: AbortSignal): Promise<void>;
}

export function createWaker(): Waker {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    count: () => count,
    wake() {
      count++;
      for (const go of [...waiting]) go();
    },
    wait(seen, milliseconds, signal) {
      if (count !== seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", go);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, milliseconds);
        signal.addEventListener("abort", go);
        waiting.add(go);
      });
    },
  };
}
