"""Shapley values by their definition, to judge shap by: every subset of the features, every row of the background.

Exponential in the number of features that the trees use, so it is run tree by tree on few rows; SHAP adds over trees.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from trees import raw_scores


def shapley(trees: list[dict], background: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Interventional Shapley values, float64 [features], of one row float32 [features], in log-odds.

    v(S) = mean over the background of the raw score of a row that has S from `row` and the rest from the background row. A
    missing value is a value like any other: if a feature is in S and NaN in `row`, the hybrid is NaN there.
    """
    total = np.zeros(len(row))
    for tree in trees:
        total += _shapley_of_tree(tree, background, row)
    return total


def _shapley_of_tree(tree: dict, background: np.ndarray, row: np.ndarray) -> np.ndarray:
    used = sorted({int(feature) for feature in tree["features"] if feature >= 0})
    subsets = [frozenset(s) for size in range(len(used) + 1) for s in combinations(used, size)]
    value = {subset: _value(tree, background, row, subset) for subset in subsets}
    result = np.zeros(len(row))
    for feature in used:
        for subset in subsets:
            if feature not in subset:
                share = factorial(len(subset)) * factorial(len(used) - len(subset) - 1) / factorial(len(used))
                result[feature] += share * (value[subset | {feature}] - value[subset])
    return result


def _value(tree: dict, background: np.ndarray, row: np.ndarray, subset: frozenset[int]) -> float:
    hybrid = background.copy()
    columns = list(subset)
    hybrid[:, columns] = row[columns]
    return float(raw_scores([tree], hybrid).mean())
