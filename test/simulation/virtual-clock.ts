/** One time for the whole simulated world, which passes only when nothing else can happen. */
export interface VirtualClock {
  /** Milliseconds since the world began. */
  now(): number;
  /** Calls once; what is returned calls it off. */
  after(milliseconds: number, work: () => void): () => void;
  /** Goes to the next timer and runs it; false when there is none. */
  advance(): boolean;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

export function createVirtualClock(): VirtualClock {
  const timers = new Set<Timer>();
  let time = 0;
  let order = 0;
  return {
    now: () => time,
    after(milliseconds, work) {
      const timer = { at: time + Math.max(0, milliseconds), order: order++, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance() {
      let next: Timer | null = null;
      for (const timer of timers) {
        if (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
      }
      if (next === null) return false;
      timers.delete(next);
      time = next.at;
      next.work();
      return true;
    },
  };
}
