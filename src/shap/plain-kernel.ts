import { type BlockKernel, binOffset, laneColumns, sumColumns, sumStrideOf } from "./block-kernel.ts";
import { binOf, type Cuts } from "./cuts.ts";
import type { TableBundle, TableSlot } from "./tables.ts";

/** Rows whose places are found together. */
const chunk = 256;

/** The kernel in plain TypeScript, for where WebAssembly SIMD is missing: the additions of `wasm/kernel.as`, in its order. */
export function createPlainKernel(
  bundles: readonly TableBundle[],
  attributions: Float64Array,
  cuts: readonly Cuts[],
  blockRows: number,
): BlockKernel {
  const featureCount = cuts.length;
  const sumStride = sumStrideOf(blockRows);
  const sums = new Float64Array(sumColumns(featureCount) * sumStride);
  const bins = new Int16Array(featureCount * blockRows);
  const codes = new Uint16Array(codeCount(bundles, cuts));
  let next = 0;
  const plans = bundles.map((bundle) => ({
    lanes: laneColumns(bundle.columns, bundle.pairs, featureCount)
      .subarray(0, bundle.columns.length + 1)
      .map((column) => column * sumStride),
    groups: bundle.groups.map(({ start, slots }) => ({
      start,
      columns: Int32Array.from(slots, (slot) => slot.column * blockRows),
      codeStarts: Int32Array.from(slots, (slot) => {
        const at = next;
        next = writeCodes(slot, cuts[slot.column]!, codes, at);
        return at + binOffset;
      }),
    })),
  }));
  const mostGroups = bundles.reduce((most, bundle) => Math.max(most, bundle.groups.length), 0);
  const places = new Int32Array(mostGroups * chunk);
  const ofLane = new Float64Array(chunk);
  return {
    name: "plain",
    blockRows,
    sums,
    sumStride,
    tableBytes: attributions.byteLength + codes.byteLength,
    run(from, firstRow, rows) {
      for (let column = 0; column < featureCount; column++) {
        const own = cuts[column]!;
        const to = column * blockRows;
        for (let row = 0; row < rows; row++)
          bins[to + row] = binOf(own, from[(firstRow + row) * featureCount + column]!) - binOffset;
      }
      for (const { lanes, groups } of plans)
        for (let first = 0; first < rows; first += chunk) {
          const some = Math.min(chunk, rows - first);
          for (let g = 0; g < groups.length; g++) {
            const { start, columns, codeStarts } = groups[g]!;
            findPlaces(places, g * chunk, start, codes, codeStarts, bins, columns, first, some);
          }
          for (let i = 0; i < lanes.length; i++)
            addLane(sums, lanes[i]! + first, attributions, i, places, groups.length, ofLane, some);
        }
    },
  };
}

/** Numbers that the codes of all slots take: one for each bin of the slot's column. */
function codeCount(bundles: readonly TableBundle[], cuts: readonly Cuts[]): number {
  let count = 0;
  for (const { groups } of bundles)
    for (const { slots } of groups) for (const slot of slots) count += cuts[slot.column]!.length + 2;
  return count;
}

/** What each bin of the whole ensemble adds to a row's place, in pairs of lanes. Answers where the next codes go. */
function writeCodes(slot: TableSlot, own: Cuts, codes: Uint16Array, at: number): number {
  for (const cut of own) codes[at++] = slot.places[binOf(slot.cuts, cut)]!;
  codes[at++] = slot.places[slot.cuts.length]!;
  codes[at++] = slot.places[slot.cuts.length + 1]!;
  return at;
}

/** places[row] = start, plus what the bins of each slot add. Up to four slots at once, so that a place is seldom loaded and stored. */
function findPlaces(
  places: Int32Array,
  to: number,
  start: number,
  codes: Uint16Array,
  codeStarts: Int32Array,
  bins: Int16Array,
  columns: Int32Array,
  first: number,
  rows: number,
): void {
  places.fill(start, to, to + rows);
  let slot = 0;
  for (; slot + 4 <= columns.length; slot += 4) {
    const c0 = codeStarts[slot]!;
    const c1 = codeStarts[slot + 1]!;
    const c2 = codeStarts[slot + 2]!;
    const c3 = codeStarts[slot + 3]!;
    const b0 = columns[slot]! + first;
    const b1 = columns[slot + 1]! + first;
    const b2 = columns[slot + 2]! + first;
    const b3 = columns[slot + 3]! + first;
    for (let row = 0; row < rows; row++)
      places[to + row]! +=
        (codes[c0 + bins[b0 + row]!]! +
          codes[c1 + bins[b1 + row]!]! +
          codes[c2 + bins[b2 + row]!]! +
          codes[c3 + bins[b3 + row]!]!) <<
        1;
  }
  for (; slot + 2 <= columns.length; slot += 2) {
    const c0 = codeStarts[slot]!;
    const c1 = codeStarts[slot + 1]!;
    const b0 = columns[slot]! + first;
    const b1 = columns[slot + 1]! + first;
    for (let row = 0; row < rows; row++)
      places[to + row]! += (codes[c0 + bins[b0 + row]!]! + codes[c1 + bins[b1 + row]!]!) << 1;
  }
  if (slot < columns.length) {
    const c0 = codeStarts[slot]!;
    const b0 = columns[slot]! + first;
    for (let row = 0; row < rows; row++) places[to + row]! += codes[c0 + bins[b0 + row]!]! << 1;
  }
}

/** sums[row] += the sum over the groups of lane `lane` at the row's places; `ofLane` is room for the sums of more than four groups. */
function addLane(
  sums: Float64Array,
  at: number,
  table: Float64Array,
  lane: number,
  places: Int32Array,
  groups: number,
  ofLane: Float64Array,
  rows: number,
): void {
  if (groups === 1) for (let row = 0; row < rows; row++) sums[at + row]! += table[places[row]! + lane]!;
  else if (groups === 2)
    for (let row = 0; row < rows; row++)
      sums[at + row]! += table[places[row]! + lane]! + table[places[chunk + row]! + lane]!;
  else if (groups === 3)
    for (let row = 0; row < rows; row++)
      sums[at + row]! +=
        table[places[row]! + lane]! + table[places[chunk + row]! + lane]! + table[places[2 * chunk + row]! + lane]!;
  else {
    for (let row = 0; row < rows; row++)
      ofLane[row] =
        table[places[row]! + lane]! +
        table[places[chunk + row]! + lane]! +
        table[places[2 * chunk + row]! + lane]! +
        table[places[3 * chunk + row]! + lane]!;
    for (let group = 4; group < groups; group++) {
      const from = group * chunk;
      for (let row = 0; row < rows; row++) ofLane[row]! += table[places[from + row]! + lane]!;
    }
    for (let row = 0; row < rows; row++) sums[at + row]! += ofLane[row]!;
  }
}
