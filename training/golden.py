"""The golden rows: synthetic customers whose probability and SHAP values every runtime has to reproduce."""

from __future__ import annotations

import numpy as np

from masking import mask_at_random


def golden_rows(
    pool: np.ndarray,
    on_thresholds: np.ndarray,
    features: list[dict],
    optional: list[list[int]],
    random: np.random.Generator,
) -> np.ndarray:
    """64 rows, float32 [64, features].

    20 complete, 12 with random gaps, 8 with the required features only, 16 with a value on a threshold of the model
    or one float32 beside it, 8 at the ends: not billed yet, longest tenure, highest and lowest charge, and far
    outside of the training data.
    """
    place = {feature["name"]: column for column, feature in enumerate(features)}
    complete = _spread(pool[~np.isnan(pool).any(axis=1)], 20, random)
    gaps = mask_at_random(_spread(pool, 12, random), optional, random)
    bare = _spread(pool, 8, random)
    bare[:, [column for group in optional for column in group]] = np.nan
    numeric = [column for column, feature in enumerate(features) if feature["kind"] == "numeric"]
    readable = on_thresholds[[_readable(row, features, numeric) for row in on_thresholds]]
    edge = _spread(readable, 16, random)
    return np.vstack([complete, gaps, bare, edge, _ends(pool, place)])


def _spread(rows: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    return rows[np.sort(random.choice(len(rows), count, replace=False))].copy()


def _readable(row: np.ndarray, features: list[dict], numeric: list[int]) -> bool:
    """Whether the row can be written as a file holds it: codes that exist, charges not below zero and not denormal."""
    for column, feature in enumerate(features):
        value = row[column]
        if np.isnan(value):
            continue
        if column in numeric and not (value == 0 or value > 0.01):
            return False
        if column not in numeric and value not in [category["code"] for category in feature["categories"]]:
            return False
    return True


def _ends(pool: np.ndarray, place: dict[str, int]) -> np.ndarray:
    tenure, charge, total = place["tenure_months"], place["monthly_charges"], place["total_charges"]
    rows = pool[:8].copy()
    rows[0, [tenure, total]] = 0, np.nan
    rows[1, [tenure, total]] = 0, 0
    rows[2, [tenure, charge, total]] = 72, 118.75, 8550
    rows[3, [tenure, charge, total]] = 1, 18.25, 18.25
    rows[4, [tenure, charge, total]] = 1200, 1_000_000, 1_000_000_000
    rows[5, [tenure, charge, total]] = 0, 0, 0
    rows[6, charge] = 1_000_000
    rows[7, [tenure, total]] = 1200, np.nan
    return rows
