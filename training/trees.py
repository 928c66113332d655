"""Reads the trees back out of `model.onnx` and explains them with shap: no LightGBM model is needed.

shap's TreeExplainer does not read ONNX; it does read a plain dict of trees, and that is what `read_trees` makes.
"""

from __future__ import annotations

import numpy as np
import onnx
import shap


def read_trees(model: onnx.ModelProto) -> list[dict]:
    """One dict of arrays per tree, as shap.TreeExplainer takes them. Leaves: features -1, children -1.

    Refuses what it would not read exactly: another operator than one TreeEnsembleClassifier, modes other than `<=`,
    base values, more than one class per leaf, a post transform other than LOGISTIC.
    """
    nodes = model.graph.node
    if [node.op_type for node in nodes] != ["TreeEnsembleClassifier"]:
        raise ValueError(f"unexpected operators: {[node.op_type for node in nodes]}")
    attribute = {a.name: onnx.helper.get_attribute_value(a) for a in nodes[0].attribute}
    if attribute["post_transform"] != b"LOGISTIC" or len(attribute.get("base_values", [])) > 0:
        raise ValueError("unexpected post_transform or base_values")
    if set(attribute["nodes_modes"]) - {b"BRANCH_LEQ", b"LEAF"} or len(set(attribute["class_ids"])) != 1:
        raise ValueError("unexpected branch modes or classes")
    weights = dict(
        zip(zip(attribute["class_treeids"], attribute["class_nodeids"]), attribute["class_weights"], strict=True)
    )
    if len(weights) != len(attribute["class_weights"]):
        raise ValueError("a leaf has more than one weight")
    tree_ids = np.array(attribute["nodes_treeids"])
    return [_read_tree(attribute, np.flatnonzero(tree_ids == tree), tree, weights) for tree in np.unique(tree_ids)]


def _read_tree(attribute: dict, places: np.ndarray, tree: int, weights: dict) -> dict:
    index = {attribute["nodes_nodeids"][place]: i for i, place in enumerate(places)}
    leaf = np.array([attribute["nodes_modes"][place] == b"LEAF" for place in places])
    true = np.array([index[attribute["nodes_truenodeids"][place]] for place in places])
    false = np.array([index[attribute["nodes_falsenodeids"][place]] for place in places])
    missing_true = np.array([attribute["nodes_missing_value_tracks_true"][place] == 1 for place in places])
    ids = [attribute["nodes_nodeids"][place] for place in places]
    return {
        "children_left": np.where(leaf, -1, true),
        "children_right": np.where(leaf, -1, false),
        "children_default": np.where(leaf, -1, np.where(missing_true, true, false)),
        "features": np.where(leaf, -1, [attribute["nodes_featureids"][place] for place in places]),
        "thresholds": np.where(leaf, -1.0, [attribute["nodes_values"][place] for place in places]).astype(np.float64),
        "values": np.array(
            [[weights[(tree, node)] if is_leaf else 0.0] for node, is_leaf in zip(ids, leaf)], dtype=np.float64
        ),
        "node_sample_weight": np.ones(len(places)),
    }


def raw_scores(trees: list[dict], matrix: np.ndarray) -> np.ndarray:
    """Log-odds float64 [rows]: the sum of the leaves that the rows float32 [rows, features] reach."""
    total = np.zeros(len(matrix))
    rows = np.arange(len(matrix))
    for tree in trees:
        at = np.zeros(len(matrix), dtype=np.int64)
        while (tree["features"][at] >= 0).any():
            inner = tree["features"][at] >= 0
            value = matrix[rows, np.maximum(tree["features"][at], 0)].astype(np.float64)
            step = np.where(value <= tree["thresholds"][at], tree["children_left"][at], tree["children_right"][at])
            step = np.where(np.isnan(value), tree["children_default"][at], step)
            at = np.where(inner, step, at)
        total += tree["values"][at, 0]
    return total


def explain(trees: list[dict], background: np.ndarray, matrix: np.ndarray) -> tuple[float, np.ndarray]:
    """Interventional SHAP in log-odds: (base value, values float64 [rows, features]).

    The base value is the mean raw score of the background, float32 [background rows, features]. Handed a plain array,
    shap would keep a random 100 rows of it; the masker keeps them all.
    """
    float64 = {
        "internal_dtype": np.float64,
        "input_dtype": np.float64,
        "objective": "binary_crossentropy",
        "tree_output": "log_odds",
    }
    whole = shap.maskers.Independent(background.astype(np.float64), max_samples=len(background))
    explainer = shap.TreeExplainer(
        {"trees": trees} | float64, whole, feature_perturbation="interventional", model_output="raw"
    )
    if len(explainer.data) != len(background):
        raise ValueError(f"shap kept {len(explainer.data)} of {len(background)} background rows")
    values = explainer.shap_values(matrix.astype(np.float64), check_additivity=False)
    return float(np.ravel(explainer.expected_value)[0]), np.asarray(values).reshape(matrix.shape)
