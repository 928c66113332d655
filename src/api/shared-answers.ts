/**
 * What is dear to find out and asked for again and again: found out once for all who ask meanwhile, and believed for a while. One answer a key, and
 * no more than `entries` of them, the oldest forgotten first, and what is no longer believed with the next question; a failure is told to
 * those who wait for it and not remembered. `given` is what the key stands for.
 */
export function shareAnswers<T, Given extends readonly unknown[]>(
  find: (key: string, ...given: Given) => Promise<T>,
  options: {
    readonly freshMilliseconds: number;
    readonly entries: number;
    /** Milliseconds of a clock that only goes forward. */
    readonly now?: () => number;
  },
): (key: string, ...given: Given) => Promise<T> {
  const { freshMilliseconds, entries, now = () => performance.now() } = options;
  const known = new Map<string, { readonly found: Promise<T>; until: number }>();
  return (key, ...given) => {
    for (const [other, { until }] of known) if (until <= now()) known.delete(other);
    const before = known.get(key);
    if (before !== undefined) return before.found;
    // Never stale while it is being found out, however long that takes.
    const entry = { found: find(key, ...given), until: Number.POSITIVE_INFINITY };
    known.set(key, entry);
    entry.found.then(
      () => {
        entry.until = now() + freshMilliseconds;
      },
      () => {
        if (known.get(key) === entry) known.delete(key);
      },
    );
    if (known.size > entries) known.delete(known.keys().next().value!);
    return entry.found;
  };
}
