"""The definition of SHAP, applied to the trees of the ONNX file: the worth of every set of features, and no algorithm."""

from __future__ import annotations

from math import factorial

import numpy as np

from onnx_trees import Trees, leaves, passes


def interventional(trees: Trees, background: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(expected value [outputs], SHAP [rows, features, outputs]) in float64."""

    def share(way: list, sets: np.ndarray) -> np.ndarray:
        fails = _failed(way, background)
        return np.array([np.mean((fails & ~chosen) == 0) for chosen in sets])

    return _shapley(trees, rows, share)


def path_dependent(trees: Trees, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same, where a decision over a feature outside the set sends a share down both branches: that of their covers."""

    def share(way: list, sets: np.ndarray) -> np.ndarray:
        result = np.ones(len(sets))
        for node, _, part in way:
            result *= np.where((sets >> node.feature) & 1, 1.0, part)
        return result

    return _shapley(trees, rows, share)


def _failed(way: list, rows: np.ndarray) -> np.ndarray:
    """int [rows]: the bit of a feature is set where the row's value of it leaves the way."""
    fails = np.zeros(len(rows), dtype=np.int64)
    for node, taken, _ in way:
        fails |= (passes(node, rows) != taken).astype(np.int64) << node.feature
    return fails


def _shapley(trees: Trees, rows: np.ndarray, share) -> tuple[np.ndarray, np.ndarray]:
    features = rows.shape[1]
    sets = np.arange(1 << features)
    worth = np.zeros((len(sets), len(rows), trees.outputs))
    for root in trees.roots:
        for leaf, way in leaves(root):
            fails = _failed(way, rows)
            reached = (fails[None, :] & sets[:, None]) == 0
            worth += (reached * share(way, sets)[:, None])[:, :, None] * leaf.weights
    values = np.zeros((len(rows), features, trees.outputs))
    sizes = np.array([int(chosen).bit_count() for chosen in sets])
    for feature in range(features):
        without = sets[(sets >> feature) & 1 == 0]
        weights = np.array(
            [factorial(s) * factorial(features - s - 1) / factorial(features) for s in sizes[without]]
        )
        values[:, feature] = np.tensordot(weights, worth[without | (1 << feature)] - worth[without], axes=1)
    return trees.base + worth[0, 0], values
