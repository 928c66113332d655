"""Reads and writes the bundle's CSV files: RFC 4180 with LF, canonical human values, blank = missing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from telco import decode, encode


def write_rows(path: Path, matrix: np.ndarray, features: list[dict], more: dict[str, np.ndarray] | None = None) -> None:
    """Writes rows float32 [rows, features], then the columns of `more` (float64 [rows]) in full precision."""
    more = more or {}
    customers = decode(matrix, features)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow([*customers.columns, *more])
    for number in range(len(matrix)):
        cells = [_cell(customers[name].iloc[number]) for name in customers.columns]
        out.writerow([*cells, *[repr(float(column[number])) for column in more.values()]])
    path.write_bytes(text.getvalue().encode("utf-8"))


def read_rows(path: Path, features: list[dict]) -> tuple[np.ndarray, pd.DataFrame]:
    """Returns (matrix float32 [rows, features], all columns as text)."""
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    customers = pd.DataFrame({feature["name"]: text[feature["name"]] for feature in features})
    for feature in features:
        column = customers[feature["name"]].replace("", None)
        customers[feature["name"]] = (
            pd.to_numeric(column).astype(np.float64) if feature["kind"] == "numeric" else column
        )
    return encode(customers, features), text


def _cell(value: object) -> str:
    """A number as the shortest text that reads back as the same float32."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    number = np.float32(value)
    return str(int(number)) if number == np.floor(number) else np.format_float_positional(number, unique=True, trim="0")
