import { branchModes, type TreeEnsemble } from "./ensemble.ts";
import { ModelRefusal } from "./refusal.ts";
import type { TreeAttributes } from "./tree-attributes.ts";

export interface TreeLimits {
  /** Nodes of all trees. Default 2 million. */
  readonly maxTreeNodes: number;
  /** Decisions from root to leaf. Default 512. */
  readonly maxDepth: number;
}

type Trees = Omit<TreeEnsemble, "featureCount" | "baseOffset" | "postTransform">;

/**
 * Lays the trees out root first (each tree's nodes are one run, parents before children) and proves their form: every child
 * exists, every node is reached exactly once, features are within the input's width, thresholds are numbers, leaves are finite.
 */
export function buildTrees(attributes: TreeAttributes, featureCount: number, limits: TreeLimits): Trees {
  const { treeIds, nodeIds, modes } = attributes;
  const size = treeIds.length;
  if (size === 0) throw new ModelRefusal("no_tree_ensemble", "the tree ensemble has no nodes");
  if (size > limits.maxTreeNodes)
    throw new ModelRefusal("too_many_nodes", `${size} tree nodes; the budget is ${limits.maxTreeNodes}`);
  const weightOf = leafWeights(attributes);
  const trees: Trees & { roots: Int32Array } = {
    roots: new Int32Array(0),
    feature: new Int32Array(size).fill(-1),
    threshold: new Float64Array(size),
    trueChild: new Int32Array(size).fill(-1),
    falseChild: new Int32Array(size).fill(-1),
    missingTrue: new Uint8Array(size),
    mode: new Uint8Array(size),
    leaf: new Float64Array(size),
    cover: null,
  };
  const roots: number[] = [];
  const seen = new Set<number>();
  let placed = 0;
  for (let start = 0; start < size; ) {
    const treeId = treeIds[start]!;
    if (seen.has(treeId)) throw new ModelRefusal("tree_order", `the nodes of tree ${treeId} are not one run`);
    seen.add(treeId);
    let end = start;
    const indexOf = new Map<number, number>();
    for (; end < size && treeIds[end] === treeId; end++) {
      if (indexOf.has(nodeIds[end]!))
        throw new ModelRefusal("duplicate_node", `node ${nodeIds[end]} of tree ${treeId}`);
      indexOf.set(nodeIds[end]!, end);
    }
    roots.push(placed);
    // onnxruntime takes the node listed first as the root, whatever its id.
    placed = placeTree(start, placed, indexOf);
    if (placed !== end)
      throw new ModelRefusal("node_unreached", `${end - placed} nodes of tree ${treeId} hang on no parent`);
    start = end;
  }
  if (weightOf.size > 0) throw new ModelRefusal("leaf_weights", "a weight stands at a node that is no leaf");
  roots.push(size);
  return { ...trees, roots: Int32Array.from(roots) };

  function placeTree(root: number, first: number, indexOf: ReadonlyMap<number, number>): number {
    const reached = new Set<number>();
    const stack: { from: number; depth: number; parent: number; side: Int32Array }[] = [
      { from: root, depth: 0, parent: -1, side: trees.trueChild },
    ];
    let next = first;
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const { from, depth, parent, side } = item;
      const where = `node ${nodeIds[from]} of tree ${treeIds[from]}`;
      if (reached.has(from)) throw new ModelRefusal("node_reached_twice", where);
      if (depth > limits.maxDepth)
        throw new ModelRefusal("too_deep", `${where} is more than ${limits.maxDepth} decisions deep`);
      reached.add(from);
      const at = next++;
      if (parent >= 0) side[parent] = at;
      if (modes[from] === "LEAF") placeLeaf(from, at, where);
      else {
        placeDecision(from, at, where);
        stack.push({ from: child(attributes.falseIds[from]!), depth: depth + 1, parent: at, side: trees.falseChild });
        stack.push({ from: child(attributes.trueIds[from]!), depth: depth + 1, parent: at, side: trees.trueChild });
      }
      function child(id: number): number {
        const index = indexOf.get(id);
        if (index === undefined)
          throw new ModelRefusal("missing_child", `${where} has a child ${id} that does not exist`);
        return index;
      }
    }
    return next;
  }

  function placeLeaf(from: number, at: number, where: string): void {
    const key = `${treeIds[from]} ${nodeIds[from]}`;
    const weight = weightOf.get(key);
    if (weight === undefined) throw new ModelRefusal("leaf_weights", `${where} is a leaf without a weight`);
    if (!Number.isFinite(weight)) throw new ModelRefusal("leaf_not_finite", where);
    weightOf.delete(key);
    trees.leaf[at] = weight;
  }

  function placeDecision(from: number, at: number, where: string): void {
    const mode = (branchModes as readonly (string | undefined)[]).indexOf(modes[from]);
    if (mode < 0) throw new ModelRefusal("unsupported_branch_mode", `${where} has mode ${modes[from]}`);
    const feature = attributes.featureIds[from]!;
    if (!(feature >= 0 && feature < featureCount))
      throw new ModelRefusal("feature_index", `${where} tests feature ${feature} of ${featureCount}`);
    const threshold = attributes.thresholds[from]!;
    // Infinity is sound: LightGBM's "missing or not" is x <= 1.8e308, which float32 rounds to it.
    if (Number.isNaN(threshold)) throw new ModelRefusal("threshold_not_a_number", where);
    const missing = attributes.missingTrue[from] ?? 0;
    if (missing !== 0 && missing !== 1) throw new ModelRefusal("missing_value_flag", `${where} has ${missing}`);
    trees.mode[at] = mode;
    trees.feature[at] = feature;
    trees.threshold[at] = threshold;
    // NaN != t holds, so onnxruntime sends a missing value the true way whatever the flag says.
    trees.missingTrue[at] = branchModes[mode] === "BRANCH_NEQ" ? 1 : missing;
  }
}

function leafWeights(attributes: TreeAttributes): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { treeId, nodeId, value } of attributes.weights) {
    const key = `${treeId} ${nodeId}`;
    if (weights.has(key)) throw new ModelRefusal("leaf_weights", `node ${nodeId} of tree ${treeId} has two weights`);
    weights.set(key, value);
  }
  return weights;
}
