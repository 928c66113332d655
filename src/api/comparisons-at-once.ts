import { RetainWiseError } from "../errors.ts";
import { limits } from "../limits.ts";

/** Runs work when it is its turn. Throws `overloaded` when that does not come in time. */
export type ComparisonsAtOnce = <T>(work: () => Promise<T>) => Promise<T>;

export interface ComparisonTimes {
  /** Most at the same time; further ones wait for their turn. */
  readonly most: number;
  readonly waitMilliseconds: number;
}

/**
 * Bounds the comparisons of uploads under way in this process, of all tenants: each holds a connection to the database for seconds where files are
 * large, and jobs must find one for their heartbeats.
 */
export function createComparisonsAtOnce(
  { most, waitMilliseconds }: ComparisonTimes = {
    most: limits.comparisonsAtOnce,
    waitMilliseconds: limits.comparisonWaitMilliseconds,
  },
): ComparisonsAtOnce {
  const waiting: (() => void)[] = [];
  let running = 0;

  const turn = (): Promise<void> => {
    if (running < most) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const take = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(new RetainWiseError("overloaded", "Too many comparisons of uploads are under way."));
      }, waitMilliseconds);
      waiting.push(take);
    });
  };

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      // The turn is handed on and not given back: who comes meanwhile stands behind those who wait.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
