/**
 * The innermost loops of the explainer in AssemblyScript, 128-bit SIMD. `src/shap/simd-kernel.ts` lays out the memory and says what each
 * word means; `build/kernel.ts` compiles this file into `kernel-module.ts`. `plain-kernel.ts` adds the same numbers in the same order.
 */

/** Rows whose places are found together, and bytes from one group's places to the next group's. */
const CHUNK: i32 = 128;
const PLACES: usize = 256;
/** Bins are 0 to 65,535; as signed numbers they compare in one instruction. */
const BIN_OFFSET: i32 = 32_768;
/** Words before a bundle's lists: its bytes, its groups, its pairs of lanes, and one more to keep 16 bytes. */
const HEADER: usize = 16;

/**
 * Finds the bins of `rowCount` rows: a search without branches, which no order of rows slows down.
 *
 * @param cuts address of the first column's cuts: how many, and then they as f32, at least one word; the other columns' follow
 * @param rows address of the rows: f32, row after row, `columnCount` to a row
 * @param bins address of the bins: i16, column after column, `binStride` bytes from one to the next
 */
export function findBins(
  cuts: usize,
  columnCount: i32,
  rows: usize,
  rowCount: i32,
  bins: usize,
  binStride: usize,
): void {
  const rowStride = <usize>columnCount << 2;
  for (let column = 0; column < columnCount; column++) {
    const count = load<i32>(cuts);
    const first = cuts + 4;
    let value = rows + (<usize>column << 2);
    for (let row = 0; row < rowCount; row++, value += rowStride) {
      const x = load<f32>(value);
      let at = first;
      let left = count;
      while (left > 1) {
        const half = left >> 1;
        at += <usize>(-(<i32>(load<f32>(at + ((<usize>half - 1) << 2)) < x)) & (half << 2));
        left -= half;
      }
      at += <usize>(<i32>(load<f32>(at) < x)) << 2;
      const bin = <i32>((at - first) >> 2);
      store<i16>(bins + (<usize>row << 1), (x == x ? bin : count + 1) - BIN_OFFSET);
    }
    cuts = first + (<usize>max(count, 1) << 2);
    bins += binStride;
  }
}

/**
 * Adds what `count` bundles say of `rows` rows to their sums.
 *
 * @param bundles address of the first bundle; the others follow
 * @param bins address of the bins: i16, column after column, `binStride` bytes from one to the next
 * @param places room for CHUNK u16 for each group of the largest bundle
 * @param sums address of the rows' sums: f64, column after column; one row more may be written
 */
export function addBundles(
  bundles: usize,
  count: i32,
  bins: usize,
  binStride: usize,
  places: usize,
  sums: usize,
  rows: i32,
): void {
  for (let i = 0; i < count; i++) {
    const groups = load<i32>(bundles, 4);
    const pairs = load<i32>(bundles, 8);
    const columns = bundles + HEADER;
    const bases = columns + (<usize>pairs << 3);
    const program = (bases + (<usize>groups << 2) + 15) & ~15;
    for (let row = 0; row < rows; row += CHUNK) {
      const some = min(rows - row, CHUNK);
      findPlaces(program, groups, bins + (<usize>row << 1), binStride, places, some);
      addPairs(columns, pairs, bases, groups, places, sums + (<usize>row << 3), some);
    }
    bundles += load<u32>(bundles);
  }
}

/** A place is the group's first plus what each boundary adds that the bin is not below: eight rows to a vector, wrapping at 16 bits. */
function findPlaces(program: usize, groups: i32, bins: usize, binStride: usize, places: usize, rows: i32): void {
  for (let group = 0; group < groups; group++) {
    const start = i16x8.splat(load<i16>(program));
    const slots = program + 16;
    const slotCount = load<i32>(program, 4);
    for (let row = 0; row < rows; row += 32) {
      let p0 = start;
      let p1 = start;
      let p2 = start;
      let p3 = start;
      program = slots;
      for (let slot = 0; slot < slotCount; slot++) {
        const column = bins + <usize>load<u32>(program) * binStride + (<usize>row << 1);
        const end = program + 16 + (<usize>load<u32>(program, 4) << 5);
        const b0 = v128.load(column);
        const b1 = v128.load(column, 16);
        const b2 = v128.load(column, 32);
        const b3 = v128.load(column, 48);
        for (program += 16; program < end; program += 32) {
          const below = v128.load(program);
          const adds = v128.load(program, 16);
          p0 = i16x8.add(p0, v128.and(i16x8.gt_s(b0, below), adds));
          p1 = i16x8.add(p1, v128.and(i16x8.gt_s(b1, below), adds));
          p2 = i16x8.add(p2, v128.and(i16x8.gt_s(b2, below), adds));
          p3 = i16x8.add(p3, v128.and(i16x8.gt_s(b3, below), adds));
        }
      }
      const to = places + (<usize>row << 1);
      v128.store(to, p0);
      v128.store(to, p1, 16);
      v128.store(to, p2, 32);
      v128.store(to, p3, 48);
    }
    places += PLACES;
  }
}

/** Each width of a bundle has its own loop, which keeps the lanes of two rows in registers over the groups; beyond six pairs by parts. */
function addPairs(
  columns: usize,
  pairs: i32,
  bases: usize,
  groups: i32,
  places: usize,
  sums: usize,
  rows: i32,
): void {
  let offset: usize = 0;
  while (pairs > 6) {
    const some = pairs > 10 ? 6 : pairs >> 1;
    if (some == 6) addSome(6, columns, offset, bases, groups, places, sums, rows);
    else if (some == 5) addSome(5, columns, offset, bases, groups, places, sums, rows);
    else if (some == 4) addSome(4, columns, offset, bases, groups, places, sums, rows);
    else addSome(3, columns, offset, bases, groups, places, sums, rows);
    columns += <usize>some << 3;
    offset += <usize>some << 4;
    pairs -= some;
  }
  if (pairs == 1) addSome(1, columns, offset, bases, groups, places, sums, rows);
  else if (pairs == 2) addSome(2, columns, offset, bases, groups, places, sums, rows);
  else if (pairs == 3) addSome(3, columns, offset, bases, groups, places, sums, rows);
  else if (pairs == 4) addSome(4, columns, offset, bases, groups, places, sums, rows);
  else if (pairs == 5) addSome(5, columns, offset, bases, groups, places, sums, rows);
  else addSome(6, columns, offset, bases, groups, places, sums, rows);
}

@inline
function addSome(
  width: i32,
  columns: usize,
  offset: usize,
  bases: usize,
  groups: i32,
  places: usize,
  sums: usize,
  rows: i32,
): void {
  const last = bases + (<usize>groups << 2);
  for (let row = 0; row < rows; row += 2) {
    let place = places + (<usize>row << 1);
    let table = <usize>load<u32>(bases) + offset;
    let a = table + (<usize>load<u16>(place) << 4);
    let b = table + (<usize>load<u16>(place, 2) << 4);
    let a0 = v128.load(a);
    let b0 = v128.load(b);
    let a1 = width > 1 ? v128.load(a, 16) : a0;
    let b1 = width > 1 ? v128.load(b, 16) : b0;
    let a2 = width > 2 ? v128.load(a, 32) : a0;
    let b2 = width > 2 ? v128.load(b, 32) : b0;
    let a3 = width > 3 ? v128.load(a, 48) : a0;
    let b3 = width > 3 ? v128.load(b, 48) : b0;
    let a4 = width > 4 ? v128.load(a, 64) : a0;
    let b4 = width > 4 ? v128.load(b, 64) : b0;
    let a5 = width > 5 ? v128.load(a, 80) : a0;
    let b5 = width > 5 ? v128.load(b, 80) : b0;
    for (let base = bases + 4; base < last; base += 4) {
      place += PLACES;
      table = <usize>load<u32>(base) + offset;
      a = table + (<usize>load<u16>(place) << 4);
      b = table + (<usize>load<u16>(place, 2) << 4);
      a0 = f64x2.add(a0, v128.load(a));
      b0 = f64x2.add(b0, v128.load(b));
      if (width > 1) {
        a1 = f64x2.add(a1, v128.load(a, 16));
        b1 = f64x2.add(b1, v128.load(b, 16));
      }
      if (width > 2) {
        a2 = f64x2.add(a2, v128.load(a, 32));
        b2 = f64x2.add(b2, v128.load(b, 32));
      }
      if (width > 3) {
        a3 = f64x2.add(a3, v128.load(a, 48));
        b3 = f64x2.add(b3, v128.load(b, 48));
      }
      if (width > 4) {
        a4 = f64x2.add(a4, v128.load(a, 64));
        b4 = f64x2.add(b4, v128.load(b, 64));
      }
      if (width > 5) {
        a5 = f64x2.add(a5, v128.load(a, 80));
        b5 = f64x2.add(b5, v128.load(b, 80));
      }
    }
    addTwo(columns, sums, a0, b0);
    if (width > 1) addTwo(columns + 8, sums, a1, b1);
    if (width > 2) addTwo(columns + 16, sums, a2, b2);
    if (width > 3) addTwo(columns + 24, sums, a3, b3);
    if (width > 4) addTwo(columns + 32, sums, a4, b4);
    if (width > 5) addTwo(columns + 40, sums, a5, b5);
    sums += 16;
  }
}

/** The two lanes of a pair belong to any two columns, the first numbers of both to row a, the second ones to row b. */
@inline
function addTwo(column: usize, sums: usize, a: v128, b: v128): void {
  const first = sums + load<u32>(column);
  const second = sums + load<u32>(column, 4);
  v128.store(first, f64x2.add(v128.load(first), v128.shuffle<f64>(a, b, 0, 2)));
  v128.store(second, f64x2.add(v128.load(second), v128.shuffle<f64>(a, b, 1, 3)));
}
