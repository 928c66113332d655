import { type AttributeReader, createAttributeReader, sameLengths } from "./attribute-reader.ts";
import { aggregates, branchModes, postTransforms } from "./ensemble.ts";
import type { OnnxNode } from "./onnx-model.ts";
import { ModelRefusal } from "./refusal.ts";
import type { TreeAttributes } from "./tree-attributes.ts";
import type { TreeNodes } from "./tree-nodes.ts";

const member = branchModes.indexOf("BRANCH_MEMBER");

/**
 * `TreeEnsemble` of ai.onnx.ml 5: decisions and leaves in lists of their own, by position.
 * https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
 */
export function readTreeAttributes5(node: OnnxNode, inputType: number): TreeAttributes {
  const read = createAttributeReader(node, inputType);
  const aggregate = aggregates[read.int("aggregate_function", 1)];
  if (aggregate === undefined) throw new ModelRefusal("unsupported_aggregate", "aggregate_function is no known number");
  const postTransform = postTransforms[read.int("post_transform", 0)];
  if (postTransform === undefined)
    throw new ModelRefusal("unsupported_post_transform", "post_transform is no known number");
  const width = read.int("n_targets", 0);
  const modes = read.bytes("nodes_modes");
  const size = modes.length;
  const lists = {
    nodes_splits: read.tensor("nodes_splits"),
    nodes_featureids: read.ints("nodes_featureids"),
    nodes_truenodeids: read.ints("nodes_truenodeids"),
    nodes_falsenodeids: read.ints("nodes_falsenodeids"),
    nodes_trueleafs: read.ints("nodes_trueleafs"),
    nodes_falseleafs: read.ints("nodes_falseleafs"),
  };
  sameLengths(lists, size);
  const weights = read.tensor("leaf_weights");
  const targets = read.ints("leaf_targetids");
  sameLengths({ leaf_targetids: targets }, weights.length);
  const missingTrue = read.ints("nodes_missing_value_tracks_true");
  if (missingTrue.length > 0) sameLengths({ nodes_missing_value_tracks_true: missingTrue }, size);
  const roots = read.ints("tree_roots");
  const sets = readSets(read, modes);
  const hitRates = read.tensor("nodes_hitrates");
  read.refuseOthers();

  const name = (at: number) => (at < size ? `node ${at}` : `leaf ${at - size}`);
  for (const root of roots)
    if (!(root >= 0 && root < size)) throw new ModelRefusal("missing_child", `a tree's root ${root} does not exist`);
  /** Leaves stand behind the decisions. */
  const children = (ids: readonly number[], leafs: readonly number[]) => {
    const found = new Int32Array(size + weights.length).fill(-1);
    ids.forEach((id, at) => {
      const leaf = leafs[at]!;
      if (leaf !== 0 && leaf !== 1)
        throw new ModelRefusal("unsupported_attribute", `${name(at)} has a leaf flag ${leaf}`);
      if (!(id >= 0 && id < (leaf === 1 ? weights.length : size)))
        throw new ModelRefusal("missing_child", `${name(at)} has a child ${id} that does not exist`);
      found[at] = leaf === 1 ? size + id : id;
    });
    return found;
  };
  const allModes = new Int8Array(size + weights.length).fill(-1);
  for (let at = 0; at < size; at++) {
    if (branchModes[modes[at]!] === undefined)
      throw new ModelRefusal("unsupported_branch_mode", `${name(at)} has mode ${modes[at]}`);
    allModes[at] = modes[at]!;
  }
  const nodes: TreeNodes = {
    roots,
    modes: allModes,
    features: lists.nodes_featureids,
    thresholds: lists.nodes_splits,
    sets,
    trueChildren: children(lists.nodes_truenodeids, lists.nodes_trueleafs),
    falseChildren: children(lists.nodes_falsenodeids, lists.nodes_falseleafs),
    missingTrue,
    hitRates,
    weights: targets.map((id, leaf) => ({ node: size + leaf, id, value: weights[leaf]! })),
    sharing: false,
    name,
  };
  return { nodes, kind: "targets", width, labels: [], baseValues: [], aggregate, postTransform };
}

/** One set for each BRANCH_MEMBER node in order, NaN between them; a last NaN may stand or not. */
function readSets(read: AttributeReader, modes: ArrayLike<number>): Map<number, Float64Array> {
  const values = read.tensor("membership_values");
  const sets = new Map<number, Float64Array>();
  let from = 0;
  for (let node = 0; node < modes.length; node++) {
    if (modes[node] !== member) continue;
    let to = from;
    while (to < values.length && !Number.isNaN(values[to])) to++;
    if (to === from) throw new ModelRefusal("membership", `node ${node} has no member`);
    const sorted = Float64Array.from({ length: to - from }, (_, i) => values[from + i]!).sort();
    sets.set(
      node,
      sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]),
    );
    from = to + 1;
  }
  if (from < values.length) throw new ModelRefusal("membership", "there are more sets than BRANCH_MEMBER nodes");
  return sets;
}
