/** Facts about the numbers of a column. */
export interface NumberStats {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** How many are whole. */
  readonly integers: number;
  /** The 0, 5, 10 … 100 % quantiles (21 numbers), from a systematic sample when there are many. */
  readonly quantiles: readonly number[];
}

export interface NumberSummary {
  add(value: number, times?: number): void;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly integers: number;
  /** Sampled values and the weight of each. */
  samples(): { values: number[]; weights: number[] };
}

const sampleSize = 2048;

/** Constant memory: every n-th value is kept, and n doubles whenever the sample is full. */
export function createNumberSummary(): NumberSummary {
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let integers = 0;
  let stride = 1;
  let skip = 0;
  let size = 0;
  let sample: Float64Array | null = null;
  const repeated: { value: number; times: number }[] = [];

  function keep(value: number): void {
    sample ??= new Float64Array(sampleSize);
    if (size === sampleSize) {
      for (let i = 0; i < sampleSize / 2; i++) sample[i] = sample[i * 2]!;
      size = sampleSize / 2;
      stride *= 2;
    }
    sample[size++] = value;
    skip = stride - 1;
  }

  return {
    get count() {
      return count;
    },
    get min() {
      return min;
    },
    get max() {
      return max;
    },
    get integers() {
      return integers;
    },
    add(value, times = 1) {
      count += times;
      if (value < min) min = value;
      if (value > max) max = value;
      if (Math.floor(value) === value) integers += times;
      if (times > 1) repeated.push({ value, times });
      else if (skip > 0) skip--;
      else keep(value);
    },
    samples() {
      const values = repeated.map((each) => each.value);
      const weights = repeated.map((each) => each.times);
      for (let i = 0; i < size; i++) {
        values.push(sample![i]!);
        weights.push(stride);
      }
      return { values, weights };
    },
  };
}

/** The summaries taken together, or null when none holds a number. */
export function statsOf(summaries: readonly NumberSummary[]): NumberStats | null {
  const filled = summaries.filter((summary) => summary.count > 0);
  if (filled.length === 0) return null;
  const pairs = filled.flatMap((summary) => {
    const { values, weights } = summary.samples();
    return values.map((value, i): [number, number] => [value, weights[i]!]);
  });
  pairs.sort((a, b) => a[0] - b[0]);
  const min = Math.min(...filled.map((summary) => summary.min));
  const max = Math.max(...filled.map((summary) => summary.max));
  const total = pairs.reduce((sum, [, weight]) => sum + weight, 0);
  const quantiles: number[] = [];
  let i = 0;
  let below = 0;
  for (let q = 0; q <= 20; q++) {
    const target = (q / 20) * total;
    while (i < pairs.length - 1 && below + pairs[i]![1] < target) below += pairs[i++]![1];
    quantiles.push(q === 0 ? min : q === 20 ? max : pairs[i]![0]);
  }
  const sum = (pick: (summary: NumberSummary) => number) => filled.reduce((all, each) => all + pick(each), 0);
  return { count: sum((each) => each.count), min, max, integers: sum((each) => each.integers), quantiles };
}
