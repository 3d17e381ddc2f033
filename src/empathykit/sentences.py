"""Label each sentence of a text, as the roll-up sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.utils.validation import check_is_fitted

from .classifier import EmpathyClassifier
from .rollup import sentence_spans


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its own label.

    Attributes
    ----------
    start, end : int
        ``text`` is ``original[start:end]``.
    text : str
    label : str
        The likeliest class.
    probabilities : mapping of class to float
    """

    start: int
    end: int
    text: str
    label: Any
    probabilities: Mapping[Any, float]


def score_sentences(model: EmpathyClassifier, text: str) -> tuple[Sentence, ...]:
    """Score the sentences of one text.

    The label of the text is that of the strongest sentence by the model's `precedence`,
    weighed by probability; a model without one scores the whole text as one sentence.

    Parameters
    ----------
    model : EmpathyClassifier
        Fitted.
    text : str

    Returns
    -------
    tuple of Sentence
        In the order of the text; stretches without a word are left out.

    Raises
    ------
    TypeError
        If `text` is not a string.

    Examples
    --------
    >>> from empathykit import load_model
    >>> text = "I'm so sorry to hear that. Please send us your order number."
    >>> for sentence in score_sentences(load_model(), text):
    ...     print(sentence.label, sentence.text)
    sympathy I'm so sorry to hear that.
    neutral Please send us your order number.
    """
    check_is_fitted(model)
    if not isinstance(text, str):
        raise TypeError(f"text must be one string; got {type(text).__name__}.")
    spans = [(0, len(text))] if model.order_ is None else sentence_spans(text)
    # A sentence alone is rolled up to itself.
    proba = model.predict_proba([text[a:b] for a, b in spans])
    classes = model.classes_.tolist()
    return tuple(
        Sentence(
            a,
            b,
            text[a:b],
            classes[int(row.argmax())],
            dict(zip(classes, row.tolist(), strict=True)),
        )
        for (a, b), row in zip(spans, proba, strict=True)
    )
