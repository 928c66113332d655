import { branchModes } from "./ensemble.ts";
import { checkEqualityTests, followEqualityTests } from "./equality-tests.ts";
import { ModelRefusal } from "./refusal.ts";
import type { TreeLimits, TreeNodes } from "./tree-nodes.ts";
import { orderTree } from "./tree-order.ts";

/** The trees laid out as `TreeEnsemble` has them: each tree's nodes are one run, parents before children, true branch first. */
export interface PlacedTrees {
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly sets: readonly Float64Array[];
  readonly trueChild: Int32Array;
  readonly falseChild: Int32Array;
  readonly missingTrue: Uint8Array;
  readonly mode: Uint8Array;
  /** The file's node that each was made of. */
  readonly source: Int32Array;
}

const differs = branchModes.indexOf("BRANCH_NEQ");
const member = branchModes.indexOf("BRANCH_MEMBER");

/**
 * Lays the trees out and proves their form: no cycle, every node reached, nothing too deep, features within the input's width,
 * thresholds that are numbers. Tests of one feature for equality that share their true branch become one BRANCH_MEMBER node; any
 * other node with several parents becomes a copy for each.
 *
 * @throws ModelRefusal by name
 */
export function buildTrees(nodes: TreeNodes, featureCount: number, limits: TreeLimits): PlacedTrees {
  const { modes } = nodes;
  if (modes.length === 0 || nodes.roots.length === 0)
    throw new ModelRefusal("no_tree_ensemble", "the tree ensemble has no nodes");
  if (modes.length > limits.maxTreeNodes)
    throw new ModelRefusal("too_many_nodes", `${modes.length} tree nodes; the budget is ${limits.maxTreeNodes}`);
  const reached = new Uint8Array(modes.length);
  const depth = new Int32Array(modes.length);
  const sizes = new Float64Array(modes.length);
  let size = 0;
  for (const root of nodes.roots) {
    for (const node of orderTree(nodes, root)) {
      reached[node] = 1;
      measure(node);
    }
    size += sizes[root]!;
    if (size > limits.maxTreeNodes)
      throw new ModelRefusal(
        "too_many_nodes",
        `${size} tree nodes with a copy for each parent; the budget is ${limits.maxTreeNodes}`,
      );
  }
  const lost = reached.indexOf(0);
  if (lost >= 0) throw new ModelRefusal("node_unreached", `${nodes.name(lost)} hangs on no parent`);
  if (nodes.sharing) checkEqualityTests(nodes, limits.maxTreeNodes);
  return placeTrees(nodes, size);

  /** After the node's children. */
  function measure(node: number): void {
    if (modes[node]! < 0) {
      depth[node] = 0;
      sizes[node] = 1;
      return;
    }
    checkDecision(nodes, node, featureCount);
    const yes = nodes.trueChildren[node]!;
    const no = nodes.falseChildren[node]!;
    depth[node] = 1 + Math.max(depth[yes]!, depth[no]!);
    if (depth[node]! > limits.maxDepth)
      throw new ModelRefusal("too_deep", `more than ${limits.maxDepth} decisions below ${nodes.name(node)}`);
    sizes[node] = 1 + sizes[yes]! + sizes[followEqualityTests(nodes, node).otherwise]!;
  }
}

function checkDecision(nodes: TreeNodes, node: number, featureCount: number): void {
  const feature = nodes.features[node]!;
  if (!(feature >= 0 && feature < featureCount))
    throw new ModelRefusal("feature_index", `${nodes.name(node)} tests feature ${feature} of ${featureCount}`);
  // Infinity is sound: LightGBM's "missing or not" is x <= 1.8e308, which float32 rounds to it.
  if (nodes.modes[node] !== member && Number.isNaN(nodes.thresholds[node]))
    throw new ModelRefusal("threshold_not_a_number", nodes.name(node));
  const missing = nodes.missingTrue[node] ?? 0;
  if (missing !== 0 && missing !== 1)
    throw new ModelRefusal("missing_value_flag", `${nodes.name(node)} has ${missing}`);
}

function placeTrees(nodes: TreeNodes, size: number): PlacedTrees {
  const sets: Float64Array[] = [];
  const trees = {
    roots: new Int32Array(nodes.roots.length + 1),
    feature: new Int32Array(size).fill(-1),
    threshold: new Float64Array(size),
    sets,
    trueChild: new Int32Array(size).fill(-1),
    falseChild: new Int32Array(size).fill(-1),
    missingTrue: new Uint8Array(size),
    mode: new Uint8Array(size),
    source: new Int32Array(size),
  };
  let placed = 0;
  nodes.roots.forEach((root, tree) => {
    trees.roots[tree] = placed;
    const stack = [{ node: root, parent: -1, side: trees.trueChild }];
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const { node, parent, side } = item;
      const at = placed++;
      if (parent >= 0) side[parent] = at;
      trees.source[at] = node;
      if (nodes.modes[node]! >= 0) {
        stack.push({ node: placeDecision(node, at), parent: at, side: trees.falseChild });
        stack.push({ node: nodes.trueChildren[node]!, parent: at, side: trees.trueChild });
      }
    }
  });
  trees.roots[nodes.roots.length] = placed;
  return trees;

  /** Answers where the false branch leads. */
  function placeDecision(node: number, at: number): number {
    const { members, otherwise } = followEqualityTests(nodes, node);
    const set = nodes.sets.get(node) ?? (members.length > 1 ? distinct(members) : null);
    trees.mode[at] = set === null ? nodes.modes[node]! : member;
    trees.feature[at] = nodes.features[node]!;
    trees.threshold[at] = set === null ? nodes.thresholds[node]! : sets.push(set) - 1;
    // NaN != t holds, so onnxruntime sends a missing value the true way whatever the flag says.
    trees.missingTrue[at] = nodes.modes[node] === differs ? 1 : (nodes.missingTrue[node] ?? 0);
    return otherwise;
  }
}

function distinct(values: readonly number[]): Float64Array {
  const sorted = Float64Array.from(values).sort();
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
}
