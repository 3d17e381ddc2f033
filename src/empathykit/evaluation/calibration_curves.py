"""How far probabilities can be believed: reliability bins, accuracy over coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._types import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityBins:
    """Texts by the probability of their predicted class, in bins of equal width.

    Attributes
    ----------
    lower : ndarray of float, shape (n_bins,)
        Lower edge of each bin.
    confidence, accuracy : ndarray of float, shape (n_bins,)
        Mean probability of the predicted class, share of right ones; nan if empty.
    count : ndarray of int, shape (n_bins,)
    """

    lower: Floats
    confidence: Floats
    accuracy: Floats
    count: Ints

    @property
    def ece(self) -> float:
        """Expected calibration error: mean gap, weighted by count (Guo et al. 2017)."""
        gap = np.abs(self.confidence - self.accuracy)
        return float(np.nansum(gap * self.count) / self.count.sum())


def reliability_bins(proba: Floats, y: Ints, *, n_bins: int = 15) -> ReliabilityBins:
    """Return how often predictions of each confidence are right.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
    n_bins : int, default=15

    Returns
    -------
    ReliabilityBins

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    >>> bins = reliability_bins(proba, np.array([0, 1, 1]), n_bins=2)
    >>> bins.count.tolist(), round(bins.ece, 3)
    ([0, 3], 0.133)
    """
    sure = proba.max(axis=1)
    right = proba.argmax(axis=1) == y
    place = np.minimum((sure * n_bins).astype(int), n_bins - 1)
    count = np.bincount(place, minlength=n_bins)
    full = np.where(count > 0, count, np.nan)
    return ReliabilityBins(
        np.arange(n_bins) / n_bins,
        np.bincount(place, sure, n_bins) / full,
        np.bincount(place, right, n_bins) / full,
        count,
    )


def selective_accuracy(proba: Floats, y: Ints, coverage: float) -> float:
    """Return the accuracy on the surest share of the texts.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)
    coverage : float
        Above 0, up to 1: the share that is answered.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.6, 0.4]])
    >>> selective_accuracy(proba, np.array([0, 1]), 0.5)
    1.0
    """
    if not 0 < coverage <= 1:
        raise ValueError(f"coverage must be above 0 and at most 1; got {coverage}.")
    answered = max(1, round(coverage * len(y)))
    return float(coverage_curve(proba, y)[1][answered - 1])


def coverage_curve(proba: Floats, y: Ints) -> tuple[Floats, Floats]:
    """Return the accuracy when only the surest 1, 2, … texts are answered.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    y : ndarray of int, shape (n_texts,)

    Returns
    -------
    coverage : ndarray of float, shape (n_texts,)
    accuracy : ndarray of float, shape (n_texts,)
        Texts that are equally sure count in their order.
    """
    order = np.argsort(-proba.max(axis=1), kind="stable")
    right = (proba.argmax(axis=1) == y)[order]
    answered = np.arange(1, len(y) + 1)
    return answered / len(y), right.cumsum() / answered
