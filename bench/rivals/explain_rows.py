"""Made customers as a model's input, and a made outcome for them, for the models of the benches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from telco import HEADERS, encode


def telecom_rows(csv: Path, features: list[dict]) -> np.ndarray:
    """The customers of bench/make-customers.ts as the bundle's model sees them, float32 [rows, features]."""
    customers = pd.read_csv(csv)[list(HEADERS)].rename(columns=HEADERS)
    for name in ["tenure_months", "monthly_charges", "total_charges"]:
        customers[name] = pd.to_numeric(customers[name], errors="coerce")
    customers["senior_citizen"] = customers["senior_citizen"].map({0: "No", 1: "Yes"})
    return encode(customers, features)


def made_outcome(rng: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    """0 or 1 by a made rule over all columns with noise, so that trees find something to split to the end."""
    known = np.nan_to_num(rows.astype(np.float64))
    known = (known - known.mean(axis=0)) / (known.std(axis=0) + 1e-9)
    weights = rng.normal(0, 1, known.shape[1]) / np.sqrt(known.shape[1])
    score = known @ weights + 0.6 * known[:, 0] * known[:, 1] - 0.4 * np.abs(known[:, 2]) + np.sin(3 * known[:, 3])
    return (score + rng.logistic(0, 0.7, len(rows)) > 0).astype(int)
