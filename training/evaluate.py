"""Five-fold cross-validation of the model, of a logistic regression beside it, and of the questions that the card
answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from learn import MONOTONE, SEED, fit
from masking import mask_at_random
from measures import measure

FOLDS = 5
MORE_MONOTONE = {"internet_service": 1, "senior_citizen": 1, "dependents": -1, "paperless_billing": 1}
"""Promises that were tried beside `learn.MONOTONE` and are not made."""


@dataclass
class Evaluation:
    """Out-of-fold results. `predictions`: contestant → probabilities [rows]; `folds`: contestant → one measure dict a
    fold.
    """

    label: np.ndarray
    predictions: dict[str, np.ndarray]
    folds: dict[str, list[dict]]

    def overall(self, contestant: str) -> dict:
        return measure(self.label, self.predictions[contestant])

    def mean(self, contestant: str, what: str) -> tuple[float, float]:
        """Mean and standard deviation over the folds."""
        values = [fold[what] for fold in self.folds[contestant]]
        return float(np.mean(values)), float(np.std(values, ddof=1))

    def difference(self, one: str, other: str, what: str) -> tuple[float, float]:
        """Mean and standard deviation over the folds of `one` − `other`, fold by fold."""
        pairs = zip(self.folds[one], self.folds[other], strict=True)
        values = [a[what] - b[what] for a, b in pairs]
        return float(np.mean(values)), float(np.std(values, ddof=1))


def cross_validate(
    customers: pd.DataFrame,
    matrix: np.ndarray,
    label: np.ndarray,
    gender: pd.Series,
    features: list[dict],
    optional: list[list[int]],
) -> Evaluation:
    """Every contestant on the same five stratified folds. A test row's masked copies exist in no training fold."""
    one_hot = _one_hot(customers)
    required = pd.DataFrame(one_hot)[[name for name in one_hot if name.startswith(("tenure", "monthly", "contract"))]]
    is_male = (gender == "Male").to_numpy(dtype=np.float32)
    with_gender = np.column_stack([matrix, is_male])
    gender_features = [*features, {"name": "gender", "kind": "flag", "required": False}]
    random = np.random.default_rng(SEED)
    bare, partial = without(matrix, optional), mask_at_random(matrix, optional, random)

    names = ["model", "model_required", "model_partial", "free", "bound", "gender", "logistic", "logistic_required"]
    predictions = {name: np.full(len(label), np.nan) for name in names}
    folds: dict[str, list[dict]] = {name: [] for name in names}
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, label):
        model = fit(matrix[train], label[train], features, optional)
        free = fit(matrix[train], label[train], features, optional, monotone={})
        bound = fit(matrix[train], label[train], features, optional, monotone=MONOTONE | MORE_MONOTONE)
        gendered = fit(with_gender[train], label[train], gender_features, [*optional, [len(features)]])
        predictions["model"][test] = model.predict(matrix[test])
        predictions["model_required"][test] = model.predict(bare[test])
        predictions["model_partial"][test] = model.predict(partial[test])
        predictions["free"][test] = free.predict(matrix[test])
        predictions["bound"][test] = bound.predict(matrix[test])
        predictions["gender"][test] = gendered.predict(with_gender[test])
        predictions["logistic"][test] = _logistic(one_hot, label, train, test)
        predictions["logistic_required"][test] = _logistic(required, label, train, test)
        for name in names:
            folds[name].append(measure(label[test], predictions[name][test]))
    return Evaluation(label, predictions, folds)


def without(matrix: np.ndarray, optional: list[list[int]]) -> np.ndarray:
    """A copy with every optional value gone, as of a file that holds the required columns only."""
    bare = matrix.copy()
    bare[:, [column for group in optional for column in group]] = np.nan
    return bare


def _one_hot(customers: pd.DataFrame) -> pd.DataFrame:
    """For the logistic regression only: a blank total is 0 (those customers were never billed)."""
    return pd.get_dummies(customers.fillna({"total_charges": 0.0})).astype(np.float64)


def _logistic(columns: pd.DataFrame, label: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(columns.to_numpy()[train], label[train])
    return model.predict_proba(columns.to_numpy()[test])[:, 1]
