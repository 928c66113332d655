import { takesTrueBranch } from "../../src/shap/branch.ts";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import type { Score } from "./brute-force.ts";

/**
 * SHAP interaction values by their definition: half of the mean gain of having both features over the gains of having either, over all sets of
 * the others; the diagonal is what is left of the SHAP value, itself by its definition. 2^features x background rows scores.
 */
export async function bruteForceInteractions(
  score: Score,
  background: Float32Array,
  row: Float32Array,
): Promise<Float64Array> {
  return interactionsOfWorths(await worthOfSets(score, background, row), row.length);
}

/** The same in the path-dependent game: a test of a feature that is not in the set goes both ways, by the shares of its children. */
export function bruteForcePathInteractions(ensemble: TreeEnsemble, shares: Float64Array, row: Float32Array) {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const expect = (node: number, set: number): number => {
    const column = feature[node]!;
    if (column < 0) return leaf[node]!;
    const ways = [trueChild[node]!, falseChild[node]!];
    if (((set >> column) & 1) === 1) return expect(ways[takesTrueBranch(ensemble, node, row[column]!) ? 0 : 1]!, set);
    return ways.reduce((sum, child) => sum + shares[child]! * expect(child, set), 0);
  };
  const worth = Float64Array.from({ length: 2 ** featureCount }, (_, set) =>
    roots.subarray(0, -1).reduce((sum, root) => sum + expect(root, set), 0),
  );
  return interactionsOfWorths(worth, featureCount);
}

/** @param worth of each set of features, bit i for feature i */
function interactionsOfWorths(worth: Float64Array, width: number): Float64Array {
  const values = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    let shapValue = 0;
    let pairs = 0;
    for (let set = 0; set < worth.length; set++) {
      if (((set >> i) & 1) === 1) continue;
      const size = bits(set);
      const share = (factorial(size) * factorial(width - size - 1)) / factorial(width);
      shapValue += share * (worth[set | (1 << i)]! - worth[set]!);
    }
    for (let j = 0; j < width; j++) {
      if (j === i) continue;
      for (let set = 0; set < worth.length; set++) {
        if (((set >> i) & 1) === 1 || ((set >> j) & 1) === 1) continue;
        const size = bits(set);
        const share = (factorial(size) * factorial(width - size - 2)) / (2 * factorial(width - 1));
        const both = worth[set | (1 << i) | (1 << j)]! - worth[set | (1 << i)]! - worth[set | (1 << j)]! + worth[set]!;
        values[i * width + j]! += share * both;
      }
      pairs += values[i * width + j]!;
    }
    values[i * width + i] = shapValue - pairs;
  }
  return values;
}

async function worthOfSets(score: Score, background: Float32Array, row: Float32Array): Promise<Float64Array> {
  const width = row.length;
  const count = background.length / width;
  const mixed = new Float32Array(2 ** width * background.length);
  for (let set = 0; set < 2 ** width; set++)
    for (let i = 0; i < background.length; i++)
      mixed[set * background.length + i] = ((set >> (i % width)) & 1) === 1 ? row[i % width]! : background[i]!;
  const scores = await score(mixed, 2 ** width * count);
  return Float64Array.from({ length: 2 ** width }, (_, set) => {
    let sum = 0;
    for (let other = 0; other < count; other++) sum += scores[set * count + other]!;
    return sum / count;
  });
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
