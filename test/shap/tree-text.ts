import { branchModes, type TreeEnsemble } from "../../src/shap/ensemble.ts";
import { type Attribute, type ModelText, writeOnnx } from "./onnx-writer.ts";

export type Tree = number | Split;

/** A test and its two branches; a number is a leaf. */
export interface Split {
  readonly feature: number;
  readonly mode: number;
  readonly threshold: number;
  /** For BRANCH_MEMBER: ascending, two at least, since one alone is read back as a test for equality. */
  readonly members?: readonly number[];
  readonly missingTrue: boolean;
  readonly yes: Tree;
  readonly no: Tree;
}

/** The attributes of a binary classifier with these trees: class id 0 only, as the converters write it. */
export function treeAttributes(trees: readonly Tree[], post: "NONE" | "LOGISTIC"): Record<string, Attribute> {
  const nodes = listNodes(trees, "a test for each member");
  const leaves = nodes.filter((node) => node.leaf !== null);
  return {
    nodes_treeids: { ints: nodes.map((n) => n.tree) },
    nodes_nodeids: { ints: nodes.map((n) => n.id) },
    nodes_featureids: { ints: nodes.map((n) => n.split?.feature ?? 0) },
    nodes_modes: { strings: nodes.map((n) => (n.split === null ? "LEAF" : branchModes[n.split.mode]!)) },
    nodes_values: { floats: nodes.map((n) => n.split?.threshold ?? 0) },
    nodes_truenodeids: { ints: nodes.map((n) => n.yes) },
    nodes_falsenodeids: { ints: nodes.map((n) => n.no) },
    nodes_missing_value_tracks_true: { ints: nodes.map((n) => (n.split?.missingTrue === true ? 1 : 0)) },
    class_treeids: { ints: leaves.map((n) => n.tree) },
    class_nodeids: { ints: leaves.map((n) => n.id) },
    class_ids: { ints: leaves.map(() => 0) },
    class_weights: { floats: leaves.map((n) => n.leaf ?? 0) },
    classlabels_int64s: { ints: [0, 1] },
    post_transform: { string: post },
  };
}

export function treesToOnnx(trees: readonly Tree[], width: number, text: Partial<ModelText> = {}): Uint8Array {
  return writeOnnx({ attributes: treeAttributes(trees, "NONE"), width, ...text });
}

/** The same trees as an ensemble, laid out as `ensembleFromOnnx` does. */
export function treesToEnsemble(trees: readonly Tree[], featureCount: number, baseOffset = 0): TreeEnsemble {
  const nodes = listNodes(trees, "sets of members");
  const sets: Float64Array[] = [];
  const offsets = trees.map((_, tree) => nodes.findIndex((n) => n.tree === tree));
  const at = (n: ListedNode, id: number) => (n.split === null ? -1 : offsets[n.tree]! + id);
  return {
    featureCount,
    inputType: "float32",
    cover: null,
    roots: Int32Array.from([...offsets, nodes.length]),
    feature: Int32Array.from(nodes, (n) => n.split?.feature ?? -1),
    threshold: Float64Array.from(nodes, (n) =>
      n.split?.members === undefined ? (n.split?.threshold ?? 0) : sets.push(Float64Array.from(n.split.members)) - 1,
    ),
    sets,
    trueChild: Int32Array.from(nodes, (n) => at(n, n.yes)),
    falseChild: Int32Array.from(nodes, (n) => at(n, n.no)),
    missingTrue: Uint8Array.from(nodes, (n) => (n.split?.mode === 5 || n.split?.missingTrue === true ? 1 : 0)),
    mode: Uint8Array.from(nodes, (n) => n.split?.mode ?? 0),
    leaf: Float64Array.from(nodes, (n) => n.leaf ?? 0),
    baseOffset,
    postTransform: "NONE",
  };
}

export interface ListedNode {
  readonly tree: number;
  readonly id: number;
  readonly split: Split | null;
  readonly leaf: number | null;
  yes: number;
  no: number;
}

/**
 * Root first, the true branch before the false one. A set of members is one node, or a test for equality for each member, all with
 * one true branch, as onnxmltools writes it.
 */
export function listNodes(trees: readonly Tree[], form: "sets of members" | "a test for each member"): ListedNode[] {
  const all: ListedNode[] = [];
  trees.forEach((root, tree) => {
    let next = 0;
    const list = (split: Split | null, leaf: number | null): ListedNode => {
      const listed = { tree, id: next++, split, leaf, yes: 0, no: 0 };
      all.push(listed);
      return listed;
    };
    const add = (node: Tree): number => {
      if (typeof node === "number") return list(null, node).id;
      const { members, ...test } = node;
      const [first, ...others] = members !== undefined && form !== "sets of members" ? members : [];
      const listed = list(first === undefined ? node : { ...test, mode: 4, threshold: first }, null);
      listed.yes = add(node.yes);
      let last = listed;
      for (const member of others) {
        const asked = list({ ...test, mode: 4, threshold: member }, null);
        asked.yes = listed.yes;
        last.no = asked.id;
        last = asked;
      }
      last.no = add(node.no);
      return listed.id;
    };
    add(root);
  });
  return all;
}
