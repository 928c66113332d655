"""One reader of Python in `bun run bench parse`, as a process that waits: parse_peer.py FILE DELIMITER PEER

Answers each line with the seconds and CPU seconds of reading the whole file once into a data frame with types of its own finding, the number
of rows and the sum of MonthlyCharges. One thread. The decimal comma of the semicolon file is said to it; the others find it.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "1"


def pandas_reader(file: str, delimiter: str):
    import pandas as pd

    decimal = "," if delimiter == ";" else "."
    return lambda: pd.read_csv(file, sep=delimiter, decimal=decimal, encoding="utf-8-sig")


def polars_reader(file: str, delimiter: str):
    import polars as pl

    return lambda: pl.read_csv(file, separator=delimiter, decimal_comma=delimiter == ";")


PEERS = {"pandas": pandas_reader, "polars": polars_reader}


def main(file: str, delimiter: str, peer: str) -> None:
    read = PEERS[peer](file, delimiter)
    print(json.dumps({"ready": peer}), flush=True)
    for _ in sys.stdin:
        started, cpu = time.perf_counter(), time.process_time()
        table = read()
        times = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
        facts = {"rows": len(table), "sum": float(table["MonthlyCharges"].sum())}
        print(json.dumps(times | facts), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
