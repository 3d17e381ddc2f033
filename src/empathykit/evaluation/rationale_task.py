"""Rationales: the words of a reply that carry what its label says."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..sentences import score_sentences
from .metrics import Score
from .peers import Peer
from .rationales import score_rationales
from .splits import TaskData

Spans = list[tuple[int, int]]
_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")


def score_rationale_task(
    model: Any, data: TaskData, seed: int
) -> dict[str, Score] | None:
    """Return the scores of the sentences that a model finds to carry the label.

    The peer's `rationales` is fitted to tell any level above 0 from 0; its rationales
    are the sentences that it gives a level above 0. None if it has no such model.
    """
    if not (isinstance(model, Peer) and model.rationales):
        return None
    predicted: list[Spans] = []
    true: list[Spans] = []
    rows: list[int] = []
    carries = (data.target > 0).astype(int)
    for train, test in data.splits:
        finder = model.rationales(seed, data.task)
        finder.fit([data.texts[i] for i in train], carries[train])
        for i in test.tolist():
            text = data.texts[i]
            found = score_sentences(finder, text)
            predicted.append(
                token_spans(text, [(s.start, s.end) for s in found if s.label == 1])
            )
            quotes = data.rows[i]["rationales"][data.task.target]
            true.append(token_spans(text, find_quotes(text, quotes)))
            rows.append(i)
    groups = data.groups[np.array(rows)]
    return score_rationales(predicted, true, seed=seed, groups=groups)


def find_quotes(text: str, quotes: list[str]) -> Spans:
    """Return where each quote first stands in the text, if it does."""
    starts = [(text.find(quote), len(quote)) for quote in quotes]
    return sorted((a, a + n) for a, n in starts if a >= 0)


def token_spans(text: str, spans: Spans) -> Spans:
    """Return character spans as spans of tokens."""
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found = []
    for start, end in spans:
        inside = [i for i, (a, b) in enumerate(tokens) if a < end and b > start]
        if inside:
            found.append((inside[0], inside[-1] + 1))
    return found
