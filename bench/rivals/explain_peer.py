"""One peer of `bun run bench explain`, as a process that waits: explain_peer.py FOLDER SHAPE PEER ROWS

Says what it is ready for as one JSON line (`seconds` is what the peer's own preparation took, without imports), then answers each line
"run" with the seconds and CPU seconds of explaining ROWS rows once, and "save FILE" by writing the last values, float64 [rows, features].
One thread: by OMP_NUM_THREADS=1 and by each library's own option.
"""

from __future__ import annotations

import io
import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np


def lightgbm_contributions(folder: Path, shape: str, background: np.ndarray):
    import lightgbm

    booster = lightgbm.Booster(model_file=str(folder / f"{shape}.txt"))
    return lambda rows: booster.predict(rows, pred_contrib=True, num_threads=1)[:, :-1]


def xgboost_contributions(folder: Path, shape: str, background: np.ndarray):
    import xgboost

    booster = xgboost.Booster(model_file=str(folder / f"{shape}.ubj"), params={"nthread": 1})
    return lambda rows: booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True)[:, :-1]


def shap_interventional(folder: Path, shape: str, background: np.ndarray):
    import lightgbm
    import shap

    booster = lightgbm.Booster(model_file=str(folder / f"{shape}.txt"))
    explainer = shap.TreeExplainer(booster, background, feature_perturbation="interventional", model_output="raw")
    return lambda rows: explainer.shap_values(rows, check_additivity=False)


def shap_path_dependent(folder: Path, shape: str, background: np.ndarray):
    import lightgbm
    import shap

    booster = lightgbm.Booster(model_file=str(folder / f"{shape}.txt"))
    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent", model_output="raw")
    # Else it would hand the rows to LightGBM's own pred_contrib: its C extension is to be measured.
    explainer.model.model_type = "internal"
    return lambda rows: explainer.shap_values(rows, check_additivity=False)


def _fasttreeshap(folder: Path, shape: str, algorithm: str):
    import fasttreeshap
    import lightgbm

    booster = lightgbm.Booster(model_file=str(folder / f"{shape}.txt"))
    explainer = fasttreeshap.TreeExplainer(booster, algorithm=algorithm, n_jobs=1, shortcut=False)
    return lambda rows: explainer.shap_values(rows, check_additivity=False)


def fasttreeshap_v1(folder: Path, shape: str, background: np.ndarray):
    return _fasttreeshap(folder, shape, "v1")


def fasttreeshap_v2(folder: Path, shape: str, background: np.ndarray):
    """Not exact where values are missing (version 0.1.6): it takes them the wrong way."""
    return _fasttreeshap(folder, shape, "v2")


def _woodelf(folder: Path, shape: str, background: np.ndarray | None, perturbation: str):
    import lightgbm
    import pandas as pd
    from woodelf import WoodelfExplainer

    booster = lightgbm.Booster(model_file=str(folder / f"{shape}.txt"))
    names = booster.feature_name()
    data = None if background is None else pd.DataFrame(background, columns=names)
    explainer = WoodelfExplainer(booster, data, feature_perturbation=perturbation)
    return lambda rows: explainer.shap_values(pd.DataFrame(rows, columns=names), verbose=False)


def woodelf_interventional(folder: Path, shape: str, background: np.ndarray):
    return _woodelf(folder, shape, background, "interventional")


def woodelf_path_dependent(folder: Path, shape: str, background: np.ndarray):
    return _woodelf(folder, shape, None, "tree_path_dependent")


PEERS = {
    "lightgbm-pred-contrib": lightgbm_contributions,
    "xgboost-pred-contribs": xgboost_contributions,
    "shap-interventional": shap_interventional,
    "shap-path-dependent": shap_path_dependent,
    "fasttreeshap-v1": fasttreeshap_v1,
    "fasttreeshap-v2": fasttreeshap_v2,
    "woodelf-interventional": woodelf_interventional,
    "woodelf-path-dependent": woodelf_path_dependent,
}


def main(folder: Path, shape: str, peer: str, count: int) -> None:
    background = np.fromfile(folder / f"{shape}.background", dtype="<f4")
    background = background.reshape(100, -1)
    rows = np.fromfile(folder / f"{shape}.rows", dtype="<f4").reshape(-1, background.shape[1])[:count]
    out = sys.stdout
    with redirect_stdout(io.StringIO()):
        explain = PEERS[peer](folder, shape, background)
        started = time.perf_counter()
        explain(rows[:20])
        seconds = time.perf_counter() - started
    print(json.dumps({"ready": peer, "rows": len(rows), "build_seconds": seconds}), file=out, flush=True)
    values = None
    for line in sys.stdin:
        verb, *rest = line.split()
        if verb == "save":
            np.asarray(values, dtype="<f8").reshape(rows.shape).tofile(rest[0])
            print("{}", flush=True)
            continue
        with redirect_stdout(io.StringIO()):
            started, cpu = time.perf_counter(), time.process_time()
            values = explain(rows)
            times = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
        print(json.dumps(times), file=out, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
