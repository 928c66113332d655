/** Raw scores of row-major rows: the only thing that the oracle knows of a model. */
export type Score = (rows: Float32Array, count: number) => ArrayLike<number> | Promise<ArrayLike<number>>;

export interface Attribution {
  readonly expectedValue: number;
  readonly shapValues: Float64Array;
}

/**
 * Interventional SHAP values by their definition: the worth of a set of features is the (weighted) mean score of the background rows with
 * these features taken from the row. 2^features x background rows scores, all asked for at once.
 */
export async function bruteForce(
  score: Score,
  background: Float32Array,
  row: Float32Array,
  weights: Float64Array = new Float64Array(background.length / row.length).fill(1),
): Promise<Attribution> {
  const width = row.length;
  const backgroundCount = background.length / width;
  const sets = 2 ** width;
  const mixed = new Float32Array(sets * background.length);
  for (let set = 0; set < sets; set++)
    for (let b = 0; b < backgroundCount; b++)
      for (let f = 0; f < width; f++)
        mixed[(set * backgroundCount + b) * width + f] = ((set >> f) & 1) === 1 ? row[f]! : background[b * width + f]!;
  const scores = await score(mixed, sets * backgroundCount);
  const worth = Float64Array.from({ length: sets }, (_, set) => {
    let sum = 0;
    for (let b = 0; b < backgroundCount; b++) sum += weights[b]! * scores[set * backgroundCount + b]!;
    return sum / weights.reduce((total, weight) => total + weight, 0);
  });
  return attributionOf(worth, width);
}

/** A feature's value is its mean gain over all orders. Bit f of a set says that feature f is in. */
export function attributionOf(worth: Float64Array, width: number): Attribution {
  const sets = 2 ** width;
  const shapValues = new Float64Array(width);
  for (let set = 0; set < sets; set++) {
    const size = bits(set);
    for (let f = 0; f < width; f++)
      if (((set >> f) & 1) === 0) {
        const share = (factorial(size) * factorial(width - size - 1)) / factorial(width);
        shapValues[f]! += share * (worth[set | (1 << f)]! - worth[set]!);
      }
  }
  return { expectedValue: worth[0]!, shapValues };
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
