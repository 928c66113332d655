"""Customers drawn from a fixed seed, nobody real. All values are exact in float32: whole numbers and sixteenths."""

from __future__ import annotations

import numpy as np

FEATURES = 6
CATEGORY = 3
"""The column that is a category of eight, where a model takes categories."""
TRAINING, INPUTS, BACKGROUND = 800, 500, 100

_OF_CATEGORY = np.array([0.9, -1.0, 0.3, 0.8, -0.7, 1.2, -1.1, 0.0])


def draw(rng: np.random.Generator, count: int, missing: bool) -> np.ndarray:
    """float32 [count, FEATURES]: months, charges, usage, category, flag, calls."""
    columns = [
        rng.integers(0, 73, count),
        np.round(rng.gamma(4, 18, count) * 16) / 16,
        np.round(rng.normal(0, 2, count) * 16) / 16,
        rng.integers(0, 8, count),
        rng.integers(0, 2, count),
        rng.integers(0, 6, count),
    ]
    rows = np.stack(columns, axis=1).astype(np.float32)
    if missing:
        rows[rng.random(rows.shape) < 0.08] = np.nan
    return rows


def risk(rows: np.ndarray) -> np.ndarray:
    """What the targets are made from, float64 [rows]."""
    months, charges, usage, category, flag, calls = np.nan_to_num(rows.astype(np.float64), nan=1.0).T
    return (
        1.2 - 0.05 * months + 0.012 * charges + 0.15 * usage * flag
        + _OF_CATEGORY[np.clip(category, 0, 7).astype(int)] + 0.8 * flag * (calls > 2)
    )  # fmt: skip


def targets(rng: np.random.Generator, rows: np.ndarray) -> dict[str, np.ndarray]:
    """One target for each kind of task."""
    score = risk(rows)
    amount = score + rng.normal(0, 0.3, len(rows))
    return {
        "binary": (score + rng.logistic(size=len(rows)) > 0).astype(int),
        "regression": amount,
        "classes": np.digitize(amount, [-0.5, 1.0]),
        "targets": np.stack([amount, 0.04 * rows[:, 1] - score], axis=1) if not np.isnan(rows).any() else None,
        "count": np.round(np.exp(np.clip(amount, -3, 2))),
    }


def on_thresholds(rng: np.random.Generator, rows: np.ndarray, thresholds: list[tuple[int, float]]) -> np.ndarray:
    """The rows, of which the last 200 have three values each that are a threshold, or its neighbour below or above."""
    rows = rows.copy()
    for row in rows[-200:]:
        for place in rng.choice(len(thresholds), 3):
            feature, threshold = thresholds[place]
            on = np.float32(threshold)
            row[feature] = [on, on, np.nextafter(on, np.float32(-np.inf)), np.nextafter(on, np.float32(np.inf))][
                rng.integers(4)
            ]
    return rows
