"""Rationales compared as ERASER compares them (DeYoung et al. 2020, ACL)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._types import Floats, Ints
from .metrics import Score, bootstrap_scores

Spans = Sequence[tuple[int, int]]


def score_rationales(
    predicted: Sequence[Spans],
    true: Sequence[Spans],
    *,
    seed: int,
    groups: Any = None,
    threshold: float = 0.5,
) -> dict[str, Score]:
    """Compare predicted with true spans of tokens.

    Parameters
    ----------
    predicted, true : sequence of sequence of (int, int), one a text
        First token and the one after the last of each span.
    seed : int
    groups : array-like, shape (n_texts,), default=None
    threshold : float, default=0.5
        Intersection over union from which a span counts as found.

    Returns
    -------
    dict of str to Score
        ``token_f1``: mean over texts of the F1 of their tokens; a text without spans on
        both sides counts as 1, one without spans on one side as 0. ``iou_f1``: the same
        mean of the F1 of spans, a predicted one counting as right if its intersection
        over union with a true one reaches the threshold, and the other way round.

    Raises
    ------
    ValueError
        If lengths differ or there is no text.

    Examples
    --------
    >>> found = score_rationales([[(0, 3)]], [[(0, 4)]], seed=0)
    >>> round(found["token_f1"].value, 3), found["iou_f1"].value
    (0.857, 1.0)
    """
    if len(predicted) != len(true) or not len(true):
        raise ValueError(
            f"predicted and true must have the same length, at least 1; got "
            f"{len(predicted)} and {len(true)}."
        )
    pairs = list(zip(predicted, true, strict=True))
    each = np.array([[_tokens(p, t), _spans(p, t, threshold)] for p, t in pairs])

    def figures(rows: Ints) -> Floats:
        found: Floats = each[rows].mean(axis=0)
        return found

    names = ("token_f1", "iou_f1")
    return bootstrap_scores(names, figures, len(pairs), groups, seed=seed)


def _f1(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _tokens(predicted: Spans, true: Spans) -> float:
    said, meant = (
        {i for a, b in spans for i in range(a, b)} for spans in (predicted, true)
    )
    if not said or not meant:
        return float(said == meant)
    both = len(said & meant)
    return _f1(both / len(said), both / len(meant))


def _spans(predicted: Spans, true: Spans, threshold: float) -> float:
    if not predicted or not true:
        return float(len(predicted) == len(true))
    overlap = np.array([[_iou(p, t) for t in true] for p in predicted]) >= threshold
    return _f1(float(overlap.any(axis=1).mean()), float(overlap.any(axis=0).mean()))


def _iou(one: tuple[int, int], two: tuple[int, int]) -> float:
    both = max(0, min(one[1], two[1]) - max(one[0], two[0]))
    return both / (one[1] - one[0] + two[1] - two[0] - both)
