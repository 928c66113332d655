import { createAttributeReader, sameLengths } from "./attribute-reader.ts";
import { type Aggregate, aggregates, branchModes, type PostTransform, postTransforms } from "./ensemble.ts";
import type { OnnxNode } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";
import type { TreeNodes } from "./tree-nodes.ts";

/** What a tree operator's attributes say, checked one by one but not yet as trees. */
export interface TreeAttributes {
  readonly nodes: TreeNodes;
  readonly kind: "classifier" | "targets";
  /** Classes or targets. */
  readonly width: number;
  /** Class labels; empty for targets. */
  readonly labels: readonly (string | number)[];
  readonly baseValues: ArrayLike<number>;
  readonly aggregate: Aggregate;
  readonly postTransform: PostTransform;
}

/** `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of ai.onnx.ml 1 to 4. */
export function readTreeAttributes(node: OnnxNode, inputType: number): TreeAttributes {
  const isClassifier = node.opType === "TreeEnsembleClassifier";
  const read = createAttributeReader(node, inputType);
  const aggregate = read.text("aggregate_function", "SUM");
  if (!isOneOf(aggregates, aggregate) || (isClassifier && aggregate !== "SUM"))
    throw new ModelRefusal("unsupported_aggregate", `aggregate_function ${aggregate}`);
  const postTransform = read.text("post_transform", "NONE");
  if (!isOneOf(postTransforms, postTransform))
    throw new ModelRefusal("unsupported_post_transform", `post_transform ${postTransform}`);
  const prefix = isClassifier ? "class" : "target";
  const leaves = {
    treeIds: read.ints(`${prefix}_treeids`),
    nodeIds: read.ints(`${prefix}_nodeids`),
    ids: read.ints(`${prefix}_ids`),
    weights: read.numbers(`${prefix}_weights`),
  };
  sameLengths(leaves, leaves.treeIds.length);
  const lists = {
    treeIds: read.ints("nodes_treeids"),
    nodeIds: read.ints("nodes_nodeids"),
    featureIds: read.ints("nodes_featureids"),
    modes: read.texts("nodes_modes"),
    thresholds: read.numbers("nodes_values"),
    trueIds: read.ints("nodes_truenodeids"),
    falseIds: read.ints("nodes_falsenodeids"),
  };
  const size = lists.treeIds.length;
  sameLengths(lists, size);
  const missingTrue = read.ints("nodes_missing_value_tracks_true");
  if (missingTrue.length > 0) sameLengths({ nodes_missing_value_tracks_true: missingTrue }, size);
  const hitRates = read.numbers("nodes_hitrates");
  const baseValues = read.numbers("base_values");
  const integers = isClassifier ? read.ints("classlabels_int64s") : [];
  const strings = isClassifier ? read.texts("classlabels_strings") : [];
  if (integers.length > 0 && strings.length > 0)
    throw new ModelRefusal("unsupported_classes", "class labels are given as integers and as strings");
  const labels = strings.length > 0 ? strings : integers;
  const width = isClassifier ? labels.length : read.int("n_targets", 0);
  read.refuseOthers();

  const name = (at: number) => `node ${lists.nodeIds[at]} of tree ${lists.treeIds[at]}`;
  const { roots, find } = indexTrees(lists.treeIds, lists.nodeIds);
  const modes = Int8Array.from(lists.modes, (text, at) => modeOf(text, name(at)));
  const child = (ids: readonly number[]) =>
    Int32Array.from(ids, (id, at) => {
      if (modes[at]! < 0) return -1;
      const found = find(lists.treeIds[at]!, id);
      if (found === undefined)
        throw new ModelRefusal("missing_child", `${name(at)} has a child ${id} that does not exist`);
      return found;
    });
  const weights = Array.from(leaves.ids, (id, i) => {
    const at = find(leaves.treeIds[i]!, leaves.nodeIds[i]!);
    if (at === undefined || modes[at]! >= 0)
      throw new ModelRefusal(
        "leaf_weights",
        `a weight stands at node ${leaves.nodeIds[i]} of tree ${leaves.treeIds[i]}, which is no leaf`,
      );
    return { node: at, id, value: leaves.weights[i]! };
  });
  const nodes: TreeNodes = {
    roots,
    modes,
    features: lists.featureIds,
    thresholds: lists.thresholds,
    sets: new Map(),
    trueChildren: child(lists.trueIds),
    falseChildren: child(lists.falseIds),
    missingTrue,
    hitRates,
    weights,
    sharing: true,
    name,
  };
  const kind = isClassifier ? "classifier" : "targets";
  return { nodes, kind, width, labels, baseValues, aggregate, postTransform };
}

export function isOneOf<T extends string>(known: readonly T[], text: string): text is T {
  return (known as readonly string[]).includes(text);
}

const isId = (id: number): boolean => id >= 0 && id < 2 ** 31;

/** BRANCH_MEMBER has no name before version 5. */
function modeOf(text: string, where: string): number {
  if (text === "LEAF") return -1;
  const mode = (branchModes as readonly string[]).indexOf(text);
  if (mode < 0 || text === "BRANCH_MEMBER")
    throw new ModelRefusal("unsupported_branch_mode", `${where} has mode ${text}`);
  return mode;
}

/** Nodes are known by the ids of their tree and their own; onnxruntime takes the node listed first as a tree's root. */
function indexTrees(treeIds: readonly number[], nodeIds: readonly number[]) {
  const roots: number[] = [];
  const trees = new Map<number, Map<number, number>>();
  let tree = new Map<number, number>();
  treeIds.forEach((treeId, at) => {
    if (at === 0 || treeId !== treeIds[at - 1]) {
      if (trees.has(treeId)) throw new ModelRefusal("tree_order", `the nodes of tree ${treeId} are not one run`);
      tree = new Map();
      trees.set(treeId, tree);
      roots.push(at);
    }
    const nodeId = nodeIds[at]!;
    // onnxruntime keeps 32 bits of them, and takes a tree of id -1 for as many trees as nodes.
    if (!isId(treeId) || !isId(nodeId))
      throw new ModelRefusal("node_id", `node ${nodeId} of tree ${treeId}: ids are from 0 to 2^31 - 1`);
    if (tree.has(nodeId)) throw new ModelRefusal("duplicate_node", `node ${nodeId} of tree ${treeId}`);
    tree.set(nodeId, at);
  });
  return { roots, find: (treeId: number, nodeId: number): number | undefined => trees.get(treeId)?.get(nodeId) };
}
