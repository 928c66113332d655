/** Time as the jobs see it. A collaborator, so that a simulation can let hours pass in a moment and stop a process's clock with it. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls once; what is returned calls it off. */
  after(milliseconds: number, work: () => void): () => void;
  /** Calls again and again; what is returned ends that. */
  every(milliseconds: number, work: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds);
    return () => clearInterval(timer);
  },
};

/** Until the time has passed or the signal is aborted, whichever is first; never rejects. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      cancel();
      signal.removeEventListener("abort", go);
      resolve();
    };
    const cancel = clock.after(milliseconds, go);
    signal.addEventListener("abort", go);
  });
}
