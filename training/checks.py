"""Promises that a run has to keep; each one stops it when it does not."""

from __future__ import annotations

import numpy as np


def require(holds: bool, what: str) -> None:
    """Stops the run with `what` when a promise is broken (unlike `assert`, also under `python -O`)."""
    if not holds:
        raise SystemExit(f"refused: {what}")


def at_most(value: float, limit: float, what: str) -> float:
    """Returns `value`; stops the run when it is above `limit` or NaN."""
    require(bool(value <= limit), f"{what}: {value!r} is above {limit!r}")
    return value


def at_least(value: float, limit: float, what: str) -> float:
    """Returns `value`; stops the run when it is below `limit` or NaN."""
    require(bool(value >= limit), f"{what}: {value!r} is below {limit!r}")
    return value


def breaches(low: np.ndarray, high: np.ndarray, direction: int) -> int:
    """How many pairs move against `direction` (1: `high` may not be below `low`; -1: may not be above). Log-odds,
    float64.
    """
    return int(((high - low) * direction < -1e-9).sum())
