"""What the libraries themselves say: shap.TreeExplainer on the original model, and the library's own attributions."""

from __future__ import annotations

import catboost
import numpy as np
import shap
import xgboost


def by_shap(model, background: np.ndarray, rows: np.ndarray, perturbation: str, outputs: int) -> np.ndarray:
    """float64 [rows, features, outputs]: of the class 1 where the ONNX file has one output. Raises what shap raises."""
    if isinstance(model, catboost.CatBoost) and outputs > 1 and perturbation == "interventional":
        raise NotImplementedError("shap 0.51.0 reads one value a leaf where such a model has several, and breaks the heap")
    data = background if perturbation == "interventional" else None
    explainer = shap.TreeExplainer(model, data, feature_perturbation=perturbation, model_output="raw")
    return _shaped(explainer.shap_values(rows, check_additivity=False), outputs)


def by_library(model, library: str, rows: np.ndarray, outputs: int) -> np.ndarray | None:
    """The same, path-dependent, by the library itself; None where it has none."""
    features = rows.shape[1]
    if library == "lightgbm":
        own = np.asarray(model.booster_.predict(rows, pred_contrib=True))
        return own.reshape(len(rows), -1, features + 1)[:, :, :-1].transpose(0, 2, 1)
    if library == "xgboost":
        data = xgboost.DMatrix(rows, feature_types=model.get_booster().feature_types, enable_categorical=True)
        own = model.get_booster().predict(data, pred_contribs=True)
        return own.reshape(len(rows), -1, features + 1)[:, :, :-1].transpose(0, 2, 1).astype(np.float64)
    if library == "catboost":
        own = model.get_feature_importance(catboost.Pool(rows), type="ShapValues", thread_count=1)
        return own.reshape(len(rows), -1, features + 1)[:, :, :-1].transpose(0, 2, 1)
    return None


def _shaped(values, outputs: int) -> np.ndarray:
    values = np.stack(values, axis=-1) if isinstance(values, list) else np.asarray(values, dtype=np.float64)
    if values.ndim == 2:
        values = values[:, :, None]
    return values[:, :, -outputs:]
