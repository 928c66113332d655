/**
 * Pairs rows with columns, one to one, so that the sum of weights is largest (Hungarian method, Kuhn 1955, O(rows² × columns)).
 * `weights[row][column]` ≥ 0, 0 = no pair; answers the column per row, or -1.
 */
export function assign(weights: readonly (readonly number[])[], columns: number): number[] {
  const rows = weights.length;
  // A stand-in column per row, of weight 0, so that a row may stay alone.
  const width = columns + rows;
  const cost = (row: number, column: number): number => (column < columns ? -(weights[row]![column] ?? 0) : 0);
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(width + 1);
  const rowOf = new Int32Array(width + 1);
  const way = new Int32Array(width + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let at = 0;
    const least = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(width + 1);
    do {
      used[at] = 1;
      const current = rowOf[at]!;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let column = 1; column <= width; column++) {
        if (used[column] === 1) continue;
        const reduced = cost(current - 1, column - 1) - rowPotential[current]! - columnPotential[column]!;
        if (reduced < least[column]!) {
          least[column] = reduced;
          way[column] = at;
        }
        if (least[column]! < delta) {
          delta = least[column]!;
          next = column;
        }
      }
      for (let column = 0; column <= width; column++) {
        if (used[column] === 1) {
          rowPotential[rowOf[column]!]! += delta;
          columnPotential[column]! -= delta;
        } else least[column]! -= delta;
      }
      at = next;
    } while (rowOf[at] !== 0);
    do {
      const previous = way[at]!;
      rowOf[at] = rowOf[previous]!;
      at = previous;
    } while (at !== 0);
  }
  const result = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column]! - 1;
    if (row >= 0 && (weights[row]![column - 1] ?? 0) > 0) result[row] = column - 1;
  }
  return result;
}
