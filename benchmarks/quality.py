"""Measure the shipped model on `support_dev` and write the figures.

    python -m benchmarks.quality --root FOLDER_WITH_support_dev.jsonl

Writes ``benchmarks/results/quality.json``. The model has seen none of these texts, and
of their sources only another part of IBM CDP.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import classification_report, confusion_matrix

from empathykit import load_model
from empathykit.corpora import Example, load_support
from empathykit.evaluation import score_predictions
from empathykit.persistence import SHIPPED, read_config

RESULTS = Path(__file__).parent / "results" / "quality.json"
SEED = 0


def share_right(examples: list[Example], right: Any, key: str) -> dict[str, Any]:
    """Return the accuracy of each source or construct, with its number of texts."""
    values = np.array([getattr(e, key) for e in examples])
    return {
        value: {"accuracy": round(float(right[values == value].mean()), 4), "n": n}
        for value, n in sorted(Counter(values.tolist()).items())
    }


def measure(root: str | None) -> dict[str, Any]:
    """Return every figure of the shipped model on `support_dev`."""
    examples = load_support("dev", root)
    model = load_model()
    classes = model.classes_.tolist()
    y = np.array([classes.index(e.label) for e in examples])
    proba = model.predict_proba([e.text for e in examples])
    predicted = proba.argmax(axis=1)
    scores = score_predictions(proba, y, seed=SEED)
    report = classification_report(
        y, predicted, target_names=classes, output_dict=True, zero_division=0.0
    )
    return {
        "corpus": "support_dev",
        "n": len(examples),
        "seed": SEED,
        "interval": "95 % percentile bootstrap over texts, 1,000 resamples",
        "model_checksum": read_config(SHIPPED / "default")["checksum"],
        "scores": {
            name: {k: round(v, 4) for k, v in asdict(score).items()}
            for name, score in scores.items()
        },
        "classes": {c: {k: round(v, 4) for k, v in report[c].items()} for c in classes},
        "confusion": {
            "rows": "label",
            "columns": "prediction",
            "classes": classes,
            "counts": confusion_matrix(y, predicted).tolist(),
        },
        "by_source": share_right(examples, predicted == y, "source"),
        "by_construct": share_right(examples, predicted == y, "construct"),
    }


def main() -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_dev.jsonl")
    results = measure(parser.parse_args().root)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, score in results["scores"].items():
        print(
            f"{name:<10} {score['value']:.3f} ({score['low']:.3f}–{score['high']:.3f})"
        )


if __name__ == "__main__":
    main()
