"""Say which words decided a label: exact, since the model is linear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from ._checks import check_texts
from ._render import render_html, render_text
from ._types import Ints
from .classifier import EmpathyClassifier
from .features import CUE
from .text import tokenize

SHOWN = 0.25
"""Spans lighter than this share of the heaviest are left out of the display."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the score of each class.

    Attributes
    ----------
    feature : str
        An n-gram, or ``cue:name``.
    spans : tuple of (int, int)
        Where it occurs, as ``text[start:end]``.
    values : mapping of class to float
    """

    feature: str
    spans: tuple[tuple[int, int], ...]
    values: Mapping[Any, float]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of words that speaks for one label.

    Attributes
    ----------
    start, end : int
        ``text`` is ``original[start:end]``.
    text : str
    label : str
        The class that these words raise most above the others.
    weight : float
        By how much: its score above the mean of all classes.
    cues : tuple of str
        Names of the cues found here.
    """

    start: int
    end: int
    text: str
    label: Any
    weight: float
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """A label and the words that decided it.

    For every class, ``bias`` plus the ``values`` of all contributions is the score that
    `EmpathyClassifier.decision_function` gives.

    Attributes
    ----------
    text : str
    label : str
        The likeliest class.
    probabilities, bias : mapping of class to float
    contributions : tuple of Contribution
        Those that matter most come first.
    spans : tuple of Span
        The same, merged to stretches of words for display, in the order of the text.
    """

    text: str
    label: Any
    probabilities: Mapping[Any, float]
    bias: Mapping[Any, float]
    contributions: tuple[Contribution, ...]
    spans: tuple[Span, ...]

    def _repr_html_(self) -> str:
        return render_html(self)

    def __repr__(self) -> str:
        p = self.probabilities[self.label]
        return f"<Explanation {self.label!r} p={p:.2f} {len(self.spans)} spans>"

    def __str__(self) -> str:
        return render_text(self, color=False)


def explain(model: EmpathyClassifier, text: str) -> Explanation:
    """Explain the label that a model gives to one text.

    Parameters
    ----------
    model : EmpathyClassifier
        Fitted.
    text : str

    Returns
    -------
    Explanation

    Raises
    ------
    TypeError
        If `text` is not a string.

    Examples
    --------
    >>> from empathykit import load_model
    >>> explanation = explain(load_model(), "I'm so sorry to hear that.")
    >>> explanation.label
    'sympathy'
    """
    check_is_fitted(model)
    if not isinstance(text, str):
        raise TypeError(f"text must be one string; got {type(text).__name__}.")
    check_texts([text])
    classes = model.classes_.tolist()
    places = model.featurizer_.occurrences(tokenize([text]))
    column, group = np.unique(places.column, return_inverse=True)
    values = model.contributions_[column]
    logits = model.intercept_ + values.sum(axis=0)
    names = model.featurizer_.get_feature_names_out()[column]
    contributions = [
        Contribution(
            str(name),
            _distinct(places.start[group == i], places.end[group == i]),
            dict(zip(classes, values[i].tolist(), strict=True)),
        )
        for i, name in enumerate(names)
    ]
    heaviest = np.argsort(-np.ptp(values, axis=1), kind="stable")
    proba = softmax(logits)
    return Explanation(
        text,
        classes[int(proba.argmax())],
        dict(zip(classes, proba.tolist(), strict=True)),
        dict(zip(classes, model.intercept_.tolist(), strict=True)),
        tuple(contributions[i] for i in heaviest),
        _spans(text, classes, contributions),
    )


def _distinct(start: Ints, end: Ints) -> tuple[tuple[int, int], ...]:
    """Return the places in order; a cue may be found twice at one place."""
    return tuple(sorted(set(zip(start.tolist(), end.tolist(), strict=True))))


def _spans(
    text: str, classes: list[Any], contributions: list[Contribution]
) -> tuple[Span, ...]:
    """Share each contribution among the tokens it covers, and join equal neighbours."""
    table = tokenize([text])
    start, end = table.start, table.end
    weights = np.zeros((len(start), len(classes)))
    for c in contributions:
        covered = np.zeros(len(start), dtype=bool)
        for a, b in c.spans:
            covered |= (start >= a) & (end <= b)
        values = np.array(list(c.values.values()))
        if covered.any():
            weights[covered] += (values - values.mean()) / covered.sum()
    cues = [
        (c.feature[len(CUE) :], s)
        for c in contributions
        if c.feature.startswith(CUE)
        for s in c.spans
    ]
    label, weight = weights.argmax(axis=1), weights.max(axis=1, initial=0)
    loud = weight > SHOWN * weight.max(initial=0)
    spans = []
    for first, last in _runs(np.where(loud, label, -1)):
        a, b = int(start[first]), int(end[last - 1])
        inside = tuple(dict.fromkeys(n for n, (x, y) in cues if x < b and y > a))
        total = float(weights[first:last, label[first]].sum())
        spans.append(Span(a, b, text[a:b], classes[label[first]], total, inside))
    return tuple(spans)


def _runs(label: Ints) -> list[tuple[int, int]]:
    """Return first and last + 1 of each run of equal labels, without runs of -1."""
    borders = np.flatnonzero(np.diff(label, prepend=-2, append=-2))
    pairs = zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True)
    return [(a, b) for a, b in pairs if label[a] >= 0]
