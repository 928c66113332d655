"""The covers of an ONNX file's nodes. No converter writes them, so they come from the library's own model, into `nodes_hitrates`.

ONNX says of `nodes_hitrates` only that it is the popularity of each node, to speed up the evaluation: onnxruntime does not read it. Each
library's trees are walked beside those of the file, and a node that tests something else stops the making.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx

from onnx_trees import Node, Trees, nodes, passes, tree_node


def from_library(trees: Trees, model, library: str) -> None:
    """Sets the cover of every node."""
    for root, tree in zip(trees.roots, _READERS[library](model), strict=True):
        if library == "catboost":
            _oblivious(root, tree)
        else:
            _beside(root, tree)
        for node in nodes(root):
            if node.weights is None:
                node.share = node.true.cover / node.cover if node.cover else 0.0


def from_rows(trees: Trees, rows: np.ndarray) -> None:
    """Sets what share of the rows goes down each true branch. Rows that come to a node with two parents by different ways count
    together: it is one node, behind a set of categories."""
    reached: dict[int, np.ndarray] = {}

    def count(node: Node, which: np.ndarray) -> None:
        taken = passes(node, rows[which])
        reached[node.place] = reached.get(node.place, np.zeros(2)) + [len(which), taken.sum()]
        for child, part in ((node.true, which[taken]), (node.false, which[~taken])):
            if child.weights is None:
                count(child, part)

    for root in trees.roots:
        count(root, np.arange(len(rows)))
        for node in nodes(root):
            if node.weights is None:
                of, true = reached[node.place]
                node.share = true / of if of else 0.0


def write(model: onnx.ModelProto, trees: Trees) -> None:
    """The covers into `nodes_hitrates`, float32."""
    node = tree_node(model)
    kept = [a for a in node.attribute if a.name not in ("nodes_hitrates", "nodes_hitrates_as_tensor")]
    count = len(next(a for a in kept if a.name == "nodes_treeids").ints)
    covers = np.full(count, np.nan, dtype=np.float32)
    for root in trees.roots:
        for each in nodes(root):
            covers[each.place] = each.cover
    if np.isnan(covers).any():
        raise ValueError("a node has no cover")
    del node.attribute[:]
    double = any(a.name == "nodes_values_as_tensor" for a in kept)
    if double:
        tensor = onnx.numpy_helper.from_array(covers.astype(np.float64))
        hitrates = onnx.helper.make_attribute("nodes_hitrates_as_tensor", tensor)
    else:
        hitrates = onnx.helper.make_attribute("nodes_hitrates", covers.tolist())
    node.attribute.extend(sorted([*kept, hitrates], key=lambda a: a.name))


def _beside(node: Node, tree: dict) -> None:
    node.cover = tree["cover"]
    if ("feature" in tree) != (node.weights is None):
        raise ValueError("a leaf of one is a decision of the other")
    if node.weights is None:
        if tree["feature"] != node.feature or abs(tree["threshold"] - node.threshold) > 1e-6 * max(1, abs(node.threshold)):
            raise ValueError(f"not the same decision: {tree['feature']} {tree['threshold']} and {node}")
        _beside(node.true, tree["true"])
        _beside(node.false, tree["false"])


def _oblivious(root: Node, tree: dict) -> None:
    """CatBoost's trees ask the same question at each depth: a leaf's number has a bit for each, set where the value is greater."""
    bits = {
        (split["float_feature_index"], np.float32(split["border"])): bit for bit, split in enumerate(tree["splits"])
    }

    def follow(node: Node, number: int) -> float:
        if node.weights is not None:
            node.cover = float(tree["leaf_weights"][number])
        else:
            bit = bits[node.feature, np.float32(node.threshold)]
            node.cover = follow(node.true, number | 1 << bit) + follow(node.false, number)
        return node.cover

    follow(root, 0)


def _lightgbm(model) -> list[dict]:
    def tree(node: dict) -> dict:
        if "leaf_value" in node:
            return {"cover": node.get("leaf_count", 0)}
        return {
            "cover": node["internal_count"], "feature": node["split_feature"], "threshold": float(node["threshold"]),
            "true": tree(node["left_child"]), "false": tree(node["right_child"]),
        }  # fmt: skip

    return [tree(each["tree_structure"]) for each in model.booster_.dump_model()["tree_info"]]


def _xgboost(model) -> list[dict]:
    saved = json.loads(model.get_booster().save_raw("json"))
    booster = saved["learner"]["gradient_booster"]

    def tree(t: dict, at: int) -> dict:
        if t["left_children"][at] < 0:
            return {"cover": t["sum_hessian"][at]}
        return {
            "cover": t["sum_hessian"][at], "feature": t["split_indices"][at], "threshold": t["split_conditions"][at],
            "true": tree(t, t["left_children"][at]), "false": tree(t, t["right_children"][at]),
        }  # fmt: skip

    return [tree(each, 0) for each in booster["model"]["trees"]]


def _catboost(model) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return json.loads(path.read_text())["oblivious_trees"]


def _sklearn(model) -> list[dict]:
    estimators = np.ravel(getattr(model, "estimators_", [model]))

    def tree(t, at: int) -> dict:
        cover = float(t.weighted_n_node_samples[at])
        if t.children_left[at] < 0:
            return {"cover": cover}
        return {
            "cover": cover, "feature": int(t.feature[at]), "threshold": float(t.threshold[at]),
            "true": tree(t, t.children_left[at]), "false": tree(t, t.children_right[at]),
        }  # fmt: skip

    return [tree(each.tree_, 0) for each in estimators]


def _hist(model) -> list[dict]:
    def tree(t, at: int) -> dict:
        if t[at]["is_leaf"]:
            return {"cover": float(t[at]["count"])}
        return {
            "cover": float(t[at]["count"]), "feature": int(t[at]["feature_idx"]), "threshold": float(t[at]["num_threshold"]),
            "true": tree(t, t[at]["left"]), "false": tree(t, t[at]["right"]),
        }  # fmt: skip

    return [tree(each.nodes, 0) for round_ in model._predictors for each in round_]


_READERS = {"lightgbm": _lightgbm, "xgboost": _xgboost, "catboost": _catboost, "sklearn": _sklearn, "hist": _hist}
