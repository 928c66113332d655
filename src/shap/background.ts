import type { Interventional } from "./perturbation.ts";
import { ModelRefusal } from "./refusal.ts";

/** A checked background: a copy of its own, so that nobody changes it under an explainer. */
export interface Background {
  /** Row-major, `count` x `featureCount`. */
  readonly rows: Float32Array;
  readonly count: number;
  /** Share of each row; they sum to 1. */
  readonly shares: Float64Array;
}

/** @throws ModelRefusal `background` for no row, a part of one, or weights that are not one positive number for each row */
export function readBackground({ background, weights }: Interventional, featureCount: number): Background {
  const count = background.length / featureCount;
  if (count < 1 || !Number.isInteger(count))
    throw new ModelRefusal("background", `${background.length} values are no rows of ${featureCount}`);
  if (weights === undefined)
    return { rows: background.slice(), count, shares: new Float64Array(count).fill(1 / count) };
  if (weights.length !== count) throw new ModelRefusal("background", `${weights.length} weights for ${count} rows`);
  let sum = 0;
  for (const [row, weight] of weights.entries()) {
    if (!(weight > 0)) throw new ModelRefusal("background", `row ${row} has weight ${weight}`);
    sum += weight;
  }
  if (sum === Number.POSITIVE_INFINITY) throw new ModelRefusal("background", "the weights have no finite sum");
  return { rows: background.slice(), count, shares: weights.map((weight) => weight / sum) };
}
