"""Writes the trees of a bundle's model.onnx as a LightGBM model, so that LightGBM itself can run the very same trees."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

NUMERIC_NAN = 2 << 2
"""decision_type bits of a numeric split whose missing values are NaN; +2 sends them left (LightGBM's tree.h)."""


def booster_of(trees: list[dict], names: list[str]) -> lgb.Booster:
    """`trees` as `training/trees.py` reads them; `names` of the features in the model's order."""
    head = [
        "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
        f"max_feature_idx={len(names) - 1}", "objective=binary sigmoid:1", f"feature_names={' '.join(names)}",
        f"feature_infos={' '.join('[-1e300:1e300]' for _ in names)}", "",
    ]
    blocks = [_tree_block(number, tree) for number, tree in enumerate(trees)]
    head.insert(-1, f"tree_sizes={' '.join(str(len(block)) for block in blocks)}")
    return lgb.Booster(model_str="\n".join(head) + "\n" + "".join(blocks) + "end of trees\n")


def _tree_block(number: int, tree: dict) -> str:
    inner = np.flatnonzero(tree["features"] >= 0)
    leaves = np.flatnonzero(tree["features"] < 0)
    place = {node: i for i, node in enumerate(inner)} | {node: ~i for i, node in enumerate(leaves)}
    left = [place[node] for node in tree["children_left"][inner]]
    right = [place[node] for node in tree["children_right"][inner]]
    default_left = tree["children_default"][inner] == tree["children_left"][inner]
    lines = {
        "num_leaves": len(leaves),
        "num_cat": 0,
        "split_feature": _join(tree["features"][inner]),
        "split_gain": _join(np.ones(len(inner))),
        "threshold": " ".join(repr(float(value)) for value in tree["thresholds"][inner]),
        "decision_type": _join(NUMERIC_NAN + 2 * default_left),
        "left_child": _join(left),
        "right_child": _join(right),
        "leaf_value": " ".join(repr(float(value)) for value in tree["values"][leaves, 0]),
        "leaf_weight": _join(np.ones(len(leaves))),
        "leaf_count": _join(np.ones(len(leaves), dtype=int)),
        "internal_value": _join(np.zeros(len(inner))),
        "internal_weight": _join(np.ones(len(inner))),
        "internal_count": _join(np.full(len(inner), 2)),
        "is_linear": 0,
        "shrinkage": 1,
    }
    return f"Tree={number}\n" + "".join(f"{key}={value}\n" for key, value in lines.items()) + "\n\n"


def _join(values) -> str:
    return " ".join(str(value) for value in values)
