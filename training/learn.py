"""Fits the LightGBM model and makes its numbers float32, which is all that ONNX can hold."""

from __future__ import annotations

import json
import re

import lightgbm as lgb
import numpy as np

from masking import with_masked_copies

TREES = 160
SEED = 2026

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "max_depth": 4,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "monotone_constraints_method": "intermediate",
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
"""`zero_as_missing` stays at its default, false: a model trained with it converts to ONNX wrongly and without a word.
The constraint method is `intermediate`: in LightGBM 4.7.0 `advanced` broke the constraint on monthly_charges in some
rows."""

MONOTONE = {"tenure_months": -1, "contract": -1, "monthly_charges": 1}
"""-1: a higher value never raises the probability; 1: it never lowers it. Contract codes grow with the commitment."""


def fit(
    matrix: np.ndarray, label: np.ndarray, features: list[dict], optional: list[list[int]], monotone: dict | None = None
) -> lgb.Booster:
    """Trains on rows [n, features] (float32, NaN = missing) and their masked copies."""
    constraints = MONOTONE if monotone is None else monotone
    parameters = PARAMETERS | {"monotone_constraints": [constraints.get(feature["name"], 0) for feature in features]}
    rows, labels, weights = with_masked_copies(matrix, label, optional, SEED)
    names = [feature["name"] for feature in features]
    return lgb.train(parameters, lgb.Dataset(rows, labels, weight=weights, feature_name=names), TREES)


def as_float32(booster: lgb.Booster, features: list[dict]) -> lgb.Booster:
    """The same model with float32 thresholds and leaves.

    A threshold becomes the largest float32 not above it: for float32 inputs `x <= t` then answers as before, even where x lies
    on the threshold. Between two codes of a category it becomes the half between them. Leaves are rounded to the
    nearest.
    """
    numeric = [feature["kind"] == "numeric" for feature in features]
    trees, split_features = [], []
    for line in booster.model_to_string(num_iteration=-1).split("\n"):
        key, _, value = line.partition("=")
        if key == "tree_sizes":
            continue
        if key == "decision_type" and any(int(kind) & 1 for kind in value.split()):
            raise ValueError("the model holds a categorical split")
        if key == "split_feature":
            split_features = [int(column) for column in value.split()]
        if key == "threshold":
            pairs = zip(value.split(), split_features, strict=True)
            line = "threshold=" + " ".join(repr(_threshold(float(text), numeric[column])) for text, column in pairs)
        if key == "leaf_value":
            line = "leaf_value=" + " ".join(repr(float(np.float32(text))) for text in value.split())
        trees.append(line)
    return lgb.Booster(model_str="\n".join(trees))


def _threshold(threshold: float, numeric: bool) -> float:
    if not numeric:
        return float(np.floor(threshold) + 0.5)
    nearest = np.float32(threshold)
    return float(nearest if nearest <= threshold else np.nextafter(nearest, np.float32(-np.inf)))


def shape_of(booster: lgb.Booster) -> dict:
    """How large the model is: trees, most leaves of a tree, all leaves, deepest path (in decisions)."""
    leaves, depths = [], []
    for tree in booster.dump_model()["tree_info"]:
        leaves.append(tree["num_leaves"])
        depths.append(_depth(tree["tree_structure"]))
    return {"trees": len(leaves), "most_leaves": max(leaves), "leaves": sum(leaves), "depth": max(depths)}


def _depth(node: dict) -> int:
    if "left_child" not in node:
        return 0
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))


def missing_kinds(booster: lgb.Booster) -> dict[str, int]:
    """How many splits treat a missing value as NaN, and how many were trained on a column that never lacked one."""
    kinds = re.findall(r'"missing_type": *"(\w+)"', json.dumps(booster.dump_model()))
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
