"""Measure the shipped model on `support_dev` and by behaviour tests.

    python -m benchmarks.shipped --root FOLDER_WITH_support_dev.jsonl

Writes ``benchmarks/results/shipped.json``; the same model gives the same figures.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from benchmarks.plain import plain, share_right
from empathykit import load_model
from empathykit.evaluation import (
    fairness_gaps,
    find_task,
    run_behaviour,
    score_classes,
    score_predictions,
)
from empathykit.evaluation.splits import load_task
from empathykit.persistence import SHIPPED, read_config

RESULTS = Path(__file__).parent / "results" / "shipped.json"
SEED = 0


def measure(root: str | None) -> dict[str, Any]:
    """Return every figure of the shipped model."""
    data = load_task(find_task("support-dev"), root)
    ((_, test),) = data.splits
    model = load_model()
    classes = model.classes_.tolist()
    y = np.searchsorted(model.classes_, data.target[test])
    proba = model.predict_proba([data.texts[i] for i in test])
    predicted, groups = proba.argmax(axis=1), data.groups[test]
    by_class = score_classes(proba, y, classes, seed=SEED, groups=groups)
    rows = [data.rows[i] for i in test]
    return {
        "corpus": "support_dev",
        "n": len(test),
        "seed": SEED,
        "interval": "95 % percentile bootstrap over conversations, 1,000 resamples",
        "model_checksum": read_config(SHIPPED / "default")["checksum"],
        "scores": plain(score_predictions(proba, y, seed=SEED, groups=groups)),
        "classes": {label: plain(scores) for label, scores in by_class.items()},
        "confusion": {
            "rows": "label",
            "columns": "prediction",
            "classes": classes,
            "counts": confusion_matrix(y, predicted).tolist(),
        },
        "by_source": share_right([r["source"] for r in rows], predicted == y),
        "by_construct": share_right([r["construct"] for r in rows], predicted == y),
        "behaviour": plain(run_behaviour(model, seed=SEED)),
        "fairness_gaps": plain(fairness_gaps(model, seed=SEED)),
    }


def main(argv: list[str] | None = None) -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_dev.jsonl")
    results = measure(parser.parse_args(argv).root)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, score in (results["scores"] | results["behaviour"]).items():
        interval = f"({score['low']:.3f}–{score['high']:.3f})"
        print(f"{name:<24} {score['value']:.3f} {interval}")


if __name__ == "__main__":
    main()
