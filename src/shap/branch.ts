import type { TreeEnsemble } from "./ensemble.ts";

/**
 * Whether the value `x` takes the true branch of a node, exactly as ONNX decides: `x` is of the ensemble's input type (or NaN for
 * missing), the threshold or member float32 or float64, and both are compared as numbers.
 */
export function takesTrueBranch(ensemble: TreeEnsemble, node: number, x: number): boolean {
  // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN, and this is the innermost loop
  if (x !== x) return ensemble.missingTrue[node] === 1;
  const threshold = ensemble.threshold[node]!;
  switch (ensemble.mode[node]) {
    case 0:
      return x <= threshold;
    case 1:
      return x < threshold;
    case 2:
      return x >= threshold;
    case 3:
      return x > threshold;
    case 4:
      return x === threshold;
    case 5:
      return x !== threshold;
    default:
      return isMember(ensemble.sets[threshold]!, x);
  }
}

function isMember(set: Float64Array, x: number): boolean {
  let from = 0;
  let to = set.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (set[middle]! < x) from = middle + 1;
    else to = middle;
  }
  return set[from] === x;
}
