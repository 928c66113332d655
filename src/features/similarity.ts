/** Letters of a word as bits: two words within distance d differ in at most 2 d bits. */
export function letterMask(word: string): number {
  let mask = 0;
  for (let i = 0; i < word.length; i++) mask |= 1 << (word.charCodeAt(i) & 31);
  return mask;
}

/** Whether two masks may belong to words within `distance`; a cheap look before the real one. */
export function masksNear(a: number, b: number, distance: number): boolean {
  let different = a ^ b;
  let bits = 0;
  while (different !== 0) {
    different &= different - 1;
    if (++bits > distance * 2) return false;
  }
  return true;
}

/**
 * Optimal string alignment distance (insert, delete, replace, swap of neighbours), or `most + 1` when it is larger than `most`.
 * Looks only at the band of width 2 × most + 1.
 */
export function editDistance(a: string, b: string, most: number): number {
  const over = most + 1;
  if (Math.abs(a.length - b.length) > most) return over;
  let before = new Int32Array(b.length + 1).fill(over);
  let previous = new Int32Array(b.length + 1);
  let row = new Int32Array(b.length + 1);
  for (let j = 0; j <= b.length; j++) previous[j] = Math.min(j, over);
  for (let i = 1; i <= a.length; i++) {
    row.fill(over);
    if (i <= most) row[0] = i;
    let best = row[0]!;
    const from = Math.max(1, i - most);
    const to = Math.min(b.length, i + most);
    for (let j = from; j <= to; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let value = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) value = Math.min(value, before[j - 2]! + 1);
      row[j] = Math.min(value, over);
      if (row[j]! < best) best = row[j]!;
    }
    if (best > most) return over;
    [before, previous, row] = [previous, row, before];
  }
  return previous[b.length]!;
}
