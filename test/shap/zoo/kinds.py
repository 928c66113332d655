"""The kinds of model of the zoo: each trained by its library and exported by that library's usual converter."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import catboost as cat
import lightgbm as lgb
import numpy as np
import onnx
import pandas as pd
import skl2onnx
import xgboost as xgb
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn import ensemble, tree
from skl2onnx import to_onnx
from skl2onnx.common._container import ModelComponentContainer as Container

from data import CATEGORY, FEATURES

INPUT = [("X", FloatTensorType([None, FEATURES]))]
LIGHTGBM = {"n_estimators": 8, "num_leaves": 8, "verbose": -1, "random_state": 0, "n_jobs": 1, "deterministic": True}
XGBOOST = {"n_estimators": 8, "max_depth": 3, "random_state": 0, "n_jobs": 1}
CATBOOST = {"iterations": 6, "depth": 3, "random_seed": 0, "verbose": False, "allow_writing_files": False, "thread_count": 1}
SKLEARN = {"n_estimators": 8, "max_depth": 3, "random_state": 0}
HIST = {"max_iter": 8, "max_leaf_nodes": 8, "random_state": 0}


@dataclass(frozen=True)
class Kind:
    library: str
    task: str
    """binary | regression | classes | targets | count"""
    make: Callable
    missing: bool = False
    double: bool = False
    categories: bool = False


def lightgbm(make, **options):
    def build(rows, target):
        fit = {"categorical_feature": [CATEGORY]} if "max_cat_to_onehot" in options else {}
        model = make(**LIGHTGBM | options).fit(rows, target, **fit)
        more = {"zipmap": False} if isinstance(model, lgb.LGBMClassifier) else {}
        return model, convert_lightgbm(model, initial_types=INPUT, target_opset=15, **more)

    return build


def xgboost(make, **options):
    def build(rows, target):
        model = make(**XGBOOST, **options).fit(rows, target)
        return model, convert_xgboost(model, initial_types=INPUT, target_opset=15)

    return build


def catboost(make, **options):
    def build(rows, target):
        model = make(**CATBOOST, **options).fit(rows, target)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            model.save_model(str(path), format="onnx", export_parameters={"onnx_domain": "zoo", "onnx_graph_name": "trees"})
            return model, onnx.load(path)

    return build


def sklearn(make, **options):
    def build(rows, target):
        model = make(**options).fit(rows, target)
        more = {"options": {"zipmap": False}} if hasattr(model, "predict_proba") else {}
        return model, to_onnx(model, rows[:1], target_opset={"": 15, "ai.onnx.ml": 3}, **more)

    return build


def _plain(value):
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, bool) else value


def double(make, **options):
    """skl2onnx declares the scores of a model of doubles as doubles; both operators give float32, and onnxruntime refuses the file."""

    def build(rows, target):
        model, proto = sklearn(make, **options)(rows, target)
        proto.graph.output[-1].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
        return model, proto

    return build


def hist(make, **options):
    """skl2onnx 1.20 hands onnx 1.23 numbers of numpy's types and booleans, which that refuses; as plain numbers they are taken."""

    def build(rows, target):
        add = Container.add_node

        def add_plain(self, op_type, inputs, outputs, op_domain="", op_version=None, name=None, **attrs):
            plain = {k: [_plain(v) for v in values] if isinstance(values, list) else values for k, values in attrs.items()}
            return add(self, op_type, inputs, outputs, op_domain=op_domain, op_version=op_version, name=name, **plain)

        Container.add_node = add_plain
        try:
            return sklearn(make, **options)(rows, target)
        finally:
            Container.add_node = add

    return build


CATEGORIES = {"min_data_per_group": 10, "cat_smooth": 1, "max_cat_to_onehot": 1}
BAGGING = {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}
TYPES = {"enable_categorical": True, "max_cat_to_onehot": 1, "feature_types": ["c" if f == CATEGORY else "q" for f in range(FEATURES)]}

KINDS = {
    "lightgbm-binary": Kind("lightgbm", "binary", lightgbm(lgb.LGBMClassifier), missing=True),
    "lightgbm-regression": Kind("lightgbm", "regression", lightgbm(lgb.LGBMRegressor), missing=True),
    "lightgbm-classes": Kind("lightgbm", "classes", lightgbm(lgb.LGBMClassifier), missing=True),
    "lightgbm-categories": Kind("lightgbm", "binary", lightgbm(lgb.LGBMClassifier, **CATEGORIES), missing=True, categories=True),
    "lightgbm-forest-100": Kind("lightgbm", "regression", lightgbm(lgb.LGBMRegressor, **BAGGING | {"n_estimators": 100, "num_leaves": 4})),
    "lightgbm-forest-8": Kind("lightgbm", "regression", lightgbm(lgb.LGBMRegressor, **BAGGING)),
    "lightgbm-forest-binary": Kind("lightgbm", "binary", lightgbm(lgb.LGBMClassifier, **BAGGING)),
    "lightgbm-poisson": Kind("lightgbm", "count", lightgbm(lgb.LGBMRegressor, objective="poisson")),
    "lightgbm-zero-as-missing": Kind("lightgbm", "binary", lightgbm(lgb.LGBMClassifier, zero_as_missing=True)),
    "xgboost-binary": Kind("xgboost", "binary", xgboost(xgb.XGBClassifier), missing=True),
    "xgboost-regression": Kind("xgboost", "regression", xgboost(xgb.XGBRegressor), missing=True),
    "xgboost-classes": Kind("xgboost", "classes", xgboost(xgb.XGBClassifier), missing=True),
    "xgboost-targets": Kind("xgboost", "targets", xgboost(xgb.XGBRegressor)),
    "xgboost-forest": Kind("xgboost", "binary", xgboost(xgb.XGBRFClassifier), missing=True),
    "xgboost-dart": Kind("xgboost", "binary", xgboost(xgb.XGBClassifier, booster="dart", rate_drop=0.3)),
    "xgboost-categories": Kind("xgboost", "binary", xgboost(xgb.XGBClassifier, **TYPES), categories=True),
    "xgboost-poisson": Kind("xgboost", "count", xgboost(xgb.XGBRegressor, objective="count:poisson")),
    "catboost-binary": Kind("catboost", "binary", catboost(cat.CatBoostClassifier), missing=True),
    "catboost-nan-max": Kind("catboost", "binary", catboost(cat.CatBoostClassifier, nan_mode="Max"), missing=True),
    "catboost-regression": Kind("catboost", "regression", catboost(cat.CatBoostRegressor), missing=True),
    "catboost-classes": Kind("catboost", "classes", catboost(cat.CatBoostClassifier, loss_function="MultiClass")),
    "catboost-lossguide": Kind("catboost", "binary", catboost(cat.CatBoostClassifier, grow_policy="Lossguide")),
    "catboost-categories": Kind("catboost", "binary", lambda rows, target: catboost(cat.CatBoostClassifier, cat_features=[CATEGORY])(pd.DataFrame(rows).astype({CATEGORY: int}), target), categories=True),
    "sklearn-boosting-binary": Kind("sklearn", "binary", sklearn(ensemble.GradientBoostingClassifier, **SKLEARN)),
    "sklearn-boosting-regression": Kind("sklearn", "regression", sklearn(ensemble.GradientBoostingRegressor, **SKLEARN)),
    "sklearn-boosting-classes": Kind("sklearn", "classes", sklearn(ensemble.GradientBoostingClassifier, **SKLEARN)),
    "sklearn-boosting-double": Kind("sklearn", "binary", double(ensemble.GradientBoostingClassifier, **SKLEARN), double=True),
    "sklearn-forest-binary": Kind("sklearn", "binary", sklearn(ensemble.RandomForestClassifier, **SKLEARN)),
    "sklearn-forest-classes": Kind("sklearn", "classes", sklearn(ensemble.RandomForestClassifier, **SKLEARN)),
    "sklearn-forest-regression": Kind("sklearn", "regression", sklearn(ensemble.RandomForestRegressor, **SKLEARN)),
    "sklearn-forest-targets": Kind("sklearn", "targets", sklearn(ensemble.RandomForestRegressor, **SKLEARN)),
    "sklearn-extra-trees": Kind("sklearn", "classes", sklearn(ensemble.ExtraTreesClassifier, **SKLEARN)),
    "sklearn-tree-binary": Kind("sklearn", "binary", sklearn(tree.DecisionTreeClassifier, max_depth=4, random_state=0)),
    "sklearn-tree-missing": Kind("sklearn", "regression", sklearn(tree.DecisionTreeRegressor, max_depth=4, random_state=0), missing=True),
    "sklearn-hist-binary": Kind("hist", "binary", hist(ensemble.HistGradientBoostingClassifier, **HIST), missing=True),
    "sklearn-hist-regression": Kind("hist", "regression", hist(ensemble.HistGradientBoostingRegressor, **HIST), missing=True),
    "sklearn-hist-classes": Kind("hist", "classes", hist(ensemble.HistGradientBoostingClassifier, **HIST), missing=True),
    "sklearn-hist-categories": Kind("hist", "binary", hist(ensemble.HistGradientBoostingClassifier, categorical_features=[CATEGORY], **HIST), missing=True, categories=True),
    "sklearn-isolation": Kind("sklearn", "regression", lambda rows, target: _isolation(rows)),
    "sklearn-adaboost": Kind("sklearn", "binary", sklearn(ensemble.AdaBoostClassifier, n_estimators=3, random_state=0)),
}  # fmt: skip


def _isolation(rows):
    model = ensemble.IsolationForest(n_estimators=2, max_samples=16, random_state=0).fit(rows)
    return model, to_onnx(model, rows[:1], target_opset={"": 15, "ai.onnx.ml": 3})


def versions() -> dict[str, str]:
    import onnxmltools, onnxruntime, shap, sklearn as sk

    return {m.__name__: m.__version__ for m in (lgb, xgb, cat, sk, onnx, onnxmltools, skl2onnx, onnxruntime, shap)}
