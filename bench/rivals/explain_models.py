"""Makes what `bun run bench explain` measures with: explain_models.py FOLDER CUSTOMERS.csv ROWS SHAPE…

For each shape, one LightGBM model and an XGBoost model of the same size, trained on the same made rows with a made outcome:
    SHAPE.txt, SHAPE.ubj      as the libraries save them
    SHAPE.onnx                the LightGBM model through onnxmltools, with its own covers in `nodes_hitrates`
    SHAPE.rows, SHAPE.background   little-endian float32 [ROWS, features], [100, features]
Prints one JSON line: shape → features, trees, leaves.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

try:
    import xgboost as xgb
except ImportError:
    # The environment of training/ has none; then it is not measured.
    xgb = None

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "training"), str(ROOT / "test/shap/zoo")]

import covers  # noqa: E402
import onnx_trees  # noqa: E402
from explain_rows import made_outcome, telecom_rows  # noqa: E402

BACKGROUND, TRAINING = 100, 20_000
SHAPES = {
    "tiny": {"trees": 10, "depth": 3, "leaves": 8},
    "telecom-300x31": {"trees": 300, "depth": 6, "leaves": 31},
    "telecom-100-depth8": {"trees": 100, "depth": 8, "leaves": 256},
    "telecom-1000-depth4": {"trees": 1000, "depth": 4, "leaves": 16},
    "wide-300x31": {"trees": 300, "depth": 6, "leaves": 31, "features": 500},
}


def wide(rng: np.random.Generator, rows: int, features: int) -> np.ndarray:
    """Numbers in hundredths, every tenth value missing in every fifth column."""
    table = np.round(rng.normal(0, 10, (rows, features)), 2).astype(np.float32)
    table[:, ::5][rng.random(table[:, ::5].shape) < 0.1] = np.nan
    return table


def make(folder: Path, name: str, table: np.ndarray, rows: int) -> dict:
    shape = SHAPES[name]
    rng = np.random.default_rng(11)
    target = made_outcome(rng, table)
    training, known = table[:TRAINING], target[:TRAINING]
    common = {"n_estimators": shape["trees"], "max_depth": shape["depth"], "learning_rate": 0.05, "random_state": 0, "n_jobs": 1}
    model = lgb.LGBMClassifier(num_leaves=shape["leaves"], verbose=-1, deterministic=True, **common).fit(training, known)
    model.booster_.save_model(folder / f"{name}.txt")
    if xgb is not None:
        peer = xgb.XGBClassifier(max_leaves=shape["leaves"], grow_policy="lossguide", tree_method="hist", **common)
        peer.fit(training, known).get_booster().save_model(folder / f"{name}.ubj")
    inputs = [("input", FloatTensorType([None, table.shape[1]]))]
    proto = convert_lightgbm(model, initial_types=inputs, zipmap=False, target_opset=15)
    trees = onnx_trees.read(proto)
    covers.from_library(trees, model, "lightgbm")
    covers.write(proto, trees)
    (folder / f"{name}.onnx").write_bytes(proto.SerializeToString())
    table[:rows].astype("<f4").tofile(folder / f"{name}.rows")
    table[rng.choice(TRAINING, BACKGROUND, replace=False)].astype("<f4").tofile(folder / f"{name}.background")
    leaves = sum(len(list(each)) for each in map(onnx_trees.leaves, trees.roots))
    return {"features": table.shape[1], "trees": len(trees.roots), "leaves": leaves, "depth": shape["depth"]}


def main(folder: Path, csv: Path, rows: int, names: list[str]) -> dict:
    features = json.loads((ROOT / "models/telecom/1.1.0/schema.json").read_text())["features"]
    customers = telecom_rows(csv, features)
    made = {}
    for name in names:
        width = SHAPES[name].get("features")
        table = customers if width is None else wide(np.random.default_rng(5), len(customers), width)
        made[name] = make(folder, name, table, rows)
    return made


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])))
