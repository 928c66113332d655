"""Assembles `schema.json`: what a person decided (vocabulary/) and what the training data measured."""

from __future__ import annotations

import json
import re
import unicodedata

import numpy as np

from checks import require
from telco import HEADERS
from vocabulary.account import ACCOUNT
from vocabulary.household import HOUSEHOLD
from vocabulary.known_columns import KNOWN_COLUMNS
from vocabulary.services import SERVICES
from vocabulary.templates import TEMPLATES

NAME, VERSION = "telecom", "1.1.0"
INPUT, OUTPUT = "input", "probabilities"
SMALLEST_BIN = 0.02


def undistributed_features() -> list[dict]:
    """All features in the order of the model's columns, without what the data has to say."""
    features = {feature["name"]: feature for feature in [*ACCOUNT, *SERVICES, *HOUSEHOLD]}
    if set(features) != set(HEADERS.values()):
        raise ValueError("vocabulary and telco.py do not hold the same features")
    return [features[name] for name in HEADERS.values()]


def optional_groups(features: list[dict]) -> list[list[int]]:
    """Column indices of the optional features, grouped as files usually lack them together."""
    groups: dict[str, list[int]] = {}
    for column, feature in enumerate(features):
        if not feature["required"]:
            groups.setdefault(feature["group"], []).append(column)
    return list(groups.values())


def with_distributions(features: list[dict], matrix: np.ndarray) -> list[dict]:
    """Adds `distribution` and, for numbers, `expected`, from the float32 training matrix [rows, features]."""
    return [_measure(feature, matrix[:, column]) for column, feature in enumerate(features)]


def assemble(features: list[dict], tiers: dict, training: dict) -> dict:
    """`schema.json` as src/features/schema.ts describes it."""
    return {
        "schema_version": 1,
        "name": NAME,
        "version": VERSION,
        "title": "Telecom churn",
        "description": (
            "Probability that a subscriber of a telecom or internet provider leaves, from tenure, monthly charge, "
            "contract and up to fifteen optional facts. Trained on the IBM Telco sample; other trades are extrapolation."
        ),
        "input": INPUT,
        "output": OUTPUT,
        "tiers": tiers,
        "features": features,
        "known_columns": KNOWN_COLUMNS,
        "templates": TEMPLATES,
        "training": training,
    }


def as_json(schema: dict) -> str:
    """Readable JSON: two blanks of indent, and a list of words or numbers filled into lines of about 120 characters."""
    return _json(schema, 0) + "\n"


def _json(value: object, depth: int) -> str:
    pad, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        flat = "{ " + ", ".join(f"{json.dumps(k)}: {_json(v, depth)}" for k, v in value.items()) + " }"
        if len(flat) <= 60 and "\n" not in flat and "[" not in flat:
            return flat
        members = [f"{pad}{json.dumps(key)}: {_json(member, depth + 1)}" for key, member in value.items()]
        return "{\n" + ",\n".join(members) + f"\n{end}}}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return "[\n" + ",\n".join(pad + _json(item, depth + 1) for item in value) + f"\n{end}]"
    if isinstance(value, list):
        items = [json.dumps(item, ensure_ascii=False) for item in value]
        lines = _fill(items, 120 - len(pad))
        return f"[{lines[0]}]" if len(lines) == 1 else "[\n" + "\n".join(pad + line for line in lines) + f"\n{end}]"
    return json.dumps(value, ensure_ascii=False)


def _fill(items: list[str], width: int) -> list[str]:
    lines = [""]
    for number, item in enumerate(items):
        text = item + ("," if number + 1 < len(items) else "")
        if lines[-1] and len(lines[-1]) + 1 + len(text) > width:
            lines.append(text)
        else:
            lines[-1] = f"{lines[-1]} {text}".strip()
    return lines


def _measure(feature: dict, column: np.ndarray) -> dict:
    present = column[~np.isnan(column)].astype(np.float64)
    missing = round(1 - len(present) / len(column), 6)
    if feature["kind"] != "numeric":
        shares = [round(float((present == category["code"]).mean()), 6) for category in feature["categories"]]
        return feature | {"distribution": {"missing": missing, "shares": shares}}
    quantiles = [_short(value) for value in np.quantile(present, np.linspace(0, 1, 21))]
    expected = {"min": quantiles[0], "max": quantiles[-1]}
    distribution = {"missing": missing, "quantiles": quantiles, "bins": bins(present)}
    return feature | {"expected": expected, "distribution": distribution}


def bins(present: np.ndarray) -> dict:
    """Tenths of the values that are there, for drift: `edges` (ascending) and the share of each bin. A value belongs to the
    first bin whose edge is not below it, and to the last when it is above all.

    Edges are deciles rounded to two digits: they tell of no single customer, and the shares are those of the rounded ones.
    Equal edges are one; a bin with less than 2 % of the customers would make drift a matter of chance.
    """
    edges = sorted({float(f"{value:.2g}") for value in np.quantile(present, np.linspace(0.1, 0.9, 9))})
    while edges:
        shares = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1) / len(present)
        smallest = int(shares.argmin())
        if shares[smallest] >= SMALLEST_BIN:
            break
        # Joined with the bin below it, and the first with the one above.
        del edges[max(0, smallest - 1)]
    require(bool(edges), "a number that is nearly always the same cannot be watched for drift")
    return {"edges": [_short(edge) for edge in edges], "shares": [round(float(share), 6) for share in shares]}


def _short(value: float) -> float:
    """The shortest decimal of the float32: 8684.8 and not 8684.7998, which the largest value itself would lie above."""
    rounded = round(float(str(np.float32(value))), 4)
    return int(rounded) if rounded.is_integer() else rounded


def normalise(text: str) -> str:
    """The spelling that counts: no case, accents, spaces or punctuation. `MonthlyCharges` and `monthly charges` are
    one.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[\W_]+", "", plain.casefold())


def spelling_faults(features: list[dict], known_columns: list[dict]) -> list[str]:
    """Headers or values that are listed twice, or for two meanings, in words; empty when the vocabulary is sound."""
    faults, owner = [], {}
    for entry in [*features, *known_columns]:
        own = [normalise(text) for text in [entry["name"], *entry["synonyms"]]]
        faults += [f"{entry['name']}: {text} is listed twice" for text in {t for t in own if own.count(t) > 1}]
        for text in own:
            if owner.setdefault(text, entry["name"]) != entry["name"]:
                faults.append(f"{text} means both {owner[text]} and {entry['name']}")
        friends = [normalise(text) for text in entry["false_friends"]]
        faults += [f"{entry['name']}: {text} is synonym and false friend" for text in set(own) & set(friends)]
    for feature in features:
        meaning: dict[str, str] = {}
        for category in feature.get("categories", []):
            spellings = [normalise(text) for text in [category["value"], *category["synonyms"]]]
            faults += [
                f"{feature['name']}: value {t} is listed twice"
                for t in {t for t in spellings if spellings.count(t) > 1}
            ]
            for text in spellings:
                if meaning.setdefault(text, category["value"]) != category["value"]:
                    faults.append(f"{feature['name']}: {text} means both {meaning[text]} and {category['value']}")
    return faults
