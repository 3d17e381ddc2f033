"""Say which words decided a label: exact, since the model is linear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._checks import check_texts
from ._render import render_html, render_text
from ._types import Ints
from .classifier import EmpathyClassifier
from .constructs import Construct, find_constructs, knows_labels
from .cues import LABELS
from .features import CUE
from .sentences import Sentence, score_sentences
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
    sentence : int
        Which of the sentences it belongs to; 0 if the text is scored as one.
    """

    feature: str
    spans: tuple[tuple[int, int], ...]
    values: Mapping[Any, float]
    sentence: int = 0


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

    For every class, ``bias`` plus the ``values`` of all contributions of a sentence is
    the score that the linear model gives that sentence; a text is one sentence unless
    the model has a `precedence`.

    Attributes
    ----------
    text : str
    label : str
        The likeliest class.
    construct : Construct or None
        In which way it is empathy or sympathy.
    probabilities, bias : mapping of class to float
    sentences : tuple of Sentence
        What the model cut the text into, each with its own label.
    contributions : tuple of Contribution
        Those that matter most come first.
    spans : tuple of Span
        The same, merged to stretches of words for display, in the order of the text.
    """

    text: str
    label: Any
    construct: Construct | None
    probabilities: Mapping[Any, float]
    bias: Mapping[Any, float]
    sentences: tuple[Sentence, ...]
    contributions: tuple[Contribution, ...]
    spans: tuple[Span, ...]

    def _repr_html_(self) -> str:
        return render_html(self)

    def __repr__(self) -> str:
        p = self.probabilities[self.label]
        return f"<Explanation {self.label!r} p={p:.2f} {len(self.spans)} spans>"

    def __str__(self) -> str:
        return render_text(self, color=False)


def explain(
    model: EmpathyClassifier,
    text: str,
    *,
    constructs: EmpathyClassifier | bool = True,
) -> Explanation:
    """Explain the label that a model gives to one text.

    Parameters
    ----------
    model : EmpathyClassifier
        Fitted.
    text : str
    constructs : EmpathyClassifier or bool, default=True
        Model of constructs, for models of the labels empathy, sympathy and neutral;
        True is the shipped one, False is none.

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
    >>> explanation.label, explanation.construct.code
    ('sympathy', 'S1')
    """
    check_is_fitted(model)
    if not isinstance(text, str):
        raise TypeError(f"text must be one string; got {type(text).__name__}.")
    check_texts([text])
    classes = model.classes_.tolist()
    sentences = score_sentences(model, text)
    contributions = _contributions(model, sentences)
    heaviest = sorted(contributions, key=lambda c: -np.ptp(list(c.values.values())))
    proba = model.predict_proba([text])[0]
    label = classes[int(proba.argmax())]
    return Explanation(
        text,
        label,
        _construct(model, text, label, constructs),
        dict(zip(classes, proba.tolist(), strict=True)),
        dict(zip(classes, model.intercept_.tolist(), strict=True)),
        sentences,
        tuple(heaviest),
        _spans(text, classes, contributions),
    )


def _construct(
    model: EmpathyClassifier, text: str, label: Any, head: EmpathyClassifier | bool
) -> Construct | None:
    """Return the construct of a warm label, if the labels are those of the guide."""
    if head is False or label == LABELS["N"] or not knows_labels(model):
        return None
    return find_constructs([text], [label], model=None if head is True else head)[0]


def _contributions(
    model: EmpathyClassifier, sentences: tuple[Sentence, ...]
) -> list[Contribution]:
    """Return what each feature of each sentence adds, with places in the text."""
    classes = model.classes_.tolist()
    places = model.featurizer_.occurrences(tokenize([s.text for s in sentences]))
    offset = np.array([s.start for s in sentences])[places.row]
    start, end = places.start + offset, places.end + offset
    key = np.stack([places.row, places.column])
    pairs, group = np.unique(key, axis=1, return_inverse=True)
    group = group.ravel()
    names = model.featurizer_.get_feature_names_out()[pairs[1]]
    values = model.contributions_[pairs[1]]
    return [
        Contribution(
            str(name),
            _distinct(start[group == i], end[group == i]),
            dict(zip(classes, values[i].tolist(), strict=True)),
            int(pairs[0][i]),
        )
        for i, name in enumerate(names)
    ]


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
