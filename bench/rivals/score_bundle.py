"""A bundle of many trees for `bun run bench score --trees N`: score_bundle.py BUNDLE CUSTOMERS.csv TREES

LightGBM with 31 leaves and a depth of 6 on made customers with a made outcome, in the form that training/ gives its bundles, not signed yet.
Only schema (under version 9.0.0), background and card are those of models/telecom.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "training"))

from explain_rows import made_outcome, telecom_rows  # noqa: E402
from facts import FinishedModel, write_golden  # noqa: E402
from learn import as_float32  # noqa: E402
from onnx_model import convert  # noqa: E402
from schema import optional_groups  # noqa: E402
from tables import read_rows  # noqa: E402
from trees import read_trees  # noqa: E402

TEMPLATE = ROOT / "models/telecom/1.1.0"


def main(bundle: Path, customers: Path, trees: int) -> None:
    text = (TEMPLATE / "schema.json").read_text()
    features = json.loads(text)["features"]
    matrix = telecom_rows(customers, features)
    model = lgb.LGBMClassifier(
        n_estimators=trees, num_leaves=31, max_depth=6, learning_rate=0.05, verbose=-1, random_state=0, n_jobs=1
    ).fit(matrix, made_outcome(np.random.default_rng(11), matrix))
    booster = as_float32(model.booster_, features)
    proto = convert(booster, len(features))
    bundle.mkdir(parents=True)
    (bundle / "model.onnx").write_bytes(proto.SerializeToString())
    (bundle / "schema.json").write_text(text.replace('"version": "1.1.0"', f'"version": "{bundle.name}"', 1))
    for name in ("background.csv", "card.md"):
        shutil.copy(TEMPLATE / name, bundle / name)
    background, _ = read_rows(bundle / "background.csv", features)
    finished = FinishedModel(
        features, optional_groups(features), booster, booster, proto.SerializeToString(), read_trees(proto)
    )
    write_golden(bundle / "golden.csv", matrix[:64], finished, background)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
