"""Measure the bundled corpus itself: variety, leaks, agreement, and how hard it is.

    python -m benchmarks.triads --root FOLDER_WITH_support_dev.jsonl

Writes ``benchmarks/results/triads.json``. The baseline is a plain TF-IDF with a
logistic regression, fitted on the train split and measured on the test split.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.plain import agreement, plain, read_marks, share_right
from empathykit import load_corpus
from empathykit.corpora import load_support
from empathykit.evaluation import score_predictions

from .texts import figures

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "triads.json"
SECOND_PASS = HERE / "triads_second_pass.tsv"
COUNTED = ("label", "construct", "domain", "channel", "variety", "phenomenon")
SEED = 0

Rows = list[dict[str, Any]]


def counts(rows: Rows) -> dict[str, Any]:
    """Return how many texts each value of each column has, and each split."""
    by_split = Counter((row["split"], row["label"]) for row in rows)
    found: dict[str, Any] = {
        column: dict(sorted(Counter(row[column] for row in rows).items()))
        for column in COUNTED
    }
    found["split"] = {
        split: {label: n for (s, label), n in sorted(by_split.items()) if s == split}
        for split in ("train", "validation", "test")
    }
    contrast = {r["situation"] for r in rows if r["phenomenon"] == "contrast"}
    return found | {"contrast_sets": len(contrast)}


def baseline(rows: Rows) -> dict[str, Any]:
    """Return what a plain linear model reaches on the test split, by phenomenon."""
    train = [row for row in rows if row["split"] == "train"]
    test = [row for row in rows if row["split"] == "test"]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    ).fit([row["text"] for row in train], [row["label"] for row in train])
    return score_rows(model, test)


def score_rows(model: Any, rows: Rows) -> dict[str, Any]:
    """Return the scores of a fitted model on rows, and its accuracy by phenomenon."""
    classes = list(model.classes_)
    proba = model.predict_proba([row["text"] for row in rows])
    y = np.array([classes.index(row["label"]) for row in rows])
    return {
        "scores": plain(score_predictions(proba, y, seed=SEED)),
        "accuracy_by_phenomenon": share_right(
            [row["phenomenon"] for row in rows], proba.argmax(axis=1) == y
        ),
    }


def second_pass(rows: Rows) -> dict[str, Any]:
    """Return how often blind readers gave the label that the author had given."""
    split = {row["id"]: row["split"] for row in rows}
    marks = read_marks(SECOND_PASS)

    def compare(part: list[dict[str, str]]) -> dict[str, Any]:
        settled = dict(sorted(Counter(mark["settled"] for mark in part).items()))
        return agreement(part) | {"settled": settled}

    return {
        name: compare([m for m in marks if split[m["id"]] in wanted])
        for name, wanted in {
            "validation_and_test": ("validation", "test"),
            "train": ("train",),
        }.items()
    }


def measure(root: str | None) -> dict[str, Any]:
    """Return every figure."""
    rows = load_corpus("triads")
    texts, labels = ([row[k] for row in rows] for k in ("text", "label"))
    dev = [e.text for e in load_support("dev", root)]
    found = figures(texts, labels, {"support_dev": dev})
    return {
        "seed": SEED,
        "figures": {name: round(value, 4) for name, value in found.items()},
        "counts": counts(rows),
        "second_pass": second_pass(rows),
        "tfidf_logistic_regression": baseline(rows),
    }


def main(argv: list[str] | None = None) -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_dev.jsonl")
    results = measure(parser.parse_args(argv).root)
    RESULTS.write_text(
        json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    shown = {k: v for k, v in results.items() if k != "counts"}
    print(json.dumps(shown, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
