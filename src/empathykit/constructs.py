"""How a reply shows what it shows: the constructs of the label guide, beside the label.

A second linear model, shipped as ``load_model("constructs")``, tells them apart. It is
asked only among the constructs of the label that the first model gave: which of the six
ways of empathy, or of the five of sympathy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ._types import Texts
from .classifier import EmpathyClassifier
from .cues import LABELS
from .persistence import load_model

MEANINGS: Mapping[str, str] = {
    "E1": "names or reflects the feeling",
    "E2": "validates",
    "E3": "takes the perspective",
    "E4": "reflects what it means for the person",
    "E5": "shares an experience",
    "E6": "understands in general",
    "S1": "sorrow or regret for the person",
    "S2": "condolence",
    "S3": "pity, or a bare reaction",
    "S4": "silver lining",
    "S5": "comfort or good wishes",
    "N": "neither",
}
"""The constructs of the label guide, the stronger labels first."""


@dataclass(frozen=True, slots=True)
class Construct:
    """In which way a reply shows empathy or sympathy.

    Attributes
    ----------
    code : str
        One of `MEANINGS`.
    share : float
        Its probability among the constructs of the same label.
    """

    code: str
    share: float

    @property
    def meaning(self) -> str:
        """In words."""
        return MEANINGS[self.code]


def knows_labels(model: EmpathyClassifier) -> bool:
    """Say whether all classes of a model are labels of the guide."""
    return set(model.classes_.tolist()) <= set(LABELS.values())


@cache
def shipped_constructs() -> EmpathyClassifier:
    """Return the shipped model of constructs, read once."""
    return load_model("constructs")


def find_constructs(
    X: Texts, labels: Sequence[Any], *, model: EmpathyClassifier | None = None
) -> list[Construct | None]:
    """Return the likeliest construct of each text among those of its label.

    Parameters
    ----------
    X : iterable of str, shape (n_texts,)
    labels : sequence of str, shape (n_texts,)
        As a model of the three labels predicts them.
    model : EmpathyClassifier, default=None
        Fitted on constructs; None is the shipped one.

    Returns
    -------
    list of Construct or None
        None where the label is none of the guide's, such as `uncertain`.

    Raises
    ------
    ValueError
        If lengths differ, or the model knows other classes than constructs.

    Examples
    --------
    >>> texts = ["That must be so stressful.", "I'm so sorry to hear that."]
    >>> [found.code for found in find_constructs(texts, ["empathy", "sympathy"])]
    ['E1', 'S1']
    """
    model = shipped_constructs() if model is None else model
    classes = model.classes_.tolist()
    if unknown := [c for c in classes if c not in MEANINGS]:
        raise ValueError(
            f"the model must be fitted on constructs, {list(MEANINGS)}; it knows "
            f"{unknown}. Pass load_model('constructs') or one like it."
        )
    proba = model.predict_proba(X)
    if len(labels) != len(proba):
        raise ValueError(
            f"labels must be one a text; got {len(labels)} for {len(proba)} texts."
        )
    of_label = np.array([LABELS[code[0]] for code in classes])
    found: list[Construct | None] = []
    for row, label in zip(proba, labels, strict=True):
        share = np.where(of_label == label, row, 0.0)
        best, total = int(share.argmax()), float(share.sum())
        found.append(Construct(classes[best], share[best] / total) if total else None)
    return found
