"""Measure the shipped model on `support_dev` and by behaviour tests.

    python -m benchmarks.shipped --root FOLDER_WITH_support_dev.jsonl

Writes ``benchmarks/results/shipped.json``; the same model gives the same figures.
"""

from __future__ import annotations

import argparse
import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from benchmarks.plain import plain, share_right
from empathykit import EmpathyClassifier, load_corpus, load_model
from empathykit.constructs import find_constructs, shipped_constructs
from empathykit.corpora.formats import read_json_lines
from empathykit.corpora.sources import find_root
from empathykit.cues import LABELS
from empathykit.evaluation import (
    Score,
    fairness_gaps,
    find_task,
    run_behaviour,
    score_classes,
    score_predictions,
)
from empathykit.evaluation.metrics import bootstrap_scores
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
        "randomly_drawn": plain(
            {"accuracy": accuracy_of_random(rows, proba, y, groups, root)}
        ),
        "classes": {label: plain(scores) for label, scores in by_class.items()},
        "confusion": {
            "rows": "label",
            "columns": "prediction",
            "classes": classes,
            "counts": confusion_matrix(y, predicted).tolist(),
        },
        "by_source": share_right([r["source"] for r in rows], predicted == y),
        "mistaken_by_source": mistakes(rows, "source", predicted, y, classes),
        "mistaken_by_phenomenon": mistakes_on_triads(model),
        "by_construct": share_right([r["construct"] for r in rows], predicted == y),
        "constructs": {
            "support_dev": measure_constructs(rows, groups),
            "triads": measure_constructs(*_triads()),
        },
        "behaviour": plain(run_behaviour(model, seed=SEED)),
        "fairness_gaps": plain(fairness_gaps(model, seed=SEED)),
    }


def accuracy_of_random(
    rows: list[dict[str, Any]], proba: Any, y: Any, groups: Any, root: str | None
) -> Score:
    """Return the accuracy on the rows that were not picked for being hard."""
    path = Path(find_root(root) or ".") / "support_dev.jsonl"
    picked = {r["id"]: r["sampled"] for r in read_json_lines(path, ("id", "sampled"))}
    own = np.array([picked[row["id"]] == "random" for row in rows])
    scores = score_predictions(proba[own], y[own], seed=SEED, groups=groups[own])
    return scores["accuracy"]


def mistakes(
    rows: list[dict[str, Any]], key: str, predicted: Any, y: Any, classes: list[str]
) -> dict[str, dict[str, int]]:
    """Count, by the value of `key`, which label was taken for which."""
    pairs = {
        f"{classes[a]} as {classes[b]}": (y == a) & (predicted == b)
        for a, b in permutations(range(len(classes)), 2)
    }
    own = np.array([row[key] for row in rows])
    return {
        str(value): {"n": int((own == value).sum())}
        | {name: int((hit & (own == value)).sum()) for name, hit in pairs.items()}
        for value in np.unique(own)
    }


def mistakes_on_triads(model: EmpathyClassifier) -> dict[str, dict[str, int]]:
    """Count them by phenomenon on the test part of triads."""
    rows, _ = _triads()
    y = np.searchsorted(model.classes_, [row["label"] for row in rows])
    predicted = model.predict_proba([row["text"] for row in rows]).argmax(axis=1)
    return mistakes(rows, "phenomenon", predicted, y, model.classes_.tolist())


def _triads() -> tuple[list[dict[str, Any]], Any]:
    rows = list(load_corpus("triads", split="test"))
    return rows, np.array([row["situation"] for row in rows])


def measure_constructs(rows: list[dict[str, Any]], groups: Any) -> dict[str, Any]:
    """Return figures of the model of constructs, alone and given the right label."""
    texts = [row["text"] for row in rows]
    model = shipped_constructs()
    classes = model.classes_.tolist()
    y = np.array([classes.index(row["construct"]) for row in rows])
    proba = model.predict_proba(texts)
    warm = [i for i, row in enumerate(rows) if row["construct"] != "N"]
    labels = [LABELS[rows[i]["construct"][0]] for i in warm]
    found = find_constructs([texts[i] for i in warm], labels)
    right = np.array(
        [
            c is not None and c.code == classes[y[i]]
            for i, c in zip(warm, found, strict=True)
        ]
    )
    given = bootstrap_scores(
        ("accuracy",),
        lambda drawn: np.array([right[drawn].mean()]),
        len(warm),
        groups[warm],
        seed=SEED,
    )
    by_class = score_classes(proba, y, classes, seed=SEED, groups=groups)
    return {
        "n": len(rows),
        "scores": plain(score_predictions(proba, y, seed=SEED, groups=groups)),
        "given_the_label": plain(given),
        "f1": plain({name: scores["f1"] for name, scores in by_class.items()}),
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
