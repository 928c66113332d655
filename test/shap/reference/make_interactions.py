"""Makes test/shap/fixtures/interactions-NAME: small models as ONNX, with shap's own interaction values of them.

    V/bin/python test/shap/reference/make_interactions.py     # V as in make.py

For each model: interactions-NAME.onnx, and interactions-NAME.json with
    rows            the training rows, null for missing; covers are their counts at each node
    inputs          rows to explain
    interactions    shap.TreeExplainer(model, feature_perturbation="tree_path_dependent").shap_interaction_values of the *original*
                    model: inputs x features x features, log-odds
All values are exact in float32. The data is drawn here from a fixed seed; no real customer is in it.
"""

import json
import warnings
from pathlib import Path

import lightgbm
import numpy as np
import shap
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parent.parent / "fixtures"
ROWS = 300
INPUTS = 60
FEATURES = 6
INPUT = [("X", FloatTensorType([None, FEATURES]))]


def draw(rng, count, missing):
    """Tenure in months, charges, usage, a three-way contract, two flags; sixteenths, so that float32 holds them exactly."""
    columns = [
        rng.integers(0, 73, count),
        np.round(rng.gamma(4, 18, count) * 16) / 16,
        np.round(rng.normal(0, 2, count) * 16) / 16,
        rng.integers(0, 3, count),
        rng.integers(0, 2, count),
        rng.integers(0, 2, count),
    ]
    table = np.stack(columns, axis=1).astype(np.float32)
    if missing:
        table[rng.random(table.shape) < 0.08] = np.nan
    return table


def churned(rng, table):
    t = np.nan_to_num(table, nan=1.5)
    score = 1.2 - 0.06 * t[:, 0] + 0.012 * t[:, 1] - 0.9 * t[:, 3] + 1.5 * t[:, 4] * (t[:, 0] > 20) + 0.3 * t[:, 2] * t[:, 5]
    return (score + rng.logistic(size=len(table)) > 0).astype(int)


def lightgbm_model(table, target):
    model = lightgbm.LGBMClassifier(
        n_estimators=15, num_leaves=10, min_child_samples=5, learning_rate=0.2, verbose=-1, random_state=0
    )
    model.fit(table, target)
    return model, convert_lightgbm(model, initial_types=INPUT, zipmap=False, target_opset=15)


def sklearn_model(table, target):
    model = GradientBoostingClassifier(n_estimators=15, max_depth=4, random_state=0).fit(table, target)
    return model, to_onnx(model, table[:1], options={"zipmap": False}, target_opset=15)


def listed(table):
    return [[None if np.isnan(cell) else float(cell) for cell in row] for row in table]


def main():
    for name, make, missing in [("lightgbm", lightgbm_model, True), ("sklearn", sklearn_model, False)]:
        rng = np.random.default_rng(20260302)
        rows = draw(rng, ROWS, missing)
        target = churned(rng, rows)
        model, onnx = make(rows, target)
        inputs = np.concatenate([draw(rng, INPUTS - 10, missing), rows[:10]])
        explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        values = np.asarray(explainer.shap_interaction_values(inputs.astype(np.float64)))
        assert values.shape == (INPUTS, rows.shape[1], rows.shape[1]), values.shape
        facts = {"rows": listed(rows), "inputs": listed(inputs), "interactions": values.reshape(INPUTS, -1).tolist()}
        (FOLDER / f"interactions-{name}.onnx").write_bytes(onnx.SerializeToString())
        (FOLDER / f"interactions-{name}.json").write_text(json.dumps(facts, separators=(",", ":")))
        print(name, values.shape, np.abs(values).max())


if __name__ == "__main__":
    main()
