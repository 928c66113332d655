"""Reads the IBM Telco customer file and turns it into the model's input matrix.

`read_customers` gives canonical human values (category strings, numbers, NaN or None = missing), one column per feature in
the order of the schema; `encode` gives float32 codes, shape [rows, features], NaN = missing. No other module knows the
file's own headers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HEADERS = {
    "tenure": "tenure_months",
    "MonthlyCharges": "monthly_charges",
    "Contract": "contract",
    "TotalCharges": "total_charges",
    "PaymentMethod": "payment_method",
    "InternetService": "internet_service",
    "SeniorCitizen": "senior_citizen",
    "Partner": "partner",
    "Dependents": "dependents",
    "PhoneService": "phone_service",
    "MultipleLines": "multiple_lines",
    "OnlineSecurity": "online_security",
    "OnlineBackup": "online_backup",
    "DeviceProtection": "device_protection",
    "TechSupport": "tech_support",
    "StreamingTV": "streaming_tv",
    "StreamingMovies": "streaming_movies",
    "PaperlessBilling": "paperless_billing",
}
"""Header in the IBM Telco file → canonical feature name. Neither customerID, gender nor Churn is among them."""

ADD_ONS = ["online_security", "online_backup", "device_protection", "tech_support", "streaming_tv", "streaming_movies"]
"""Services that only a customer with internet can have."""


def read_customers(path: Path) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    """Returns (features, churned 0/1, customer id, gender) of a Telco file; features hold canonical human values."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [header for header in [*HEADERS, "customerID", "Churn", "gender"] if header not in raw.columns]
    if missing:
        raise SystemExit(f"{path.name}: not an IBM Telco file, columns missing: {', '.join(missing)}")
    customers = raw[list(HEADERS)].rename(columns=HEADERS)
    for name in ["tenure_months", "monthly_charges", "total_charges"]:
        blank = customers[name].str.strip() == ""
        customers[name] = pd.to_numeric(customers[name].where(~blank)).astype(np.float64)
    customers["senior_citizen"] = customers["senior_citizen"].map({"0": "No", "1": "Yes"})
    if not raw["Churn"].isin(["Yes", "No"]).all():
        raise SystemExit(f"{path.name}: Churn holds something other than Yes and No")
    return customers, (raw["Churn"] == "Yes").astype(int), raw["customerID"], raw["gender"]


def encode(customers: pd.DataFrame, features: list[dict]) -> np.ndarray:
    """Canonical values → float32 [rows, features] in schema order. A value that the schema does not hold is an error."""
    columns = [_encode_column(customers[feature["name"]], feature) for feature in features]
    return np.column_stack(columns).astype(np.float32)


def _encode_column(column: pd.Series, feature: dict) -> np.ndarray:
    if feature["kind"] == "numeric":
        return column.to_numpy(dtype=np.float64)
    codes = {category["value"]: category["code"] for category in feature["categories"]}
    unknown = set(column.dropna().unique()) - set(codes)
    if unknown:
        raise ValueError(f"{feature['name']}: values without a code: {sorted(unknown)}")
    return column.map(codes).to_numpy(dtype=np.float64)


def decode(matrix: np.ndarray, features: list[dict]) -> pd.DataFrame:
    """The inverse of `encode`: codes [rows, features] → canonical values, None or NaN = missing."""
    decoded = {}
    for j, feature in enumerate(features):
        values = matrix[:, j].astype(np.float64)
        if feature["kind"] == "numeric":
            decoded[feature["name"]] = values
        else:
            names = {category["code"]: category["value"] for category in feature["categories"]}
            decoded[feature["name"]] = [None if np.isnan(value) else names[int(value)] for value in values]
    return pd.DataFrame(decoded)
