"""Measures of probabilities against what happened."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score

BINS = 10


def measure(label: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    """AUC, Brier score, and expected calibration error over 10 equal-width (`ece`) and 10 equal-mass (`ece_mass`)
    bins.
    """
    return {
        "auc": float(roc_auc_score(label, probability)),
        "brier": float(brier_score_loss(label, probability)),
        "ece": calibration_error(label, probability, np.linspace(0, 1, BINS + 1)),
        "ece_mass": calibration_error(label, probability, np.quantile(probability, np.linspace(0, 1, BINS + 1))),
    }


def calibration_error(label: np.ndarray, probability: np.ndarray, edges: np.ndarray) -> float:
    """Mean over rows of |mean probability − churn rate| of the row's bin."""
    return float(
        sum(abs(b["predicted"] - b["observed"]) * b["rows"] for b in bins(label, probability, edges)) / len(label)
    )


def bins(label: np.ndarray, probability: np.ndarray, edges: np.ndarray) -> list[dict]:
    """Per bin that is not empty: from, to, rows, mean predicted probability, observed churn rate. A bin excludes its
    upper edge.
    """
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, len(edges) - 2)
    found = []
    for index in np.unique(place):
        inside = place == index
        found.append(
            {
                "from": float(edges[index]),
                "to": float(edges[index + 1]),
                "rows": int(inside.sum()),
                "predicted": float(probability[inside].mean()),
                "observed": float(label[inside].mean()),
            }
        )
    return found
