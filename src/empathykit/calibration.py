"""Temperature scaling: make probabilities mean what they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from ._types import Floats, Ints


def _log_softmax(logits: Floats) -> Floats:
    found: Floats = log_softmax(logits, axis=1)
    return found


def fit_temperature(
    logits: Floats,
    y: Ints,
    sample_weight: Floats | None = None,
    *,
    to_log_proba: Callable[[Floats], Floats] = _log_softmax,
) -> float:
    """Return the T > 0 that minimises the log loss of ``softmax(logits / T)``.

    Parameters
    ----------
    logits : ndarray of float, shape (n_texts, n_classes)
        Of texts that the model has not been fitted on.
    y : ndarray of int, shape (n_texts,)
        Index of the right class.
    sample_weight : ndarray of float, shape (n_texts,), default=None
        Weight of each text; equal if None.
    to_log_proba : callable, default=log_softmax
        From logits to the log-probabilities of the texts, for logits of sentences.

    References
    ----------
    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Examples
    --------
    >>> logits = np.array([[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0]])
    >>> t = fit_temperature(logits, np.array([0, 0, 0, 1]))  # right 3 times in 4
    >>> round(float(1 / (1 + np.exp(-4 / t))), 3)
    0.75
    """
    rows = np.arange(len(y))

    def loss(log_t: float) -> float:
        right = to_log_proba(logits / np.exp(log_t))[rows, y]
        return float(-np.average(right, weights=sample_weight))

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 4), method="bounded").x))
