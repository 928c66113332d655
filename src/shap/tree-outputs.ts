import type { TreeEnsemble } from "./ensemble.ts";
import { ModelRefusal } from "./refusal.ts";
import type { TreeAttributes } from "./tree-attributes.ts";
import type { PlacedTrees } from "./tree-builder.ts";
import type { OutputPlan } from "./tree-classes.ts";
import type { ScoresWay } from "./tree-location.ts";
import type { TreeLimits } from "./tree-nodes.ts";

/** What all outputs share. */
type Common = Pick<TreeEnsemble, "featureCount" | "inputType" | "cover" | "postTransform">;

/**
 * One ensemble for each output, of the trees that have a weight for it: a model of n classes mostly has n times the trees, each with
 * weights for one class. AVERAGE, and what the graph does to the scores behind the trees, are folded into leaves and base offset.
 *
 * @throws ModelRefusal `too_many_nodes` where the outputs' trees together are more than the budget; `unsupported_output` where a divisor
 *   is not the number of trees: onnxmltools divides LightGBM's forests by 100, whatever they have
 */
export function splitOutputs(
  attributes: TreeAttributes,
  trees: PlacedTrees,
  plans: readonly OutputPlan[],
  { divisor, shift }: ScoresWay,
  common: Common,
  limits: TreeLimits,
): TreeEnsemble[] {
  const treeCount = trees.roots.length - 1;
  const share = attributes.aggregate === "AVERAGE" ? treeCount : 1;
  if (divisor !== 1 && divisor !== treeCount)
    throw new ModelRefusal(
      "unsupported_output",
      `the scores are divided by ${divisor}, and there are ${treeCount} trees`,
    );
  let total = 0;
  const weightsById = Map.groupBy(attributes.nodes.weights, (weight) => weight.id);
  return plans.map(({ id, baseOffset }) => {
    const weightOf = new Map((weightsById.get(id) ?? []).map(({ node, value }) => [node, value]));
    const kept: number[] = [];
    for (let tree = 0; tree < treeCount; tree++) {
      const own = trees.source.subarray(trees.roots[tree]!, trees.roots[tree + 1]!);
      if (own.some((node) => weightOf.has(node))) {
        kept.push(tree);
        total += own.length;
      }
    }
    if (total > limits.maxTreeNodes)
      throw new ModelRefusal(
        "too_many_nodes",
        `more than ${limits.maxTreeNodes} tree nodes in ${plans.length} outputs together`,
      );
    const own = kept.length === treeCount ? { ...trees, cover: common.cover } : keepTrees(trees, common.cover, kept);
    const { source, ...placed } = own;
    const leaf = Float64Array.from(source, (node) => (weightOf.get(node) ?? 0) / share / divisor);
    return { ...common, ...placed, leaf, baseOffset: baseOffset / divisor + shift };
  });
}

function keepTrees(trees: PlacedTrees, cover: Float64Array | null, kept: readonly number[]) {
  const roots = new Int32Array(kept.length + 1);
  kept.forEach((tree, i) => {
    roots[i + 1] = roots[i]! + trees.roots[tree + 1]! - trees.roots[tree]!;
  });
  const size = roots[kept.length]!;
  const own = {
    roots,
    feature: new Int32Array(size),
    threshold: new Float64Array(size),
    sets: trees.sets,
    trueChild: new Int32Array(size),
    falseChild: new Int32Array(size),
    missingTrue: new Uint8Array(size),
    mode: new Uint8Array(size),
    source: new Int32Array(size),
    cover: cover === null ? null : new Float64Array(size),
  };
  kept.forEach((tree, i) => {
    const at = roots[i]!;
    const from = trees.roots[tree]!;
    const to = trees.roots[tree + 1]!;
    const moved = (child: number) => (child < 0 ? -1 : child - from + at);
    for (const name of ["feature", "threshold", "missingTrue", "mode", "source"] as const)
      own[name].set(trees[name].subarray(from, to), at);
    for (const name of ["trueChild", "falseChild"] as const)
      own[name].set(trees[name].subarray(from, to).map(moved), at);
    if (cover !== null) own.cover?.set(cover.subarray(from, to), at);
  });
  return own;
}
