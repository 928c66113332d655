"""Makes the bundle models/telecom/1.1.0 from the IBM Telco file: train.py DATA.csv

Same data and same pinned versions give the same bytes in every file. The signature is a step of its own (sign.py):
bytes that change need a new one, so an old model.sig is removed when they do. Every promise is checked on the way;
one that does not hold stops the run before anything is written.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

import card
from checks import at_least, at_most, require
from evaluate import Evaluation, cross_validate
from facts import finish, measure_model, read_back, write_golden
from golden import golden_rows
from learn import SEED
from onnx_model import rows_on_thresholds
from schema import KNOWN_COLUMNS, NAME, VERSION, as_json, assemble, optional_groups, spelling_faults
from schema import undistributed_features, with_distributions
from sign import SIGNATURE
from synthesise import draw, equal_rows, pick_like
from tables import write_rows
from telco import encode, read_customers
from trees import raw_scores
from verify import confidence

BUNDLE = Path(__file__).parent.parent / "models" / NAME / VERSION
TIERS = {"high": 0.6, "medium": 0.3}
POOL_ROWS, BACKGROUND_ROWS = 20_000, 200


def train(data: Path) -> None:
    random = np.random.default_rng(SEED)
    customers, churned, _, gender = read_customers(data)
    features = undistributed_features()
    optional = optional_groups(features)
    faults = spelling_faults(features, KNOWN_COLUMNS)
    require(not faults, "; ".join(faults))
    matrix, label = encode(customers, features), churned.to_numpy()
    features = with_distributions(features, matrix)

    evaluation = cross_validate(customers, matrix, label, gender, features, optional)
    _require_quality(evaluation)
    model = finish(matrix, label, features, optional)
    raw = raw_scores(model.trees, matrix)

    pool = draw(matrix, features, POOL_ROWS, random)
    known = equal_rows(pool, matrix)
    pool = pool[~known]
    background = pick_like(pool, raw_scores(model.trees, pool), raw, BACKGROUND_ROWS)
    background = background[random.permutation(len(background))]
    edges = rows_on_thresholds(model.trees, pool[:500])
    golden = golden_rows(pool, edges, features, optional, random)
    require(not equal_rows(background, matrix).any(), "a background row equals a real customer")
    require(not equal_rows(golden, matrix).any(), "a golden row equals a real customer")

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        (out / "model.onnx").write_bytes(model.onnx)
        write_rows(out / "background.csv", background, features)
        background = read_back(out / "background.csv", background, features)
        facts = measure_model(model, matrix, edges, background, random)
        facts |= write_golden(out / "golden.csv", golden, model, background)
        at_most(abs(facts["base_value"] - raw.mean()), 0.05, "distance of the background's mean raw score")
        training = {"rows": len(label), "churn_rate": round(float(label.mean()), 6)} | confidence(evaluation, raw)
        facts |= training | {
            "version": VERSION,
            "tiers": TIERS,
            "optional": sum(map(len, optional)),
            "blank_totals": int(customers["total_charges"].isna().sum()),
            "pool_equal": int(known.sum()),
            "pool_rows": POOL_ROWS,
            "background_rows": len(background),
        }
        (out / "schema.json").write_text(as_json(assemble(features, TIERS, training)), encoding="utf-8")
        (out / "card.md").write_text(card.render(evaluation, facts), encoding="utf-8")
        _publish(out, BUNDLE)


def _require_quality(evaluation: Evaluation) -> None:
    at_least(evaluation.mean("model", "auc")[0], 0.84, "AUC")
    at_most(evaluation.overall("model")["brier"], 0.138, "Brier score")
    for contestant in ("model", "model_required", "model_partial"):
        for error in ("ece", "ece_mass"):
            at_most(evaluation.overall(contestant)[error], 0.03, f"calibration error ({error}) of {contestant}")


def _publish(out: Path, bundle: Path) -> None:
    """Replaces the bundle's files; a signature over other bytes is removed."""
    bundle.mkdir(parents=True, exist_ok=True)
    changed = []
    for file in sorted(out.iterdir()):
        target = bundle / file.name
        if not target.exists() or target.read_bytes() != file.read_bytes():
            changed.append(file.name)
            target.write_bytes(file.read_bytes())
    if changed:
        (bundle / SIGNATURE).unlink(missing_ok=True)
    signed = "signed" if (bundle / SIGNATURE).exists() else "not signed: run training/sign"
    print(f"{bundle.name}: {', '.join(changed) if changed else 'nothing'} changed; {signed}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: training/run DATA.csv")
    train(Path(sys.argv[1]))
