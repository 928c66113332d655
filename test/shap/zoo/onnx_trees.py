"""Reads the trees of an ONNX file as paths from the root to a leaf, for the definition of SHAP to be applied to (enumeration.py).

Written for the zoo alone and from the standard's text: it shares nothing with src/shap, so that both can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import onnx


@dataclass
class Node:
    """A decision, or a leaf with a weight for each output. `place` is its index in the attributes."""

    place: int
    feature: int = -1
    mode: str = "LEAF"
    threshold: float = 0.0
    missing_true: bool = False
    true: Node | None = None
    false: Node | None = None
    weights: np.ndarray | None = None
    cover: float = float("nan")
    share: float = float("nan")
    """Of the cover, what goes down the true branch."""


@dataclass
class Trees:
    operator: str
    post_transform: str
    outputs: int
    base: np.ndarray
    roots: list[Node] = field(default_factory=list)
    shared: bool = False
    """Whether a node has two parents, as a set of categories has when written as a chain of equalities."""


_TESTS = {
    "BRANCH_LEQ": np.less_equal, "BRANCH_LT": np.less, "BRANCH_GTE": np.greater_equal,
    "BRANCH_GT": np.greater, "BRANCH_EQ": np.equal, "BRANCH_NEQ": np.not_equal,
}  # fmt: skip


def passes(node: Node, rows: np.ndarray) -> np.ndarray:
    """bool [rows]: which rows, float32 or float64 [rows, features], take the true branch."""
    values = rows[:, node.feature].astype(np.float64)
    return np.where(np.isnan(values), node.missing_true, _TESTS[node.mode](values, node.threshold))


def attributes_of(node: onnx.NodeProto) -> dict:
    """By name; a tensor as its list of numbers."""
    read = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return {
        name.removesuffix("_as_tensor"): onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
        for name, value in read.items()
    }


def tree_node(model: onnx.ModelProto) -> onnx.NodeProto:
    (node,) = [node for node in model.graph.node if node.op_type.startswith("TreeEnsemble")]
    return node


def read(model: onnx.ModelProto) -> Trees:
    """Of TreeEnsembleClassifier and TreeEnsembleRegressor. A binary classifier with weights for class 0 alone has one output,
    which is the score of class 1 (so the converters mean it, and so onnxruntime does it)."""
    node = tree_node(model)
    a = attributes_of(node)
    kind = "class" if node.op_type == "TreeEnsembleClassifier" else "target"
    ids = a[f"{kind}_ids"]
    outputs = a["n_targets"] if kind == "target" else max(ids) + 1
    base = np.zeros(outputs)
    base[: len(a.get("base_values", []))] = a.get("base_values", [])
    trees = Trees(node.op_type, a.get("post_transform", b"NONE").decode(), outputs, base)
    weights: dict[tuple[int, int], np.ndarray] = {}
    for tree, of, output, weight in zip(a[f"{kind}_treeids"], a[f"{kind}_nodeids"], ids, a[f"{kind}_weights"], strict=True):
        weights.setdefault((tree, of), np.zeros(outputs))[output] += weight
    missing = a.get("nodes_missing_value_tracks_true", [0] * len(a["nodes_treeids"]))
    places = {key: i for i, key in enumerate(zip(a["nodes_treeids"], a["nodes_nodeids"], strict=True))}
    seen: set[int] = set()

    def place(tree: int, of: int) -> Node:
        i = places[tree, of]
        trees.shared |= i in seen
        seen.add(i)
        mode = a["nodes_modes"][i].decode()
        if mode == "LEAF":
            return Node(i, weights=weights[tree, of])
        return Node(
            i, a["nodes_featureids"][i], mode, float(a["nodes_values"][i]), bool(missing[i]),
            place(tree, a["nodes_truenodeids"][i]), place(tree, a["nodes_falsenodeids"][i]),
        )  # fmt: skip

    children = {(t, c) for name in ("nodes_truenodeids", "nodes_falsenodeids")
                for t, c, mode in zip(a["nodes_treeids"], a[name], a["nodes_modes"], strict=True) if mode != b"LEAF"}  # fmt: skip
    trees.roots = [place(tree, of) for tree, of in places if (tree, of) not in children]
    return trees


def leaves(root: Node) -> list[tuple[Node, list[tuple[Node, bool, float]]]]:
    """Each way to a leaf, as often as there are ways: (decision, whether its true branch is taken, the share of the cover that goes there)."""
    found = []

    def follow(node: Node, way: list) -> None:
        if node.weights is not None:
            found.append((node, way))
            return
        follow(node.true, [*way, (node, True, node.share)])
        follow(node.false, [*way, (node, False, 1 - node.share)])

    follow(root, [])
    return found


def nodes(root: Node) -> list[Node]:
    return [root] if root.weights is not None else [root, *nodes(root.true), *nodes(root.false)]


def scores(trees: Trees, rows: np.ndarray) -> np.ndarray:
    """float64 [rows, outputs]: before the post transform."""
    total = np.zeros((len(rows), trees.outputs))
    for root in trees.roots:
        _add(root, rows, np.arange(len(rows)), total)
    return total + trees.base


def _add(node: Node, rows: np.ndarray, which: np.ndarray, total: np.ndarray) -> None:
    if node.weights is not None:
        total[which] += node.weights
        return
    taken = passes(node, rows[which])
    _add(node.true, rows, which[taken], total)
    _add(node.false, rows, which[~taken], total)
