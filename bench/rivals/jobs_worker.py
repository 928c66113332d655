"""The worker as a Python team would write it: jobs_worker.py BUNDLE FOLDER QUEUE_URL DATABASE_URL

boto3 long-polls ten messages at a time, pandas reads the file, onnxruntime predicts, LightGBM's `pred_contrib` explains (the fastest
of the usual explainers), psycopg writes ten rows and the end in one transaction, then the message is deleted. One process, one thread for
sums, until SIGTERM. It maps no columns, validates no values and guards no lease.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import boto3
import numpy as np
import onnx
import onnxruntime as ort
import pandas as pd
import psycopg

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from lightgbm_text import booster_of  # noqa: E402
from telco import HEADERS, encode  # noqa: E402
from trees import read_trees  # noqa: E402


def main(bundle: Path, folder: Path, queue_url: str, database_url: str) -> None:
    schema = json.loads((bundle / "schema.json").read_text())
    model = (bundle / "model.onnx").read_bytes()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [feature["name"] for feature in schema["features"]]
    booster = booster_of(read_trees(onnx.load_from_string(model)), names)
    sqs = boto3.client("sqs")
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    print("ready", flush=True)
    with psycopg.connect(database_url, autocommit=True) as database:
        while not stopping:
            answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                work(database, schema, session, booster, folder, message["Body"])
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def work(database, schema: dict, session, booster, folder: Path, upload_id: str) -> None:
    database.execute(
        "update rival_uploads set status = 'processing', started_at = now() where upload_id = %s", (upload_id,)
    )
    raw = pd.read_csv(folder / f"{upload_id}.csv")
    customers = raw[list(HEADERS)].rename(columns=HEADERS)
    for name in ["tenure_months", "monthly_charges", "total_charges"]:
        customers[name] = pd.to_numeric(customers[name], errors="coerce")
    customers["senior_citizen"] = customers["senior_citizen"].map({0: "No", 1: "Yes"})
    matrix = encode(customers, schema["features"])
    probability = session.run([schema["output"]], {schema["input"]: matrix})[0][:, 1].astype(float)
    contributions = booster.predict(matrix, pred_contrib=True, num_threads=1)[:, :-1]
    tiers = np.select(
        [probability >= schema["tiers"]["high"], probability >= schema["tiers"]["medium"]], ["high", "medium"], "low"
    )
    rows = [
        (upload_id, row + 2, raw["customerID"][row], probability[row], tiers[row], contributions[row].tolist())
        for row in range(len(raw))
    ]
    summary = {tier: int((tiers == tier).sum()) for tier in ["high", "medium", "low"]}
    with database.transaction():
        database.cursor().executemany("insert into rival_predictions values (%s, %s, %s, %s, %s, %s)", rows)
        database.execute(
            "update rival_uploads set status = 'completed', completed_at = clock_timestamp(), summary = %s"
            " where upload_id = %s",
            (json.dumps(summary), upload_id),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
