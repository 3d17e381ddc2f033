"""Compare two models on the same texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

from .._types import Floats, Ints
from . import metrics
from .metrics import Score, check_predictions, resample


@dataclass(frozen=True, slots=True)
class Comparison:
    """A paired difference, second model less first.

    Attributes
    ----------
    difference : Score
    p_value : float
        Two-sided, for no difference.
    method : {"bootstrap", "mcnemar"}
    """

    difference: Score
    p_value: float
    method: str


def compare(
    proba_a: Floats,
    proba_b: Floats,
    y: Ints,
    *,
    seed: int,
    metric: str = "macro_f1",
    method: str = "bootstrap",
    groups: Any = None,
) -> Comparison:
    """Compare two models on the same texts.

    Parameters
    ----------
    proba_a, proba_b : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
    seed : int
    metric : {"macro_f1", "accuracy", "kappa"}, default="macro_f1"
    method : {"bootstrap", "mcnemar"}, default="bootstrap"
        Paired bootstrap (Efron & Tibshirani 1993), or the exact test of McNemar (1947),
        which is about accuracy.
    groups : array-like, shape (n_texts,), default=None
        What the bootstrap draws as a whole.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If shapes differ, or metric or method is unknown.

    Examples
    --------
    >>> y = np.array([0, 1] * 10)
    >>> good, bad = np.eye(2)[y], np.eye(2)[1 - y]
    >>> found = compare(bad, good, y, seed=0)
    >>> found.difference.value, found.p_value < 0.01
    (1.0, True)
    """
    place = {"accuracy": 0, "macro_f1": 1, "kappa": 2}
    if metric not in place:
        raise ValueError(f"metric must be one of {list(place)}; got {metric!r}.")
    if method not in ("bootstrap", "mcnemar"):
        raise ValueError(f"method must be bootstrap or mcnemar; got {method!r}.")
    proba_a, y = check_predictions(proba_a, y)
    proba_b, y = check_predictions(proba_b, y)
    k = proba_a.shape[1]
    if proba_b.shape[1] != k:
        raise ValueError(
            f"both must have the same classes; got {k} and {proba_b.shape[1]} columns."
        )
    cells = [y * k + proba.argmax(axis=1) for proba in (proba_a, proba_b)]
    which = place["accuracy" if method == "mcnemar" else metric]

    def difference(rows: Ints) -> float:
        a, b = (
            metrics._agreement(
                np.bincount(c[rows], minlength=k * k).reshape(k, k) / len(rows)
            )[which]
            for c in cells
        )
        return float(b - a)

    drawn = np.array([difference(r) for r in resample(len(y), groups, seed=seed)])
    low, high = np.quantile(drawn, [0.025, 0.975])
    score = Score(difference(np.arange(len(y))), float(low), float(high), len(y))
    if method == "mcnemar":
        right = [proba.argmax(axis=1) == y for proba in (proba_a, proba_b)]
        return Comparison(score, _mcnemar(right[0], right[1]), method)
    # Twice the smaller tail, each resample counted once more so that it is never 0.
    tail = 1 + int(min((drawn <= 0).sum(), (drawn >= 0).sum()))
    return Comparison(score, min(1.0, 2 * tail / (len(drawn) + 1)), method)


def _mcnemar(right_a: Any, right_b: Any) -> float:
    only_b = int((right_b & ~right_a).sum())
    discordant = only_b + int((right_a & ~right_b).sum())
    return float(binomtest(only_b, discordant).pvalue) if discordant else 1.0
