"""Makes test/shap/fixtures: small models as ONNX, with what the reference implementations say of them.

    python3 -m venv V && V/bin/pip install -r test/shap/reference/requirements.txt
    V/bin/python test/shap/reference/make.py

For each model: NAME.onnx, and NAME.json with
    background, inputs       rows of features, null for missing; all exact in float32
    probabilities            column 1 of onnxruntime's probabilities
    expected_value, shap     shap.TreeExplainer of the *original* model, interventional against the background, log-odds
The data is drawn here from a fixed seed; no real customer is in it.
"""

import json
import warnings
from pathlib import Path

import lightgbm
import numpy as np
import onnxruntime
import shap
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parent.parent / "fixtures"
FEATURES = 8
ROWS = 240
BACKGROUND = 50


def draw(rng, count, missing):
    """Tenure in months, charges, usage, a three-way contract, flags; sixteenths, so that float32 holds them exactly."""
    columns = [
        rng.integers(0, 73, count),
        np.round(rng.gamma(4, 18, count) * 16) / 16,
        np.round(rng.normal(0, 2, count) * 16) / 16,
        rng.integers(0, 3, count),
        rng.integers(0, 2, count),
        rng.integers(0, 2, count),
        rng.integers(0, 6, count),
        np.round(rng.exponential(3, count) * 16) / 16,
    ]
    table = np.stack(columns, axis=1).astype(np.float32)
    if missing:
        table[rng.random(table.shape) < 0.08] = np.nan
    return table


def churned(rng, table):
    t = np.nan_to_num(table, nan=1.5)
    score = 1.2 - 0.06 * t[:, 0] + 0.012 * t[:, 1] - 0.9 * t[:, 3] + 0.8 * t[:, 4] * (t[:, 6] > 2) + 0.2 * t[:, 2] * t[:, 5]
    return (score + rng.logistic(size=len(table)) > 0).astype(int)


def lightgbm_model(table, target):
    model = lightgbm.LGBMClassifier(n_estimators=40, num_leaves=15, learning_rate=0.1, verbose=-1, random_state=0)
    model.fit(table, target)
    return model, convert_lightgbm(model, initial_types=INPUT, zipmap=False, target_opset=15), "probabilities"


def xgboost_model(table, target):
    model = xgboost.XGBClassifier(n_estimators=40, max_depth=4, learning_rate=0.2, random_state=0)
    model.fit(table, target)
    return model, convert_xgboost(model, initial_types=INPUT, target_opset=15), "probabilities"


def sklearn_model(table, target):
    model = GradientBoostingClassifier(n_estimators=40, max_depth=4, random_state=0).fit(table, target)
    return model, to_onnx(model, table[:1], options={"zipmap": False}, target_opset=15), "probabilities"


INPUT = [("X", FloatTensorType([None, FEATURES]))]
MODELS = {
    "lightgbm": (lightgbm_model, True),
    "xgboost": (xgboost_model, True),
    "sklearn": (sklearn_model, False),
}


def rows_of(table):
    return [[None if np.isnan(v) else round(float(v), 10) for v in row] for row in table]


for name, (build, missing) in MODELS.items():
    rng = np.random.default_rng(7)
    table = draw(rng, 3000, missing)
    model, onnx, output = build(table, churned(rng, table))
    background, inputs = draw(rng, BACKGROUND, missing), draw(rng, ROWS, missing)
    explainer = shap.TreeExplainer(model, background, feature_perturbation="interventional", model_output="raw")
    shap_values = np.asarray(explainer.shap_values(inputs, check_additivity=False))
    session = onnxruntime.InferenceSession(onnx.SerializeToString(), providers=["CPUExecutionProvider"])
    probabilities = session.run([output], {session.get_inputs()[0].name: inputs})[0][:, 1]
    (FOLDER / f"{name}.onnx").write_bytes(onnx.SerializeToString())
    facts = {
        "background": rows_of(background),
        "inputs": rows_of(inputs),
        "probabilities": [round(float(v), 9) for v in probabilities],
        "expected_value": float(np.ravel(explainer.expected_value)[-1]),
        "shap": rows_of(shap_values.reshape(ROWS, FEATURES)),
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")
    print(name, len(onnx.SerializeToString()), "bytes", probabilities[:3], facts["expected_value"])
