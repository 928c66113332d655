interface Row {
  readonly row: number;
}

/** Batches in file order with more rows, in file order too, put in their places. */
export async function* inFileOrder<T extends Row>(
  batches: AsyncIterable<readonly T[]>,
  more: readonly T[],
): AsyncGenerator<readonly T[]> {
  let next = 0;
  for await (const batch of batches) {
    const last = batch.at(-1);
    if (last === undefined) continue;
    const from = next;
    while (next < more.length && more[next]!.row < last.row) next++;
    yield [...batch, ...more.slice(from, next)].sort((a, b) => a.row - b.row);
  }
  if (next < more.length) yield more.slice(next);
}
