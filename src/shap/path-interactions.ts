import { takesTrueBranch } from "./branch.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import type { InteractionExplainer } from "./interactions.ts";
import { createShapleyIntegrals } from "./shapley-integral.ts";
import { splitPairs } from "./split-pairs.ts";

/**
 * Exact path-dependent SHAP interaction values, what shap's `shap_interaction_values` gives. With every feature known with probability p, a
 * leaf is reached with the product over the features of its way of p x (1 where the row passes) + (1 - p) x share of cover; a pair's interaction
 * is the integral over p of that product's mixed second derivative (Owen, Management Science 18, 1972; Grabisch and Roubens, International Journal
 * of Game Theory 28, 1999), which Gauss's rule gives exactly. Costs a row leaves x features of a way cubed / 4.
 *
 * @param shares of its parent's cover that went to each node, so that two children have 1 together
 */
export function createPathInteractions(ensemble: TreeEnsemble, shares: Float64Array): InteractionExplainer {
  const { featureCount, roots, feature, trueChild, falseChild, leaf } = ensemble;
  const integrals = createShapleyIntegrals();
  /** Of the features on the current way, in order of first test: 1 where the row passes all tests, and the share that does. */
  const way: { readonly column: number; passes: number; share: number }[] = [];
  let row: Float32Array | Float64Array = new Float32Array(0);
  let sums = new Float64Array(0);

  return {
    explainRow(values) {
      if (values.length !== featureCount) throw new RangeError(`${values.length} values are no row of ${featureCount}`);
      row = values;
      sums = new Float64Array(featureCount * featureCount);
      for (const root of roots.subarray(0, -1)) walk(root);
      return splitPairs(sums, featureCount);
    },
  };

  function walk(node: number): void {
    const column = feature[node]!;
    if (column < 0) {
      addLeaf(leaf[node]!);
      return;
    }
    const rowChild = takesTrueBranch(ensemble, node, row[column]!) ? trueChild[node]! : falseChild[node]!;
    const known = way.find((each) => each.column === column);
    const own = known ?? { column, passes: 1, share: 1 };
    if (known === undefined) way.push(own);
    const { passes, share } = own;
    for (const child of [trueChild[node]!, falseChild[node]!]) {
      own.passes = child === rowChild ? passes : 0;
      own.share = share * shares[child]!;
      // Neither the row nor anything expected comes here.
      if (own.passes > 0 || own.share > 0) walk(child);
    }
    own.passes = passes;
    own.share = share;
    if (known === undefined) way.pop();
  }

  function addLeaf(value: number): void {
    const { points, weights } = integrals(way.length);
    for (let q = 0; q < points.length; q++) {
      const p = points[q]!;
      const factors = way.map(({ passes, share }) => p * passes + (1 - p) * share);
      const worth = factors.reduce((product, factor) => product * factor, weights[q]! * value);
      // The derivative by a feature takes its factor out and its slope in.
      const slopes = way.map(({ passes, share }, i) => (passes - share) / factors[i]!);
      for (let i = 0; i < way.length; i++) {
        const own = way[i]!.column;
        const single = worth * slopes[i]!;
        sums[own * featureCount + own]! += single;
        for (let j = i + 1; j < way.length; j++) {
          const other = way[j]!.column;
          const at = own < other ? own * featureCount + other : other * featureCount + own;
          sums[at]! += single * slopes[j]!;
        }
      }
    }
  }
}
