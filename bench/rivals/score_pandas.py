"""The whole job as one would write it in Python: score_pandas.py BUNDLE DATA.csv OUT.csv [--explain]

pandas reads and writes, LightGBM predicts on one thread, `pred_contrib` explains; the result has the customer's columns,
probability, tier and (with --explain) three reasons. Prints one JSON line: rows, and seconds without starting Python.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from lightgbm_text import booster_of  # noqa: E402
from onnx_model import probabilities  # noqa: E402
from telco import HEADERS, encode  # noqa: E402
from trees import read_trees  # noqa: E402


def main(bundle: Path, data: Path, out: Path, explain: bool) -> dict:
    schema = json.loads((bundle / "schema.json").read_text())
    features = schema["features"]
    model = (bundle / "model.onnx").read_bytes()
    booster = booster_of(read_trees(onnx.load_from_string(model)), [feature["name"] for feature in features])

    started = time.perf_counter()
    raw = pd.read_csv(data)
    customers = raw[list(HEADERS)].rename(columns=HEADERS)
    for name in ["tenure_months", "monthly_charges", "total_charges"]:
        customers[name] = pd.to_numeric(customers[name], errors="coerce")
    customers["senior_citizen"] = customers["senior_citizen"].map({0: "No", 1: "Yes"})
    matrix = encode(customers, features)
    probability = booster.predict(matrix, num_threads=1)
    raw["churn_probability"] = probability
    tiers = [probability >= schema["tiers"]["high"], probability >= schema["tiers"]["medium"]]
    raw["risk_tier"] = np.select(tiers, ["high", "medium"], "low")
    if explain:
        add_reasons(raw, booster.predict(matrix, pred_contrib=True, num_threads=1)[:, :-1], features)
    raw.to_csv(out, index=False)
    seconds = time.perf_counter() - started

    difference = float(np.abs(probability[:1000] - probabilities(model, matrix[:1000])).max())
    if difference > 1e-6:
        raise SystemExit(f"not the same model: probabilities differ by {difference}")
    return {"rows": len(raw), "seconds": seconds}


def add_reasons(raw: pd.DataFrame, contributions: np.ndarray, features: list[dict]) -> None:
    labels = np.array([feature["label"] for feature in features])
    order = np.argsort(-np.abs(contributions), axis=1)[:, :3]
    for place in range(3):
        values = np.take_along_axis(contributions, order[:, place : place + 1], axis=1)[:, 0]
        signs = np.where(values > 0, "raises", "lowers")
        raw[f"reason_{place + 1}"] = [
            f"{label} ({sign} risk {value:+.3f})" for label, sign, value in zip(labels[order[:, place]], signs, values)
        ]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), "--explain" in sys.argv)))
