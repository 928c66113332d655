"""Makes fixtures/: a small model of each kind as ONNX, and what the reference implementations say of it.

    test/shap/zoo/make [NAME…]

zoo.json  facts of each kind, and why it has no file where its converter refuses it
NAME.onnx the model, with covers in `nodes_hitrates` (covers.py) where they are the library's own
NAME.bin  only where `shap` is true; little-endian float32, one after the other:
    background [background, features], inputs [rows, features]; training [training, features] where covers are counted from them
    scores [rows, columns]        onnxruntime's: probabilities of a classifier, targets of a regressor
    for interventional, then tree_path_dependent:
        expected_value [outputs], shap [outputs, rows, features]   in the raw score

`reference` says whose values these are: shap's where shap agrees with the definition applied to the trees of the file
(enumeration.py), or the library's own where only these do, and the definition's where neither does. `differences` has what was found.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import covers
import enumeration
import onnx_trees
from data import BACKGROUND, CATEGORY, FEATURES, INPUTS, TRAINING, draw, on_thresholds, targets
from kinds import KINDS, Kind, versions
from references import by_library, by_shap

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parent / "fixtures"
AGREES = 1e-5
"""Of the range of the raw score."""


def make(name: str, kind: Kind) -> dict:
    rng = np.random.default_rng(7)
    training = draw(rng, TRAINING, kind.missing)
    target = targets(rng, training)[kind.task]
    background, inputs = draw(rng, BACKGROUND, kind.missing), draw(rng, INPUTS, kind.missing)
    facts = {"library": kind.library, "task": kind.task, "missing": kind.missing, "double": kind.double}
    for suffix in ("onnx", "bin"):
        (FOLDER / f"{name}.{suffix}").unlink(missing_ok=True)
    number = np.float64 if kind.double else np.float32
    try:
        model, proto = kind.make(training.astype(number), target)
    except Exception as error:
        return facts | {"refused_by_converter": f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"}
    _plain(proto)
    try:
        trees = onnx_trees.read(proto)
    except ValueError:
        trees = None
    if trees is not None:
        inputs = on_thresholds(rng, inputs, _thresholds(trees))
    try:
        scores = _onnxruntime(proto, inputs.astype(number))
    except Exception as error:
        return facts | {"refused_by_onnxruntime": f"{type(error).__name__}: {str(error).splitlines()[0][:160]}"}
    own = _own_scores(model, kind, inputs.astype(number))
    facts |= {
        "operators": [node.op_type for node in proto.graph.node],
        "features": FEATURES, "rows": INPUTS, "background": BACKGROUND, "columns": scores.shape[1],
        "library_difference": float(np.abs(scores[:, -own.shape[1] :] - own).max()),
    }  # fmt: skip
    parts = [background, inputs]
    explained = []
    if trees is not None and _raw_is_known(trees, proto, scores, inputs):
        if trees.shared:
            covers.from_rows(trees, training)
            parts.append(training)
            facts |= {"covers": "training", "training": TRAINING}
        else:
            covers.from_library(trees, model, kind.library)
            covers.write(proto, trees)
            facts["covers"] = "nodes_hitrates"
        explained, more = _explain(model, kind, trees, background, inputs.astype(number))
        facts |= more
    facts["shap"] = len(explained) > 0
    parts += [scores, *explained]
    (FOLDER / f"{name}.onnx").write_bytes(proto.SerializeToString(deterministic=True))
    if explained:
        data = b"".join(np.ascontiguousarray(part, dtype="<f4").tobytes() for part in parts)
        (FOLDER / f"{name}.bin").write_bytes(data)
    return facts


def _explain(model, kind: Kind, trees: onnx_trees.Trees, background: np.ndarray, inputs: np.ndarray):
    raw = onnx_trees.scores(trees, inputs)
    span = float(np.ptp(raw, axis=0).max())
    # A binary CatBoost model has both signs of one score, and shap and CatBoost speak of class 1.
    first = trees.outputs - 1 if kind.task == "binary" else 0
    parts, reference, differences = [], {}, {}
    for perturbation in ("interventional", "tree_path_dependent"):
        if perturbation == "interventional":
            expected, values = enumeration.interventional(trees, background, inputs)
        else:
            expected, values = enumeration.path_dependent(trees, inputs)
        expected, values = expected[first:], values[:, :, first:]
        if np.abs(expected + values.sum(axis=1) - raw[:, first:]).max() > 1e-9 * max(span, 1):
            raise ValueError("the definition does not add up")
        found = {}
        try:
            found["shap"] = by_shap(model, background.astype(inputs.dtype), inputs, perturbation, values.shape[2])
        except Exception as error:
            differences[f"{perturbation} shap"] = f"{type(error).__name__}: {str(error).splitlines()[0][:100]}"
        if perturbation == "tree_path_dependent":
            own = by_library(model, kind.library, inputs, values.shape[2])
            if own is not None:
                found[kind.library] = own
        chosen = "definition"
        for source, of in reversed(found.items()):
            if of.shape != values.shape:
                differences[f"{perturbation} {source}"] = f"shape {of.shape}"
                continue
            difference = float(np.abs(of - values).max() / span)
            differences[f"{perturbation} {source}"] = float(f"{difference:.1e}")
            if difference <= AGREES:
                chosen = source
        reference[perturbation] = chosen
        # shap's own float32 arithmetic is not ours: the expected value is that of the definition.
        parts += [expected, (values if chosen == "definition" else found[chosen]).transpose(2, 0, 1)]
    return parts, {"outputs": values.shape[2], "range": span, "reference": reference, "differences": differences}


def _plain(proto: onnx.ModelProto) -> None:
    """Without what differs from run to run or says nothing."""
    proto.doc_string = ""
    proto.graph.name = "zoo"
    del proto.metadata_props[:]


def _thresholds(trees: onnx_trees.Trees) -> list[tuple[int, float]]:
    """Without LightGBM's ±1e-35, which stands for zero: it takes a value as near as this for zero before it decides."""
    found = {
        (n.feature, n.threshold) for root in trees.roots for n in onnx_trees.nodes(root)
        if n.weights is None and n.mode not in ("BRANCH_EQ", "BRANCH_NEQ") and 1e-30 < abs(n.threshold) < 1e30
    }  # fmt: skip
    return sorted(found)


def _onnxruntime(proto: onnx.ModelProto, inputs: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    result = session.run(None, {session.get_inputs()[0].name: inputs})[-1]
    if isinstance(result, list):
        result = [[row[key] for key in sorted(row)] for row in result]
    return np.asarray(result).reshape(len(inputs), -1)


def _own_scores(model, kind: Kind, inputs: np.ndarray) -> np.ndarray:
    """What the library itself predicts."""
    if kind.library == "xgboost" and kind.categories:
        import pandas as pd

        inputs = pd.DataFrame(inputs).astype({CATEGORY: pd.CategoricalDtype(list(range(8)))})
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(inputs))
    predict = model.decision_function if hasattr(model, "decision_function") else model.predict
    return np.asarray(predict(inputs)).reshape(len(inputs), -1)


def _raw_is_known(
    trees: onnx_trees.Trees, proto: onnx.ModelProto, scores: np.ndarray, inputs: np.ndarray
) -> bool:  # fmt: skip
    """Whether onnxruntime's scores are what the trees, their post transform and the operators behind them give. A divisor that is the
    number of trees, and a factor behind an exponential, become part of the trees."""
    operators = [node.op_type for node in proto.graph.node]
    constants = [float(onnx.numpy_helper.to_array(each).ravel()[0]) for each in proto.graph.initializer]
    if "Div" in operators:
        if trees.operator != "TreeEnsembleRegressor" or constants != [len(trees.roots)]:
            return False
        for root in trees.roots:
            for leaf in onnx_trees.nodes(root):
                leaf.weights = None if leaf.weights is None else leaf.weights / len(trees.roots)
    if "Exp" in operators and "Mul" in operators:
        trees.base = trees.base + np.log(constants[0])
    raw = onnx_trees.scores(trees, inputs)
    if "Exp" in operators:
        raw = np.exp(raw)
    if trees.post_transform == "LOGISTIC":
        raw = 1 / (1 + np.exp(-raw))
    elif trees.post_transform == "SOFTMAX":
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
        raw /= raw.sum(axis=1, keepdims=True)
    return float(np.abs(raw - scores[:, -raw.shape[1] :]).max()) <= 1e-5


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "zoo.json"
    kinds = json.loads(path.read_text())["kinds"] if path.exists() else {}
    for name in names or KINDS:
        kinds[name] = make(name, KINDS[name])
        print(name, json.dumps(kinds[name]))
    ordered = {name: kinds[name] for name in KINDS if name in kinds}
    path.write_text(json.dumps({"versions": versions(), "kinds": ordered}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
