import { branchModes, type TreeEnsemble } from "./ensemble.ts";

/**
 * The line of numbers, cut where some test changes its answer: bin i holds the values above cut i-1 and up to cut i, the last but
 * one those above every cut, the last NaN. All values of a bin take the same way everywhere.
 */
export interface FeatureBins {
  readonly cuts: Cuts;
  /** One value of each bin, for asking the tests. */
  readonly samples: Float64Array;
}

/** Ascending; the upper end (included) of each bin but the last two. Of the type of the ensemble's input. */
export type Cuts = Float32Array | Float64Array;

/** The bins that the tests of `nodes` need, for one feature. */
export function featureBins(ensemble: TreeEnsemble, nodes: Iterable<number>): FeatureBins {
  const found: number[] = [];
  const below = ensemble.inputType === "float32" ? largestFloat32Below : previousFloat64;
  const upTo = ensemble.inputType === "float32" ? largestFloat32UpTo : (value: number) => value;
  for (const node of nodes) {
    const mode = branchModes[ensemble.mode[node]!];
    const threshold = ensemble.threshold[node]!;
    for (const value of mode === "BRANCH_MEMBER" ? ensemble.sets[threshold]! : [threshold]) {
      // x < t and x >= t change just below t, x <= t and x > t just above it, x == t on both sides.
      if (mode !== "BRANCH_LEQ" && mode !== "BRANCH_GT" && value !== Number.NEGATIVE_INFINITY) found.push(below(value));
      if (mode !== "BRANCH_LT" && mode !== "BRANCH_GTE") found.push(upTo(value));
    }
  }
  const sorted = (ensemble.inputType === "float32" ? Float32Array : Float64Array).from(found).sort();
  const cuts = sorted.filter((cut, i) => i === 0 || cut !== sorted[i - 1]);
  const samples = new Float64Array(cuts.length + 2);
  samples.set(cuts);
  samples[cuts.length] = Number.POSITIVE_INFINITY;
  samples[cuts.length + 1] = Number.NaN;
  return { cuts, samples };
}

/** The bin of a value of the input's type: the number of cuts below it. */
export function binOf(cuts: Cuts, value: number): number {
  // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN
  if (value !== value) return cuts.length + 1;
  let from = 0;
  let to = cuts.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (cuts[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The largest float32 that is not above a number. */
export function largestFloat32UpTo(threshold: number): number {
  const near = Math.fround(threshold);
  return near > threshold ? previousFloat32(near) : near;
}

function largestFloat32Below(threshold: number): number {
  const near = Math.fround(threshold);
  return near >= threshold ? previousFloat32(near) : near;
}

const floatView = new Float32Array(1);
const bitView = new Uint32Array(floatView.buffer);

/** The next float32 towards minus infinity. */
function previousFloat32(value: number): number {
  if (value === 0) return -1.401298464324817e-45;
  floatView[0] = value;
  bitView[0]! += value > 0 ? -1 : 1;
  return floatView[0]!;
}

const doubleView = new Float64Array(1);
const longView = new BigUint64Array(doubleView.buffer);

/** The next float64 towards minus infinity. */
function previousFloat64(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  doubleView[0] = value;
  longView[0]! += value > 0 ? -1n : 1n;
  return doubleView[0]!;
}
