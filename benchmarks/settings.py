"""Compare settings of the shipped model on its training data alone.

    python -m benchmarks.settings --root FOLDER_WITH_support_train.jsonl

Two questions a setting: how good in cross-validation, and how good on the
customer-service sources when fitted on casual talk only, the harder and more honest
one. Writes ``benchmarks/results/settings.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import StratifiedKFold

from empathykit import EmpathyClassifier
from empathykit.corpora import load_support

RESULTS = Path(__file__).parent / "results" / "settings.json"
CASUAL = ("empathetic_dialogues", "goemotions", "casino", "empatheticpersonas")
SEED = 0
GRID: list[dict[str, Any]] = [
    {"C": 0.1, "cues": None},
    {"C": 0.1, "cue_weight": 1.0},
    {"C": 0.1, "cue_weight": 3.0},
    {"C": 0.1, "cue_weight": 8.0},
    {"C": 0.01, "cue_weight": 8.0},
    {"C": 0.01, "cue_weight": 8.0, "min_df": 3},
    {"C": 0.01, "cue_weight": 8.0, "min_df": 3, "class_weight": "balanced"},
]


def agreement(y: Any, predicted: Any) -> dict[str, float]:
    """Return macro-F1 and Cohen's kappa."""
    return {
        "macro_f1": round(float(f1_score(y, predicted, average="macro")), 4),
        "kappa": round(float(cohen_kappa_score(y, predicted)), 4),
        "n": len(y),
    }


def compare(root: str | None) -> list[dict[str, Any]]:
    """Return the figures of each setting."""
    examples = load_support("train", root)
    X = np.array([e.text for e in examples], dtype=object)
    y = np.array([e.label for e in examples])
    source = np.array([e.source for e in examples])
    casual = np.isin(source, CASUAL)
    folds = StratifiedKFold(4, shuffle=True, random_state=SEED)
    rows = []
    for settings in GRID:
        model = EmpathyClassifier(calibration_folds=0, **settings)
        held_out = np.empty(len(y), dtype=y.dtype)
        for train, test in folds.split(X, y):
            held_out[test] = model.fit(X[train], y[train]).predict(X[test])
        service = model.fit(X[casual], y[casual]).predict(X[~casual])
        tweets = source[~casual] == "ibm_cdp"
        rows.append(
            {
                "settings": settings,
                "cross_validation": agreement(y, held_out),
                "casual_to_service": agreement(y[~casual], service),
                "casual_to_real_tweets": agreement(y[~casual][tweets], service[tweets]),
            }
        )
        print(json.dumps(rows[-1]))
    return rows


def main() -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_train.jsonl")
    rows = compare(parser.parse_args().root)
    RESULTS.write_text(
        json.dumps({"seed": SEED, "folds": 4, "rows": rows}, indent=1) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
