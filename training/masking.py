"""Copies of customers with values taken away, so that the model learns what to say when a file lacks columns.

Every row appears three times with a third of the weight each: as it is, with only the required features, and with a
random set of optional ones gone. The copies are made from the rows of one training fold only: none crosses into its
test fold.
"""

from __future__ import annotations

import numpy as np

WHOLE, REQUIRED_ONLY, RANDOM = 0.5, 0.25, 0.25
"""Weight of a row as it is, of its copy without any optional value, and of its randomly masked copy."""


def with_masked_copies(
    matrix: np.ndarray, label: np.ndarray, optional: list[list[int]], seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns (matrix [3n, features], label [3n], weight [3n]).

    `optional` lists the groups of optional columns (add-ons, household, …): a customer's file usually lacks a whole
    group, so half of the random masks take whole groups and half take single columns.
    """
    random = np.random.default_rng(seed)
    bare = matrix.copy()
    bare[:, [column for group in optional for column in group]] = np.nan
    partial = mask_at_random(matrix, optional, random)
    weights = np.repeat([WHOLE, REQUIRED_ONLY, RANDOM], len(matrix))
    return np.vstack([matrix, bare, partial]), np.tile(label, 3), weights


def mask_at_random(matrix: np.ndarray, optional: list[list[int]], random: np.random.Generator) -> np.ndarray:
    """A copy in which every row lost its own random set of optional values; how many is uniform between none and all."""
    masked = matrix.copy()
    rows = len(matrix)
    share = random.uniform(size=rows)
    by_group = random.uniform(size=rows) < 0.5
    for group in optional:
        group_gone = random.uniform(size=rows) < share
        for column in group:
            gone = np.where(by_group, group_gone, random.uniform(size=rows) < share)
            masked[gone, column] = np.nan
    return masked
