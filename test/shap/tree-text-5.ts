import { type Attribute, writeOnnx } from "./onnx-writer.ts";
import { listNodes, type Tree } from "./tree-text.ts";

export interface Form5 {
  /** The leaves contribute to the targets in turn. */
  readonly targets: number;
  readonly double: boolean;
  /** Numbers of version 5: 0 AVERAGE, 1 SUM, 2 MIN, 3 MAX; 0 NONE, 1 SOFTMAX, 2 LOGISTIC, 3 SOFTMAX_ZERO, 4 PROBIT. */
  readonly aggregate?: number;
  readonly post?: number;
}

/** The attributes of `TreeEnsemble` of ai.onnx.ml 5 for these trees. */
export function treeAttributes5(trees: readonly Tree[], form: Form5): Record<string, Attribute> {
  const listed = listNodes(trees, "sets of members");
  const decisions = listed.filter((node) => node.split !== null);
  const leaves = listed.filter((node) => node.leaf !== null);
  const numbers = (values: readonly number[]): Attribute => (form.double ? { doubles: values } : { singles: values });
  const place = (tree: number, id: number) => {
    const found = listed.find((node) => node.tree === tree && node.id === id)!;
    return found.split === null ? { leaf: 1, at: leaves.indexOf(found) } : { leaf: 0, at: decisions.indexOf(found) };
  };
  const yes = decisions.map((node) => place(node.tree, node.yes));
  const no = decisions.map((node) => place(node.tree, node.no));
  // A tree of one leaf is written as a decision with that leaf on both sides.
  const lone = leaves.filter((leaf) => leaf.id === 0);
  const loneEnds = lone.map((leaf) => ({ leaf: 1, at: leaves.indexOf(leaf) }));
  const ends = { yes: [...yes, ...loneEnds], no: [...no, ...loneEnds] };
  const pad = <T>(values: readonly T[], value: T): T[] => [...values, ...lone.map(() => value)];
  const members = decisions.flatMap(({ split }) =>
    split!.members === undefined ? [] : [...split!.members, Number.NaN],
  );
  return {
    n_targets: { int: form.targets },
    aggregate_function: { int: form.aggregate ?? 1 },
    post_transform: { int: form.post ?? 0 },
    tree_roots: {
      ints: trees.map((_, tree) => {
        const root = decisions.findIndex((node) => node.tree === tree && node.id === 0);
        return root >= 0 ? root : decisions.length + lone.findIndex((leaf) => leaf.tree === tree);
      }),
    },
    nodes_modes: {
      bytes: pad(
        decisions.map(({ split }) => split!.mode),
        0,
      ),
    },
    nodes_splits: numbers(
      pad(
        decisions.map(({ split }) => (split!.members === undefined ? split!.threshold : 0)),
        0,
      ),
    ),
    nodes_featureids: {
      ints: pad(
        decisions.map(({ split }) => split!.feature),
        0,
      ),
    },
    nodes_truenodeids: { ints: ends.yes.map((end) => end.at) },
    nodes_falsenodeids: { ints: ends.no.map((end) => end.at) },
    nodes_trueleafs: { ints: ends.yes.map((end) => end.leaf) },
    nodes_falseleafs: { ints: ends.no.map((end) => end.leaf) },
    nodes_missing_value_tracks_true: {
      ints: pad(
        decisions.map(({ split }) => (split!.missingTrue ? 1 : 0)),
        0,
      ),
    },
    ...(members.length > 0 ? { membership_values: numbers(members) } : {}),
    leaf_weights: numbers(leaves.map((node) => node.leaf!)),
    leaf_targetids: { ints: leaves.map((_, at) => at % form.targets) },
  };
}

export function treesToOnnx5(trees: readonly Tree[], width: number, form: Form5): Uint8Array {
  const attributes = treeAttributes5(trees, form);
  return writeOnnx({ operator: "TreeEnsemble", mlVersion: 5, attributes, width, inputType: form.double ? 11 : 1 });
}
