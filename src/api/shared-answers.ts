/**
 * What is dear to find out and asked for again and again: found out once for all who ask meanwhile, and believed for a while. One answer a key, and
 * no more than `entries` of them, the oldest forgotten first; a failure is told to those who wait for it and not remembered.
 */
export function shareAnswers<T>(
  find: (key: string) => Promise<T>,
  options: {
    readonly freshMilliseconds: number;
    readonly entries: number;
    /** Milliseconds of a clock that only goes forward. */
    readonly now?: () => number;
  },
): (key: string) => Promise<T> {
  const { freshMilliseconds, entries, now = () => performance.now() } = options;
  const known = new Map<string, { readonly found: Promise<T>; until: number }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined && before.until > now()) return before.found;
    // Never stale while it is being found out, however long that takes.
    const entry = { found: find(key), until: Number.POSITIVE_INFINITY };
    known.delete(key);
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
