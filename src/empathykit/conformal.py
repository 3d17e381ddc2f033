"""Sets of labels that hold the right one as often as asked: split conformal prediction.

The score of a text is 1 less the probability of its right label (Sadinle, Lei &
Wasserman 2019, JASA 114); a set holds every label that scores no worse than most texts
that the model had not seen (Vovk, Gammerman & Shafer 2005, Papadopoulos et al. 2002).
The promise is one on average over texts of the same kind as those: on other kinds of
talk, calibrate on labels of your own.
"""

from __future__ import annotations

import math

import numpy as np

from ._types import Bools, Floats, Ints


def nonconformity(proba: Floats, y: Ints) -> Floats:
    """Return 1 less the probability of the right class, rising.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
        Of texts that the model has not been fitted on.
    y : ndarray of int, shape (n_texts,)
    """
    scores: Floats = np.sort(1 - proba[np.arange(len(y)), y])
    return scores.astype(np.float32).astype(np.float64)  # as a saved model has them


def label_sets(proba: Floats, scores: Floats, coverage: float) -> Bools:
    """Return which labels a set holds.

    Parameters
    ----------
    proba : ndarray of float, shape (n_texts, n_classes)
    scores : ndarray of float, shape (n_held_out,)
        As `nonconformity` returns them.
    coverage : float
        Share of sets that are to hold the right label, above 0 and below 1.

    Returns
    -------
    ndarray of bool, shape (n_texts, n_classes)
        Never empty: the likeliest label is always in.

    Examples
    --------
    >>> scores = np.linspace(0, 0.5, 99)
    >>> label_sets(np.array([[0.9, 0.1], [0.48, 0.52]]), scores, 0.9).tolist()
    [[True, False], [False, True]]
    """
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must be above 0 and below 1; got {coverage}.")
    rank = math.ceil((len(scores) + 1) * coverage)
    limit = scores[rank - 1] if rank <= len(scores) else np.inf
    held: Bools = (1 - proba <= limit) | (proba == proba.max(axis=1, keepdims=True))
    return held
