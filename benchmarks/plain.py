"""Figures as the results files hold them: plain numbers, rounded to four places."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from empathykit.evaluation import Score


def plain(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    """Return scores as JSON has them."""
    return {
        name: {k: round(v, 4) for k, v in asdict(score).items()}
        for name, score in scores.items()
    }


def share_right(values: Sequence[str], right: Any) -> dict[str, dict[str, float]]:
    """Return the accuracy of each source or construct, with its number of texts."""
    own = np.array(values)
    return {
        value: {"accuracy": round(float(right[own == value].mean()), 4), "n": n}
        for value, n in sorted(Counter(values).items())
    }


def read_marks(path: Path) -> list[dict[str, str]]:
    """Return a sheet of second readings: a row a text, with `author` and `reader`."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def agreement(marks: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Return how often a blind reader gave the label that the author had given."""
    author, reader = ([mark[who] for mark in marks] for who in ("author", "reader"))
    labels = [[code[0] for code in codes] for codes in (author, reader)]
    same = [a == r for a, r in zip(*labels, strict=True)]
    return {
        "n": len(marks),
        "same_label": round(float(np.mean(same)), 4),
        "kappa_labels": round(float(cohen_kappa_score(*labels)), 4),
        "kappa_constructs": round(float(cohen_kappa_score(author, reader)), 4),
    }
