"""Quality figures that carry their interval and the number of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy.stats import pearsonr, spearmanr

from .._types import Floats, Ints
from .calibration_curves import reliability_bins, selective_accuracy

Name = TypeVar("Name")
N_RESAMPLES = 1000
_FAST = ("accuracy", "macro_f1", "kappa", "log_loss", "brier")


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its 95 % bootstrap interval and the number of texts behind it."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def check_predictions(proba: Floats, y: Ints) -> tuple[Floats, Ints]:
    """Return probabilities and classes as arrays, or say what is wrong with them.

    Raises
    ------
    ValueError
        If there is no text, lengths differ, or a value is out of range.
    """
    proba, y = np.asarray(proba, dtype=float), np.asarray(y)
    if proba.ndim != 2 or len(proba) != len(y):
        raise ValueError(
            f"proba must have shape ({len(y)}, n_classes), a row for each of y; got "
            f"{proba.shape}."
        )
    if not len(y):
        raise ValueError(
            "there must be at least one text to score; the split is empty."
        )
    if not np.allclose(proba.sum(axis=1), 1, atol=1e-3) or proba.min() < 0:
        raise ValueError("proba must hold probabilities: from 0 to 1, rows sum to 1.")
    if y.min() < 0 or y.max() >= proba.shape[1]:
        raise ValueError(
            f"y must hold classes from 0 to {proba.shape[1] - 1}; got {y.min()} to "
            f"{y.max()}."
        )
    return proba, y


def resample(n: int, groups: Any, *, seed: int) -> Any:
    """Yield `N_RESAMPLES` draws of rows, whole groups at a time.

    Parameters
    ----------
    n : int
        Number of rows.
    groups : array-like or None
        Group of each row; each row alone if None.
    seed : int
    """
    rng = np.random.default_rng(seed)
    if groups is None:
        for _ in range(N_RESAMPLES):
            yield rng.integers(0, n, n)
        return
    if len(groups) != n:
        raise ValueError(f"groups must have {n} entries; got {len(groups)}.")
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(index, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(index))[:-1])
    for _ in range(N_RESAMPLES):
        drawn = rng.integers(0, len(members), len(members))
        yield np.concatenate([members[g] for g in drawn])


def bootstrap(
    figures: Callable[[Ints], Floats], n: int, groups: Any, *, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Return figures of all rows, and the ends of their 95 % percentile intervals.

    A resample for which a figure is not defined (nan) does not count for it.
    """
    value = figures(np.arange(n))
    drawn = np.array([figures(rows) for rows in resample(n, groups, seed=seed)])
    low, high = np.full((2, len(value)), np.nan)
    known = ~np.isnan(drawn).all(axis=0)
    if known.any():
        ends = np.nanquantile(drawn[:, known], [0.025, 0.975], axis=0)
        low[known], high[known] = ends
    return value, low, high


def bootstrap_scores(
    names: Sequence[Name],
    figures: Callable[[Ints], Floats],
    n: int,
    groups: Any,
    *,
    seed: int,
    sizes: Sequence[int] | None = None,
) -> dict[Name, Score]:
    """Return what `bootstrap` does, as scores by name.

    `sizes` are the numbers of texts behind each figure, where they are not all `n`.
    """
    columns = bootstrap(figures, n, groups, seed=seed)
    sizes = [n] * len(names) if sizes is None else sizes
    return {
        name: Score(float(value), float(low), float(high), int(size))
        for name, value, low, high, size in zip(names, *columns, sizes, strict=True)
    }


def score_predictions(
    proba: Floats, y: Ints, *, seed: int, groups: Any = None
) -> dict[str, Score]:
    """Compare probabilities with the right classes.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
        Index of the right class.
    seed : int
        Of the resampling that gives the intervals.
    groups : array-like, shape (n_texts,), default=None
        What is resampled as a whole (conversations); each text alone if None.

    Returns
    -------
    dict of str to Score
        ``accuracy``, ``macro_f1``, ``kappa`` (Cohen's), ``log_loss``, ``brier``
        (squared errors summed over classes), ``mcc``, ``auroc`` (macro, one against
        the rest; nan if a class is missing), ``ece`` (15 bins) and ``accuracy_at_80``
        (of the surest 80 %).

    Raises
    ------
    ValueError
        If there is no text, lengths differ, or a value is out of range.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])
    >>> score_predictions(proba, np.array([0, 1, 1, 1]), seed=0)["accuracy"].value
    0.75
    """
    proba, y = check_predictions(proba, y)
    n, n_classes = proba.shape
    predicted = proba.argmax(axis=1)
    cell = y * n_classes + predicted
    loss = -np.log(np.maximum(proba[np.arange(n), y], np.finfo(float).eps))
    square = ((proba - np.eye(n_classes)[y]) ** 2).sum(axis=1)

    def figures(rows: Ints) -> Floats:
        counts = np.bincount(cell[rows], minlength=n_classes**2)
        confusion = counts.reshape(n_classes, n_classes) / len(rows)
        return np.array(
            [
                *_agreement(confusion),
                loss[rows].mean(),
                square[rows].mean(),
                _matthews(confusion),
                _auroc(proba[rows], y[rows]),
                reliability_bins(proba[rows], y[rows]).ece,
                selective_accuracy(proba[rows], y[rows], 0.8),
            ]
        )

    names = (*_FAST, "mcc", "auroc", "ece", "accuracy_at_80")
    return bootstrap_scores(names, figures, n, groups, seed=seed)


def score_classes(
    proba: Floats, y: Ints, classes: Sequence[Any], *, seed: int, groups: Any = None
) -> dict[Any, dict[str, Score]]:
    """Return precision, recall and F1 of each class.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
    classes : sequence, shape (n_classes,)
        What the columns stand for.
    seed : int
    groups : array-like, shape (n_texts,), default=None

    Returns
    -------
    dict of class to dict of str to Score
        `n` is the number of texts of the class.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> found = score_classes(proba, np.array([0, 1, 1]), ["a", "b"], seed=0)
    >>> found["b"]["recall"].value
    0.5
    """
    proba, y = check_predictions(proba, y)
    n, n_classes = proba.shape
    cell = y * n_classes + proba.argmax(axis=1)

    def figures(rows: Ints) -> Floats:
        counts = np.bincount(cell[rows], minlength=n_classes**2)
        confusion = counts.reshape(n_classes, n_classes)
        right, said, true = confusion.diagonal(), confusion.sum(0), confusion.sum(1)
        pairs = ((right, said), (right, true), (2 * right, said + true))
        return np.concatenate([_ratio(a, b) for a, b in pairs])

    kinds = ("precision", "recall", "f1")
    names = [(kind, k) for kind in kinds for k in range(n_classes)]
    sizes = np.tile(np.bincount(y, minlength=n_classes), len(kinds)).tolist()
    found = bootstrap_scores(names, figures, n, groups, seed=seed, sizes=sizes)
    return {
        label: {kind: found[kind, k] for kind in kinds}
        for k, label in enumerate(classes)
    }


def score_values(
    predicted: Floats, true: Floats, *, seed: int, groups: Any = None
) -> dict[str, Score]:
    """Compare predicted with true numbers: Pearson's and Spearman's correlation.

    Parameters
    ----------
    predicted, true : ndarray of float, shape (n_texts,)
    seed : int
    groups : array-like, shape (n_texts,), default=None

    Returns
    -------
    dict of str to Score
        ``pearson`` and ``spearman``; nan where one side is constant.

    Examples
    --------
    >>> found = score_values(np.array([1.0, 2, 3]), np.array([2.0, 4, 6]), seed=0)
    >>> round(found["pearson"].value, 3)
    1.0
    """
    predicted, true = np.asarray(predicted, float), np.asarray(true, float)
    if predicted.shape != true.shape or not len(true):
        raise ValueError(
            f"predicted and true must have the same length, at least 1; got "
            f"{predicted.shape} and {true.shape}."
        )

    def figures(rows: Ints) -> Floats:
        a, b = predicted[rows], true[rows]
        if np.ptp(a) == 0 or np.ptp(b) == 0:
            return np.full(2, np.nan)
        return np.array([pearsonr(a, b)[0], spearmanr(a, b)[0]])

    names = ("pearson", "spearman")
    return bootstrap_scores(names, figures, len(true), groups, seed=seed)


def _ratio(above: Any, below: Any) -> Floats:
    """Divide, with 0 where there is nothing to divide by."""
    zero = np.zeros(len(below))
    found: Floats = np.divide(above, below, out=zero, where=np.asarray(below) > 0)
    return found


def _agreement(confusion: Floats) -> tuple[float, float, float]:
    """Return accuracy, macro-F1 and Cohen's kappa of a confusion matrix of shares.

    As scikit-learn's, which take milliseconds a call: too much for a bootstrap.
    """
    right, true, said = (
        confusion.diagonal(),
        confusion.sum(axis=1),
        confusion.sum(axis=0),
    )
    f1 = _ratio(2 * right, true + said)
    accuracy, chance = right.sum(), true @ said
    kappa = 1.0 if chance >= 1 else (accuracy - chance) / (1 - chance)
    return accuracy, f1.mean(), kappa


def _matthews(confusion: Floats) -> float:
    """Return Matthews' correlation (Gorodkin 2004) of a confusion matrix of shares."""
    true, said = confusion.sum(axis=1), confusion.sum(axis=0)
    above = confusion.trace() - true @ said
    below = (1 - true @ true) * (1 - said @ said)
    return float(above / np.sqrt(below)) if below > 1e-12 else 0.0


def _auroc(proba: Floats, y: Ints) -> float:
    """Return the mean over classes of the area under the ROC curve, by ranks.

    The Mann–Whitney form of `sklearn.metrics.roc_auc_score`, many times faster.
    """
    areas = []
    for k in range(proba.shape[1]):
        own = y == k
        n_own, n_rest = int(own.sum()), int((~own).sum())
        if not n_own or not n_rest:
            return float("nan")
        ranks = _ranks(proba[:, k])
        area = (ranks[own].sum() - n_own * (n_own + 1) / 2) / (n_own * n_rest)
        areas.append(area)
    return float(np.mean(areas))


def _ranks(values: Floats) -> Floats:
    """Return ranks from 1, equal values sharing their mean."""
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    found: Floats = (last - (counts - 1) / 2)[index]
    return found
