import type { IssueTally } from "./issue.ts";

/** Counts what is said of single values only when it is known that nothing is wrong with their row as a whole. */
export interface HeldTally extends Pick<IssueTally, "counter"> {
  /** Counts all that was held, but for these rows. */
  release(except: ReadonlySet<number>): void;
}

export function createHeldTally(tally: IssueTally): HeldTally {
  let held: { readonly count: (row: number, value: string) => void; readonly row: number; readonly value: string }[] =
    [];
  return {
    counter(kind) {
      const count = tally.counter(kind);
      return (row, value) => held.push({ count, row, value });
    },
    release(except) {
      for (const { count, row, value } of held) if (!except.has(row)) count(row, value);
      held = [];
    },
  };
}
