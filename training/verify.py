"""Measurements that judge a finished model: monotonicity, SHAP against its definition, baselines for monitoring."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import shap

from checks import breaches
from evaluate import Evaluation
from learn import SEED
from oracle import shapley
from trees import explain, raw_scores


def monotone_breaches(
    trees: list[dict], rows: np.ndarray, features: list[dict], promises: dict[str, int]
) -> tuple[int, int]:
    """(pairs compared, pairs that break a promise): each promised feature is swept over all its thresholds in every
    row.
    """
    pairs = broken = 0
    for column, feature in enumerate(features):
        direction = promises.get(feature["name"])
        if direction is None:
            continue
        cuts = sorted({float(t) for tree in trees for f, t in zip(tree["features"], tree["thresholds"]) if f == column})
        sweep = [*cuts, cuts[-1] + 1]
        scores = []
        for value in sweep:
            changed = rows.copy()
            changed[:, column] = value
            scores.append(raw_scores(trees, changed))
        for low, high in zip(scores, scores[1:]):
            pairs += len(rows)
            broken += breaches(low, high, direction)
    return pairs, broken


def coverage(trees: list[dict], rows: np.ndarray) -> dict:
    """What the rows put to the test: leaves reached of all leaves, and splits that a missing value passed of those it
    can.

    It can reach a split unless an earlier split on the same feature sends missing values the other way.
    """
    reached = leaves = passed = splits = 0
    for tree in trees:
        leaf = tree["features"] < 0
        seen, seen_missing = np.zeros(len(leaf), dtype=bool), np.zeros(len(leaf), dtype=bool)
        at = np.zeros(len(rows), dtype=np.int64)
        while not leaf[at].all():
            value = rows[np.arange(len(rows)), np.maximum(tree["features"][at], 0)].astype(np.float64)
            missing = np.isnan(value) & ~leaf[at]
            seen_missing[at[missing]] = True
            step = np.where(value <= tree["thresholds"][at], tree["children_left"][at], tree["children_right"][at])
            step = np.where(missing, tree["children_default"][at], step)
            at = np.where(leaf[at], at, step)
        seen[at] = True
        reached, leaves = reached + int(seen.sum()), leaves + int(leaf.sum())
        passed, splits = passed + int(seen_missing.sum()), splits + _open_to_missing(tree)
    return {"leaves_reached": reached, "leaves": leaves, "missing_passed": passed, "splits": splits}


def _open_to_missing(tree: dict) -> int:
    count, ahead = 0, [(0, frozenset())]
    while ahead:
        node, known = ahead.pop()
        feature = int(tree["features"][node])
        if feature < 0:
            continue
        count += feature not in known
        for child in (tree["children_left"][node], tree["children_right"][node]):
            ahead.append((child, known if child == tree["children_default"][node] else known | {feature}))
    return count


def oracle_distance(trees: list[dict], background: np.ndarray, rows: np.ndarray) -> float:
    """Largest |shap − Shapley by definition| over rows and features, log-odds."""
    _, values = explain(trees, background, rows)
    exact = np.array([shapley(trees, background, row) for row in rows])
    return float(np.abs(values - exact).max())


def shap_of_lightgbm(booster: lgb.Booster, trees: list[dict], background: np.ndarray, rows: np.ndarray) -> float:
    """Largest difference between SHAP of the LightGBM model and of the trees of the ONNX file, log-odds."""
    whole = shap.maskers.Independent(background.astype(np.float64), max_samples=len(background))
    explainer = shap.TreeExplainer(booster, whole, feature_perturbation="interventional", model_output="raw")
    values = np.asarray(explainer.shap_values(rows.astype(np.float64), check_additivity=False)).reshape(rows.shape)
    return float(np.abs(values - explain(trees, background, rows)[1]).max())


def share_distance(background: np.ndarray, features: list[dict]) -> float:
    """Largest |share in the background − share in the training data| over all categories."""
    distances = []
    for column, feature in enumerate(features):
        for category, share in zip(feature.get("categories", []), feature["distribution"].get("shares", [])):
            distances.append(abs(float((background[:, column] == category["code"]).mean()) - share))
    return max(distances)


def confidence(evaluation: Evaluation, raw: np.ndarray) -> dict:
    """Baselines for monitoring; confidence of a row is max(p, 1 − p), out-of-fold.

    The margin covers what is no fault: four standard deviations of the mean over files of 100 customers, and the step
    from all columns to the required ones.
    """
    whole, bare = (
        np.maximum(p, 1 - p) for p in (evaluation.predictions["model"], evaluation.predictions["model_required"])
    )
    random = np.random.default_rng(SEED)
    means = [random.choice(whole, 100, replace=False).mean() for _ in range(2000)]
    margin = 4 * np.std(means) + abs(whole.mean() - bare.mean())
    return {
        "mean_raw_score": round(float(raw.mean()), 6),
        "mean_confidence": round(float(whole.mean()), 6),
        "confidence_margin": float(np.ceil(margin * 100) / 100),
        "confidence_deviation": round(float(whole.std()), 6),
    }
