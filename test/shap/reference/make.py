"""Makes test/shap/fixtures/reference-*.onnx and .json: what of shap the zoo does not cover, and covers counted from the training rows.

    python3 -m venv V && V/bin/pip install -r test/shap/reference/requirements.txt
    V/bin/python test/shap/reference/make.py

For each model: reference-NAME.onnx, and reference-NAME.json with
    training                 the rows it was trained on: whoever counts where they go has the covers of the trees
    background, inputs       rows of features, null for missing; all exact in float32
    path                     shap.TreeExplainer(model, feature_perturbation="tree_path_dependent"), log-odds
    interactions             the same explainer's shap_interaction_values: inputs x (features x features)
    probability              shap.TreeExplainer(model, background, feature_perturbation="interventional", model_output="probability")
path and probability as expected_value and shap. The data is drawn here from a fixed seed; no real customer is in it.
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
FEATURES = 5
TRAINING = 400
ROWS = 60
BACKGROUND = 20


def draw(rng, count, missing):
    """Eighths and small whole numbers: float32 holds them, and a row often lies where another does."""
    columns = [
        rng.integers(0, 40, count),
        np.round(rng.normal(0, 2, count) * 8) / 8,
        rng.integers(0, 3, count),
        rng.integers(0, 2, count),
        np.round(rng.exponential(3, count) * 8) / 8,
    ]
    table = np.stack(columns, axis=1).astype(np.float32)
    if missing:
        table[rng.random(table.shape) < 0.1] = np.nan
    return table


def churned(rng, table):
    t = np.nan_to_num(table, nan=1.5)
    score = 1 - 0.08 * t[:, 0] + 0.5 * t[:, 1] * t[:, 3] - 0.7 * t[:, 2] + 0.2 * t[:, 4]
    return (score + rng.logistic(size=len(table)) > 0).astype(int)


def lightgbm_model(table, target):
    # Hundreds of rows, each in every tree: the counts are the covers.
    model = lightgbm.LGBMClassifier(
        n_estimators=20, num_leaves=12, learning_rate=0.2, min_child_samples=5, verbose=-1, random_state=0
    )
    model.fit(table, target)
    return model, convert_lightgbm(model, initial_types=INPUT, zipmap=False, target_opset=15)


def sklearn_model(table, target):
    model = GradientBoostingClassifier(n_estimators=20, max_depth=4, random_state=0).fit(table, target)
    return model, to_onnx(model, table[:1], options={"zipmap": False}, target_opset=15)


INPUT = [("X", FloatTensorType([None, FEATURES]))]
MODELS = {"lightgbm": (lightgbm_model, True), "sklearn": (sklearn_model, False)}


def rows_of(table):
    return [[None if np.isnan(v) else round(float(v), 10) for v in row] for row in table]


def facts_of(explainer, inputs):
    values = explainer.shap_values(inputs, check_additivity=False)
    return {
        "expected_value": float(np.ravel(explainer.expected_value)[-1]),
        "shap": rows_of(np.asarray(values).reshape(ROWS, FEATURES)),
    }


for name, (build, missing) in MODELS.items():
    rng = np.random.default_rng(11)
    table = draw(rng, TRAINING, missing)
    model, onnx = build(table, churned(rng, table))
    background, inputs = draw(rng, BACKGROUND, missing), draw(rng, ROWS, missing)
    probability = shap.TreeExplainer(
        model, background, feature_perturbation="interventional", model_output="probability"
    )
    path = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    interactions = np.asarray(path.shap_interaction_values(inputs.astype(np.float64)))
    facts = {
        "training": rows_of(table),
        "background": rows_of(background),
        "inputs": rows_of(inputs),
        "path": facts_of(path, inputs),
        "interactions": rows_of(interactions.reshape(ROWS, FEATURES * FEATURES)),
        "probability": facts_of(probability, inputs),
    }
    (FOLDER / f"reference-{name}.onnx").write_bytes(onnx.SerializeToString())
    (FOLDER / f"reference-{name}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")
    print(name, len(onnx.SerializeToString()), "bytes", facts["path"]["expected_value"], facts["probability"]["expected_value"])
