"""Figures that say how template-like, repetitive or leaky a labelled corpus is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

WORD = re.compile(r"[\w']+")
Gram = tuple[str, ...]
TOO_NEAR = 0.6
"""Jaccard similarity of word trigrams from which a text repeats one of a test split."""


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def grams(text: str, n: int) -> set[Gram]:
    """Return the different runs of `n` words."""
    own = words(text)
    return {tuple(own[i : i + n]) for i in range(len(own) - n + 1)}


def near_repeats(
    texts: Sequence[str], others: Sequence[str] | None = None, *, floor: float
) -> Iterator[tuple[int, int]]:
    """Yield pairs whose word trigrams have a Jaccard similarity of at least `floor`."""
    own = [grams(text, 3) for text in texts]
    target = own if others is None else [grams(text, 3) for text in others]
    index = defaultdict(list)
    for j, found in enumerate(target):
        for gram in found:
            index[gram].append(j)
    for i, found in enumerate(own):
        shared = Counter(j for g in found for j in index.get(g, ()))
        for j, n in shared.items():
            if others is None and j <= i:
                continue
            if n / len(found | target[j]) >= floor:
                yield i, j


def distinct(texts: Sequence[str], n: int) -> float:
    """Return the share of n-grams that are different; each counts once a text."""
    count = Counter(gram for text in texts for gram in grams(text, n))
    return len(count) / sum(count.values())


def opening_share(texts: Sequence[str]) -> float:
    """Return the share of texts that start with one of the 20 commonest openings."""
    count = Counter(tuple(words(text)[:3]) for text in texts)
    return sum(n for _, n in count.most_common(20)) / len(texts)


def guess(X: Any, labels: Sequence[str]) -> float:
    """Return the accuracy of a logistic regression in 5-fold cross-validation."""
    model = LogisticRegression(max_iter=500)
    right = cross_val_predict(model, X, list(labels), cv=5) == np.array(labels)
    return float(right.mean())


def figures(
    texts: Sequence[str], labels: Sequence[str], against: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return every figure of a corpus; `against` names what it must not repeat."""
    lengths = [len(words(text)) for text in texts]
    marks = [(text.count("!"), text.count("?")) for text in texts]
    bag = HashingVectorizer(ngram_range=(1, 1), n_features=2**14).transform(texts)
    return {
        "texts": len(texts),
        "words_median": float(np.median(lengths)),
        "words_5_percent": float(np.quantile(lengths, 0.05)),
        "words_95_percent": float(np.quantile(lengths, 0.95)),
        "exact_duplicates": len(texts) - len({t.lower().strip() for t in texts}),
        "near_duplicates": sum(1 for _ in near_repeats(texts, floor=0.8)),
        "distinct_3_grams": distinct(texts, 3),
        "distinct_5_grams": distinct(texts, 5),
        "share_of_20_commonest_openings": opening_share(texts),
        "majority_share": Counter(labels).most_common(1)[0][1] / len(labels),
        "label_from_length_and_marks": guess(np.c_[lengths, marks], labels),
        "label_from_single_words": guess(bag, labels),
    } | {
        f"near_repeats_of_{name}": sum(
            1 for _ in near_repeats(texts, others, floor=TOO_NEAR)
        )
        for name, others in against.items()
    }
