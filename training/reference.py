"""Scores an IBM Telco file with the reference implementations: reference.py BUNDLE_DIR DATA.csv OUT.csv [ROWS]

Probabilities come from onnxruntime on the bundle's model.onnx, SHAP values from shap's TreeExplainer (interventional,
against the bundle's background.csv) on the trees read out of the same file. Nothing but the bundle is needed. ROWS
limits how many are scored.

Columns of OUT.csv: customer_id, row (1-based data row), churn_probability, raw_score, base_value, shap_<feature>
(log-odds).
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import onnx

from onnx_model import probabilities
from tables import read_rows
from telco import encode, read_customers
from trees import explain, raw_scores, read_trees


def reference(bundle: Path, data: Path, out: Path, limit: int | None) -> int:
    """Writes OUT.csv and returns the number of rows."""
    features = json.loads((bundle / "schema.json").read_text())["features"]
    customers, _, ids, _ = read_customers(data)
    matrix = encode(customers, features)[:limit]
    background, _ = read_rows(bundle / "background.csv", features)
    trees = read_trees(onnx.load(bundle / "model.onnx"))
    probability = probabilities((bundle / "model.onnx").read_bytes(), matrix)
    raw = raw_scores(trees, matrix)
    base_value, values = explain(trees, background, matrix)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [f"shap_{feature['name']}" for feature in features]
        writer.writerow(["customer_id", "row", "churn_probability", "raw_score", "base_value", *names])
        for number in range(len(matrix)):
            scores = [probability[number], raw[number], base_value, *values[number]]
            writer.writerow([ids.iloc[number], number + 1, *[repr(float(score)) for score in scores]])
    worst = float(np.abs(base_value + values.sum(axis=1) - raw).max())
    if not worst <= 1e-5:
        raise SystemExit(f"refused: SHAP values do not add up to the raw score, worst residual {worst!r}")
    return len(matrix)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        raise SystemExit("usage: training/reference BUNDLE_DIR DATA.csv OUT.csv [ROWS]")
    rows = reference(*map(Path, sys.argv[1:4]), int(sys.argv[4]) if len(sys.argv) == 5 else None)
    print(f"{rows} rows scored into {sys.argv[3]}")
