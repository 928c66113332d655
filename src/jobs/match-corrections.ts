/** A row of a corrected file: the customer's id, and the row of the first file that it says it is. */
export interface CorrectedRow {
  readonly customerId: string | null;
  readonly firstRow: number | null;
}

interface SetAside {
  readonly row: number;
  readonly customerId: string | null;
}

/**
 * For each corrected row the row set aside that it replaces, or null. By customer id; by row where several have that id, here or there, or
 * where one of the two has none. Nothing is replaced twice: of two corrected rows for one, the first counts.
 */
export function matchCorrections<T extends SetAside>(
  corrected: readonly CorrectedRow[],
  setAside: readonly T[],
): (T | null)[] {
  const byRow = new Map(setAside.map((each) => [each.row, each]));
  const byId = new Map<string, T[]>();
  for (const each of setAside) {
    if (each.customerId !== null) byId.set(each.customerId, [...(byId.get(each.customerId) ?? []), each]);
  }
  const times = new Map<string | null, number>();
  for (const { customerId } of corrected) times.set(customerId, (times.get(customerId) ?? 0) + 1);
  const taken = new Set<T>();
  return corrected.map(({ customerId, firstRow }) => {
    const sameRow = firstRow === null ? undefined : byRow.get(firstRow);
    const sameId = customerId === null ? [] : (byId.get(customerId) ?? []);
    const idsDiffer = customerId !== null && sameRow?.customerId != null && sameRow.customerId !== customerId;
    const found = sameId.length === 1 && times.get(customerId) === 1 ? sameId[0] : idsDiffer ? undefined : sameRow;
    if (found === undefined || taken.has(found)) return null;
    taken.add(found);
    return found;
  });
}
