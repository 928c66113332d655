"""LightGBM → ONNX, ONNX → probabilities, and the proof that nothing changed on the way."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

from schema import INPUT, NAME, OUTPUT

OPSET = {"": 15, "ai.onnx.ml": 3}


def convert(booster: lgb.Booster, width: int) -> onnx.ModelProto:
    """One TreeEnsembleClassifier: float32 [N, width] → probabilities float32 [N, 2], column 1 = churn. No ZipMap."""
    model = convert_lightgbm(
        booster, name=NAME, initial_types=[(INPUT, FloatTensorType([None, width]))], zipmap=False, target_opset=OPSET[""]
    )  # fmt: skip
    return _only_the_trees(model)


def _only_the_trees(converted: onnx.ModelProto) -> onnx.ModelProto:
    """The converter's TreeEnsembleClassifier alone, which has both outputs itself.

    The converter appends an Identity for the probabilities and a Cast and a multiplication by 1 for the label:
    nothing but more for a reader of the graph to check.
    """
    (node,) = [node for node in converted.graph.node if node.op_type == "TreeEnsembleClassifier"]
    rest = sorted(other.op_type for other in converted.graph.node if other is not node)
    if rest != ["Cast", "Identity", "Identity", "Mul"]:
        raise ValueError(f"the converter wrote other operators: {rest}")
    width = converted.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    tree_node = onnx.NodeProto()
    tree_node.CopyFrom(node)
    tree_node.input[:], tree_node.output[:], tree_node.name = [INPUT], ["label", OUTPUT], "trees"
    graph = helper.make_graph(
        [tree_node],
        NAME,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", width])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, ["rows"]),
            helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["rows", 2]),
        ],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSET.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="onnxmltools")
    onnx.checker.check_model(model, full_check=True)
    return model


def probabilities(model: bytes, matrix: np.ndarray) -> np.ndarray:
    """Churn probability, float32 [rows], of rows float32 [rows, features]; one thread, as in the product."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run([OUTPUT], {INPUT: matrix.astype(np.float32)})[0][:, 1]


def rows_on_thresholds(booster_trees: list[dict], typical: np.ndarray) -> np.ndarray:
    """Rows that lie on a threshold, one float32 below it and one above, for each threshold of the model; the other
    values are those of one `typical` row after the other."""
    pairs = sorted(
        {(int(f), float(t)) for tree in booster_trees for f, t in zip(tree["features"], tree["thresholds"]) if f >= 0}
    )
    rows = []
    for number, (feature, threshold) in enumerate(pairs):
        on = np.float32(threshold)
        for value in (np.nextafter(on, np.float32(-np.inf)), on, np.nextafter(on, np.float32(np.inf))):
            row = typical[number % len(typical)].copy()
            row[feature] = value
            rows.append(row)
    return np.array(rows, dtype=np.float32)


def largest_difference(booster: lgb.Booster, model: bytes, matrix: np.ndarray) -> float:
    """Largest |LightGBM − ONNX| of the probabilities over the rows."""
    return float(np.abs(booster.predict(matrix.astype(np.float64)) - probabilities(model, matrix)).max())
