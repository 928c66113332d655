"""Small makers of schema entries, so that the lists of features hold only what a person has to decide.

A feature lacks its `distribution` (and a numeric one its `expected` range) here: `schema.py` measures them.
"""

from __future__ import annotations

from vocabulary import values


def numeric(
    name: str, label: str, description: str, *, unit: str, integer: bool, allowed: tuple[float, float], **common
) -> dict:
    """`allowed` is inclusive, in the unit: outside of it a value is impossible and its row is set aside."""
    bounds = {"min": allowed[0], "max": allowed[1]}
    return _feature("numeric", name, label, description, **common) | {
        "unit": unit,
        "integer": integer,
        "allowed": bounds,
    }


def category(
    name: str, label: str, description: str, *, categories: list[tuple[str, str, list[str]]], **common
) -> dict:
    """`categories` in the order of their codes 0, 1, …: (value, label, other spellings)."""
    return _feature("category", name, label, description, **common) | {"categories": _categories(categories)}


def flag(
    name: str, label: str, description: str, *, no: str, yes: str, third: tuple[str, str, list[str]] | None = None,
    no_also: list[str] | None = None, yes_also: list[str] | None = None, **common,
) -> dict:  # fmt: skip
    """`no` and `yes` are labels for reasons; `third` is a state such as "No internet service"."""
    states = [("No", no, values.NO + (no_also or [])), ("Yes", yes, values.YES + (yes_also or []))]
    if third is not None:
        states.append(third)
    return _feature("flag", name, label, description, **common) | {"categories": _categories(states)}


def known(name: str, label: str, role: str, synonyms: list[str], false_friends: list[str] | None = None) -> dict:
    """A column that files are known to have and the model does not use."""
    return {"name": name, "label": label, "role": role, "synonyms": synonyms, "false_friends": false_friends or []}


def _feature(
    kind: str, name: str, label: str, description: str, *, group: str, required: bool, actionable: bool, synonyms: list[str],
    false_friends: list[str],
) -> dict:  # fmt: skip
    return {
        "kind": kind,
        "name": name,
        "label": label,
        "description": description,
        "required": required,
        "actionable": actionable,
        "group": group,
        "synonyms": synonyms,
        "false_friends": false_friends,
    }


def _categories(states: list[tuple[str, str, list[str]]]) -> list[dict]:
    return [
        {"code": code, "value": value, "label": label, "synonyms": [s for s in synonyms if s != value]}
        for code, (value, label, synonyms) in enumerate(states)
    ]
