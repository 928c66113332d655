"""Draws synthetic customers that resemble the training data and are nobody.

A Bayes net of small decision trees: one feature after the other is drawn from what real customers of the same kind (a
leaf of at least 50) had; the monthly charge is drawn from the price list that the services imply, with noise; the
total follows from tenure and charge, with noise. Services that need internet or a phone line follow from having it.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from telco import ADD_ONS

LEAF = 50
ORDER = [
    "senior_citizen", "partner", "dependents", "contract", "internet_service", "phone_service", "multiple_lines", *ADD_ONS,
    "tenure_months", "payment_method", "paperless_billing",
]  # fmt: skip
PRICED = ["internet_service", "phone_service", "multiple_lines", *ADD_ONS]


def draw(matrix: np.ndarray, features: list[dict], rows: int, random: np.random.Generator) -> np.ndarray:
    """`rows` synthetic customers, float32 [rows, features], complete but for the total of those with tenure 0."""
    place = {feature["name"]: column for column, feature in enumerate(features)}
    drawn = np.full((rows, len(features)), np.nan)
    for position, name in enumerate(ORDER):
        known = [place[parent] for parent in ORDER[:position]]
        drawn[:, place[name]] = _draw_column(matrix, place[name], known, drawn, name == "tenure_months", random)
        _keep_consistent(drawn, place, name)
    drawn[:, place["monthly_charges"]] = _draw_charges(matrix, drawn, [place[name] for name in PRICED], place, random)
    drawn[:, place["total_charges"]] = _draw_total(matrix, drawn, place, random)
    return drawn.astype(np.float32)


def _draw_column(
    matrix: np.ndarray, column: int, known: list[int], drawn: np.ndarray, numeric: bool, random: np.random.Generator
) -> np.ndarray:
    real = matrix[:, column].astype(np.float64)
    if not known:
        return random.choice(real, len(drawn))
    kind = DecisionTreeRegressor if numeric else DecisionTreeClassifier
    tree = kind(min_samples_leaf=LEAF, max_leaf_nodes=60, random_state=0).fit(matrix[:, known], real)
    leaf_of_real, leaf_of_drawn = tree.apply(matrix[:, known]), tree.apply(drawn[:, known])
    values = np.empty(len(drawn))
    for leaf in np.unique(leaf_of_drawn):
        here = leaf_of_drawn == leaf
        values[here] = random.choice(real[leaf_of_real == leaf], here.sum())
    return values


def _keep_consistent(drawn: np.ndarray, place: dict[str, int], name: str) -> None:
    """No internet, no add-on; no phone, no second line; and the other way round (code 2 is the third state)."""
    if name in ADD_ONS:
        column = drawn[:, place[name]]
        without = drawn[:, place["internet_service"]] == 0
        column[without] = 2
        column[~without & (column == 2)] = 0
    if name == "multiple_lines":
        column = drawn[:, place[name]]
        without = drawn[:, place["phone_service"]] == 0
        column[without] = 2
        column[~without & (column == 2)] = 0
    if name == "phone_service":
        # Nobody buys neither: a customer without internet has a phone.
        drawn[drawn[:, place["internet_service"]] == 0, place[name]] = 1


def _draw_charges(
    matrix: np.ndarray, drawn: np.ndarray, priced: list[int], place: dict[str, int], random: np.random.Generator
) -> np.ndarray:
    real = matrix[:, place["monthly_charges"]].astype(np.float64)
    price_list = LinearRegression().fit(_indicators(matrix[:, priced]), real)
    noise = np.std(real - price_list.predict(_indicators(matrix[:, priced])))
    charges = price_list.predict(_indicators(drawn[:, priced])) + random.normal(0, noise, len(drawn))
    return np.round(np.clip(charges, real.min(), real.max()) * 20) / 20


def _indicators(codes: np.ndarray) -> np.ndarray:
    return np.column_stack([codes == code for code in (1, 2)]).astype(np.float64)


def _draw_total(
    matrix: np.ndarray, drawn: np.ndarray, place: dict[str, int], random: np.random.Generator
) -> np.ndarray:
    tenure, charge, total = (
        matrix[:, place[n]].astype(np.float64) for n in ("tenure_months", "monthly_charges", "total_charges")
    )
    billed = tenure > 1
    # The price changed now and then, so the total strays from tenure × charge, by less the longer the tenure.
    spread = np.std((total[billed] / (tenure[billed] * charge[billed]) - 1) * np.sqrt(tenure[billed]))
    months, monthly = drawn[:, place["tenure_months"]], drawn[:, place["monthly_charges"]]
    stray = np.where(months > 1, random.normal(0, spread, len(drawn)) / np.sqrt(np.maximum(months, 1)), 0)
    result = np.round(months * monthly * (1 + stray) * 20) / 20
    return np.where(months == 0, np.nan, result)


def pick_like(pool: np.ndarray, pool_scores: np.ndarray, scores: np.ndarray, rows: int) -> np.ndarray:
    """Chooses `rows` of the pool whose raw scores follow the distribution of `scores`: the nearest to each of its
    mid-quantiles.
    """
    targets = np.quantile(scores, (np.arange(rows) + 0.5) / rows)
    free, chosen = np.ones(len(pool), dtype=bool), []
    for target in targets:
        nearest = int(np.argmin(np.where(free, np.abs(pool_scores - target), np.inf)))
        free[nearest] = False
        chosen.append(nearest)
    return pool[np.array(chosen)]


def equal_rows(matrix: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Whether a row [rows] equals some real row in every feature (missing equals missing)."""
    seen = {np.nan_to_num(row, nan=-1.0).tobytes() for row in real.astype(np.float32)}
    return np.array([np.nan_to_num(row, nan=-1.0).tobytes() in seen for row in matrix.astype(np.float32)])
