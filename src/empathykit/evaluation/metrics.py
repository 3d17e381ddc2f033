"""Quality figures that carry their interval and the number of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._types import Floats, Ints

N_RESAMPLES = 1000
METRICS = ("accuracy", "macro_f1", "kappa", "log_loss")


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its 95 % bootstrap interval and the number of texts behind it."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def score_predictions(proba: Floats, y: Ints, *, seed: int) -> dict[str, Score]:
    """Compare probabilities with the right classes.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
        Index of the right class.
    seed : int
        Of the resampling that gives the intervals.

    Returns
    -------
    dict of str to Score
        ``accuracy``, ``macro_f1``, ``kappa`` (Cohen's), ``log_loss``.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])
    >>> score_predictions(proba, np.array([0, 1, 1, 1]), seed=0)["accuracy"].value
    0.75
    """
    n, n_classes = proba.shape
    cell = y * n_classes + proba.argmax(axis=1)
    loss = -np.log(np.maximum(proba[np.arange(n), y], np.finfo(float).eps))

    def figures(rows: Any) -> Floats:
        counts = np.bincount(cell[rows], minlength=n_classes**2)
        confusion = counts.reshape(n_classes, n_classes) / len(rows)
        return np.array([*_agreement(confusion), loss[rows].mean()])

    rng = np.random.default_rng(seed)
    resamples = [figures(rng.integers(0, n, n)) for _ in range(N_RESAMPLES)]
    low, high = np.quantile(resamples, [0.025, 0.975], axis=0)
    columns = (METRICS, figures(np.arange(n)), low, high)
    return {
        name: Score(float(value), float(a), float(b), n)
        for name, value, a, b in zip(*columns, strict=True)
    }


def _agreement(confusion: Floats) -> tuple[float, float, float]:
    """Return accuracy, macro-F1 and Cohen's kappa of a confusion matrix of shares.

    As scikit-learn's, which take milliseconds a call: too much for a bootstrap.
    """
    right, true, said = (
        confusion.diagonal(),
        confusion.sum(axis=1),
        confusion.sum(axis=0),
    )
    size = true + said
    f1 = np.divide(2 * right, size, out=np.zeros_like(size), where=size > 0)
    accuracy, chance = right.sum(), true @ said
    kappa = 1.0 if chance >= 1 else (accuracy - chance) / (1 - chance)
    return accuracy, f1.mean(), kappa
