"""Holds the finished model against its promises and collects what the card says about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from checks import at_most, require
from evaluate import without
from learn import MONOTONE, as_float32, fit, missing_kinds, shape_of
from masking import mask_at_random
from onnx_model import convert, largest_difference, probabilities
from tables import read_rows, write_rows
from trees import explain, raw_scores, read_trees
from verify import coverage, monotone_breaches, oracle_distance, shap_of_lightgbm, share_distance


@dataclass
class FinishedModel:
    """`fitted` as LightGBM left it, `booster` with float32 numbers, `onnx` the bytes to ship, `trees` read out of them."""

    features: list[dict]
    optional: list[list[int]]
    fitted: lgb.Booster
    booster: lgb.Booster
    onnx: bytes
    trees: list[dict]


def finish(
    matrix: np.ndarray, label: np.ndarray, features: list[dict], optional: list[list[int]]
) -> FinishedModel:  # fmt: skip
    """Trains on all rows, float32 [rows, features], and converts."""
    fitted = fit(matrix, label, features, optional)
    booster = as_float32(fitted, features)
    proto = convert(booster, len(features))
    return FinishedModel(features, optional, fitted, booster, proto.SerializeToString(), read_trees(proto))


def measure_model(
    model: FinishedModel, matrix: np.ndarray, edges: np.ndarray, background: np.ndarray, random: np.random.Generator
) -> dict:
    """`edges` are rows on thresholds. Stops the run when a promise does not hold."""
    missing = np.vstack([without(matrix, model.optional), mask_at_random(matrix, model.optional, random)])
    unrefused = mask_at_random(matrix, [[column] for column in range(len(model.features))], random)
    sets = {"training": matrix, "missing": missing, "unrefused": unrefused, "thresholds": edges}
    every = np.vstack(list(sets.values()))
    return {
        "parity_rows": {name: len(rows) for name, rows in sets.items()},
        "missing_kinds": missing_kinds(model.booster),
        "size": shape_of(model.booster),
        "onnx_bytes": len(model.onnx),
        "share_distance": share_distance(background, model.features),
        **_measure_parity(model, sets, every),
        **_measure_promises(model, every, np.vstack([background, missing[::50]])),
        **_measure_shap(model, background, np.vstack([matrix[:4], missing[-8:], edges[:4]])),
    }


def _measure_parity(model: FinishedModel, sets: dict[str, np.ndarray], every: np.ndarray) -> dict:
    parity = {}
    for name, rows in sets.items():
        parity[name] = at_most(largest_difference(model.booster, model.onnx, rows), 1e-6, f"ONNX parity, {name}")
    raw = np.abs(model.booster.predict(every.astype(np.float64), raw_score=True) - raw_scores(model.trees, every))
    lifelike = np.vstack([sets["training"], sets["missing"]])
    snap = np.abs(model.fitted.predict(lifelike) - model.booster.predict(lifelike))
    return {
        "parity": parity,
        "raw_parity": at_most(float(raw.max()), 1e-9, "leaves of ONNX and LightGBM"),
        "snap": at_most(float(snap.max()), 1e-6, "change by float32 thresholds"),
    }


def _measure_promises(model: FinishedModel, every: np.ndarray, swept: np.ndarray) -> dict:
    covered = coverage(model.trees, every)
    require(covered["leaves_reached"] == covered["leaves"], f"leaves that no row reached: {covered}")
    require(covered["missing_passed"] == covered["splits"], f"splits that no missing value passed: {covered}")
    pairs, broken = monotone_breaches(model.trees, swept, model.features, MONOTONE)
    require(broken == 0, f"{broken} of {pairs} pairs of rows break a monotone promise")
    return {"covered": covered, "monotone_pairs": pairs, "monotone_breaches": broken}


def _measure_shap(model: FinishedModel, background: np.ndarray, rows: np.ndarray) -> dict:
    by_definition = oracle_distance(model.trees, background, rows)
    by_lightgbm = shap_of_lightgbm(model.booster, model.trees, background, rows)
    return {
        "oracle_rows": len(rows),
        "oracle": at_most(by_definition, 1e-6, "shap against the definition"),
        "shap_lightgbm": at_most(by_lightgbm, 1e-6, "shap of ONNX against LightGBM"),
    }


def write_golden(path: Path, golden: np.ndarray, model: FinishedModel, background: np.ndarray) -> dict:
    """Writes golden.csv; returns its residuals and the base value."""
    probability = probabilities(model.onnx, golden).astype(np.float64)
    raw = raw_scores(model.trees, golden)
    base_value, values = explain(model.trees, background, golden)
    additivity = np.abs(base_value + values.sum(axis=1) - raw)
    sigmoid = np.abs(1 / (1 + np.exp(-raw)) - probability)
    columns = {"probability": probability, "raw_score": raw, "base_value": np.full(len(golden), base_value)}
    columns |= {f"shap_{feature['name']}": values[:, column] for column, feature in enumerate(model.features)}
    write_rows(path, golden, model.features, columns)
    read_back(path, golden, model.features)
    return {
        "additivity": at_most(float(additivity.max()), 1e-5, "additivity of SHAP"),
        "sigmoid": at_most(float(sigmoid.max()), 1e-6, "sigmoid of the raw score"),
        "base_value": base_value,
    }


def read_back(path: Path, matrix: np.ndarray, features: list[dict]) -> np.ndarray:
    """What the file holds, which is what everybody else will compute with; it has to be what was meant."""
    found, _ = read_rows(path, features)
    require(np.array_equal(found, matrix, equal_nan=True), f"{path.name} does not read back as it was written")
    return found
