/** The innermost work on one block of rows. Both kernels add the same numbers in the same order, and so give the same bits. */
export interface BlockKernel {
  readonly name: "webassembly" | "plain";
  /** Most rows of one block. */
  readonly blockRows: number;
  /** Column-major, `sumStride` to a column: each row's attributions (log-odds), and behind all columns the value of the leaves it reaches. */
  readonly sums: Float64Array;
  readonly sumStride: number;
  /** Bytes of what the kernel looks up: the tables' attributions and how to find a row's place in them. */
  readonly tableBytes: number;
  /**
   * Adds to `sums` what the tables hold for a block of rows.
   *
   * @param rows row-major
   * @param first the block's first row
   */
  run(rows: Float32Array, first: number, count: number): void;
}

/** Bins are 0 to 65,535; as signed numbers they compare in one instruction. */
export const binOffset = 32_768;

/** Columns of the sums: the input's, the leaves' value, and one that takes what empty lanes add, which is nothing. */
export function sumColumns(featureCount: number): number {
  return featureCount + 2;
}

/** Rows from one column of the sums to the next: some more than a block has, so that columns do not share the cache's few places. */
export function sumStrideOf(blockRows: number): number {
  return Math.ceil(blockRows / 128) * 128 + 128;
}

/**
 * Column of the sums for each lane of a bundle.
 *
 * @param columns input column of each lane but the leaf's
 */
export function laneColumns(columns: Int32Array, pairs: number, featureCount: number): Int32Array {
  const lanes = new Int32Array(pairs * 2).fill(featureCount + 1);
  lanes.set(columns);
  lanes[columns.length] = featureCount;
  return lanes;
}
