/**
 * The innermost loops over one block of rows, column by column. One to four columns are taken at once, so that a place or a sum is
 * loaded and stored once for all of them.
 */

/** Looks up the tree's own bin of each row. */
export function lookUpBins(
  treeBins: Uint16Array,
  start: number,
  bins: Uint16Array,
  from: number,
  into: Uint16Array,
  to: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) into[to + row] = treeBins[start + bins[from + row]!]!;
}

/** places[row] = start, plus what the bins of each slot add. */
export function findPlaces(
  places: Int32Array,
  start: number,
  codes: Int32Array,
  codeStarts: Int32Array,
  bins: Uint16Array,
  features: Int32Array,
  block: number,
  rows: number,
): void {
  const slots = features.length;
  let slot = slots % 4;
  if (slot === 0) slot = 4;
  const c0 = codeStarts[0]!;
  const b0 = features[0]! * block;
  if (slot === 1) for (let row = 0; row < rows; row++) places[row] = start + codes[c0 + bins[b0 + row]!]!;
  else {
    const c1 = codeStarts[1]!;
    const b1 = features[1]! * block;
    if (slot === 2)
      for (let row = 0; row < rows; row++)
        places[row] = start + codes[c0 + bins[b0 + row]!]! + codes[c1 + bins[b1 + row]!]!;
    else {
      const c2 = codeStarts[2]!;
      const b2 = features[2]! * block;
      if (slot === 3)
        for (let row = 0; row < rows; row++)
          places[row] =
            start + codes[c0 + bins[b0 + row]!]! + codes[c1 + bins[b1 + row]!]! + codes[c2 + bins[b2 + row]!]!;
    }
  }
  if (slot === 4) {
    places.fill(start, 0, rows);
    slot = 0;
  }
  for (; slot < slots; slot += 4) {
    const c0 = codeStarts[slot]!;
    const c1 = codeStarts[slot + 1]!;
    const c2 = codeStarts[slot + 2]!;
    const c3 = codeStarts[slot + 3]!;
    const b0 = features[slot]! * block;
    const b1 = features[slot + 1]! * block;
    const b2 = features[slot + 2]! * block;
    const b3 = features[slot + 3]! * block;
    for (let row = 0; row < rows; row++)
      places[row] =
        places[row]! +
        codes[c0 + bins[b0 + row]!]! +
        codes[c1 + bins[b1 + row]!]! +
        codes[c2 + bins[b2 + row]!]! +
        codes[c3 + bins[b3 + row]!]!;
  }
}

/** sums[column of slot j][row] += attributions[places[row] + j] */
export function addAttributions(
  sums: Float64Array,
  columns: Int32Array,
  attributions: Float64Array,
  places: Int32Array,
  block: number,
  rows: number,
): void {
  const slots = columns.length;
  let slot = 0;
  for (; slot + 4 <= slots; slot += 4) {
    const s0 = columns[slot]! * block;
    const s1 = columns[slot + 1]! * block;
    const s2 = columns[slot + 2]! * block;
    const s3 = columns[slot + 3]! * block;
    for (let row = 0; row < rows; row++) {
      const place = places[row]! + slot;
      sums[s0 + row]! += attributions[place]!;
      sums[s1 + row]! += attributions[place + 1]!;
      sums[s2 + row]! += attributions[place + 2]!;
      sums[s3 + row]! += attributions[place + 3]!;
    }
  }
  for (; slot + 2 <= slots; slot += 2) {
    const s0 = columns[slot]! * block;
    const s1 = columns[slot + 1]! * block;
    for (let row = 0; row < rows; row++) {
      const place = places[row]! + slot;
      sums[s0 + row]! += attributions[place]!;
      sums[s1 + row]! += attributions[place + 1]!;
    }
  }
  if (slot < slots) {
    const s0 = columns[slot]! * block;
    for (let row = 0; row < rows; row++) sums[s0 + row]! += attributions[places[row]! + slot]!;
  }
}

/** reached[row] += the number behind the attributions of the row's pattern: the value of the leaf. */
export function addLeaves(
  reached: Float64Array,
  attributions: Float64Array,
  places: Int32Array,
  slots: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) reached[row]! += attributions[places[row]! + slots]!;
}
