"""A vocabulary of word n-grams that is asked with hashes, never with strings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from ._checks import BATCH
from ._hashindex import HashIndex
from ._types import Hashes, Ints
from .text import TokenTable, fold, ngram_hash, tokenize

EDGE = "<s>"
"""Stands in a feature name for the start or end of the text."""

_NO_HASH = np.empty(0, dtype=np.uint64)


class NgramVocabulary:
    """The n-grams that are features.

    Parameters
    ----------
    names : sequence of str
        Folded tokens with spaces between, shorter n-grams first.

    Attributes
    ----------
    names : list of str
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._orders: dict[int, int] = {}
        """Each order, with the number of names up to its end."""
        parts = [_NO_HASH]
        first = 0
        while first < len(self.names):
            n = _order(self.names[first])
            last = bisect_right(self.names, n, lo=first, key=_order)
            parts.append(_name_hashes(self.names[first:last], n))
            self._orders[n] = first = last
        self._index = HashIndex(np.concatenate(parts))

    def find(self, table: TokenTable) -> tuple[Ints, Ints]:
        """Return where known n-grams start.

        Returns
        -------
        at : ndarray of intp
            Stream entries.
        column : ndarray of intp
            Position in `names` of the n-gram at each.
        """
        runs = [_NO_HASH]
        for n in self._orders:
            before = runs[-1] if n - 1 in self._orders else None
            runs.append(ngram_hash(table, n, shorter=before))
        found = self._index.find(np.concatenate(runs))
        hit = (found >= 0).nonzero()[0]
        places = np.arange(len(table.stream_hash))
        at = np.concatenate([places[: len(run)] for run in runs])
        return at.take(hit), found.take(hit).astype(np.intp)

    def order_of(self, column: Ints) -> Ints:
        """Return the number of tokens of the n-grams in these columns."""
        ends = np.array(list(self._orders.values()), dtype=np.intp)
        orders = np.array(list(self._orders), dtype=np.intp)
        return orders[ends.searchsorted(column, side="right")]


def _order(name: str) -> int:
    return name.count(" ") + 1


def _name_hashes(names: list[str], n: int) -> Hashes:
    parts = []
    for first in range(0, len(names), BATCH):
        batch = names[first : first + BATCH]
        table = tokenize("\n".join(batch).replace(EDGE, "").split("\n"))
        leading = np.fromiter((name.startswith(EDGE) for name in batch), np.intp)
        parts.append(ngram_hash(table, n)[table.edges[:-1] + 1 - leading])
    return np.concatenate(parts)


def fit_vocabulary(
    texts: Sequence[str],
    ngram_range: tuple[int, int],
    min_df: int,
    max_features: int | None,
) -> NgramVocabulary:
    """Collect the n-grams that occur in at least `min_df` texts.

    Within an order, the commonest come first: their weights then share cache lines.
    """
    orders = range(ngram_range[0], ngram_range[1] + 1)
    names: list[str] = []
    counts: list[int] = []
    for n in orders:
        hashes, count = _document_frequency(texts, n)
        kept = hashes[count >= min_df]
        name = _spell(texts, n, kept)
        pairs = zip((-count[count >= min_df]).tolist(), name, strict=True)
        ranked = sorted(pairs)
        names += [name for _, name in ranked]
        counts += [-count for count, _ in ranked]
    if max_features is not None and len(names) > max_features:
        best = np.argsort(-np.array(counts), kind="stable")[:max_features]
        names = [names[i] for i in np.sort(best)]
    return NgramVocabulary(names)


def _batches(texts: Sequence[str]) -> Iterator[TokenTable]:
    for first in range(0, len(texts), BATCH):
        yield tokenize(texts[first : first + BATCH])


def _document_frequency(texts: Sequence[str], n: int) -> tuple[Hashes, Ints]:
    """Count in how many texts each n-gram occurs."""
    parts = []
    for table in _batches(texts):
        at = _inside(table, n)
        hashes, rows = ngram_hash(table, n)[at], table.stream_text[at]
        order = np.lexsort((hashes, rows))
        hashes, rows = hashes[order], rows[order]
        new = (np.diff(hashes, prepend=0) != 0) | (np.diff(rows, prepend=-1) != 0)
        parts.append(hashes[new])
    every = np.concatenate([_NO_HASH, *parts])
    return np.unique(every, return_counts=True)


def _inside(table: TokenTable, n: int) -> Ints:
    """Return the starts of runs with a token, and an edge only at an end."""
    edge = np.zeros(len(table.stream_hash), dtype=bool)
    edge[table.edges] = True
    size = max(0, len(edge) - n + 1)
    bad = np.zeros(size, dtype=bool)
    for k in range(1, n - 1):
        bad |= edge[k : k + size]
    return np.flatnonzero(~bad & ~(edge[:size] & edge[n - 1 :]))


def _spell(texts: Sequence[str], n: int, hashes: Hashes) -> list[str]:
    """Return each n-gram as its tokens with spaces between."""
    index = HashIndex(hashes)
    names = [""] * len(hashes)
    for first, table in zip(range(0, len(texts), BATCH), _batches(texts), strict=True):
        joined = fold("\n".join(("", *texts[first : first + BATCH], "")))
        at = _inside(table, n)
        found = index.find(ngram_hash(table, n)[at])
        columns, where = np.unique(found, return_index=True)
        for column, start in zip(columns.tolist(), at[where].tolist(), strict=True):
            if column >= 0 and not names[column]:
                spans = zip(
                    table.stream_start[start : start + n].tolist(),
                    table.stream_end[start : start + n].tolist(),
                    strict=True,
                )
                names[column] = " ".join(joined[a:b] or EDGE for a, b in spans)
    return names
