"""Texts to a sparse matrix of word n-grams and cues."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ._checks import check_texts, iter_texts
from ._ngrams import NgramVocabulary, fit_vocabulary
from ._types import Floats, Ints, Texts
from .cues import CompiledCues, CueMatcher, load_compiled
from .text import TokenTable, tokenize

CUE = "cue:"
"""Stands before a cue's name in a feature name; no n-gram can start so."""


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Where features occur, several times in a text perhaps.

    Attributes
    ----------
    row, column : ndarray of intp
        Text and feature.
    start, end : ndarray of intp
        Characters in the text.
    """

    row: Ints
    column: Ints
    start: Ints
    end: Ints


class EmpathyFeaturizer(TransformerMixin, BaseEstimator):
    """Turn texts into a sparse matrix of word n-grams and cues.

    An n-gram that occurs in the text is 1, a cue `cue_weight`; all else is 0. N-grams
    keep punctuation and may touch the start or end of the text, written ``<s>``. Cues
    are named phrase patterns, see `empathykit.cues`. A text without any word has no
    feature.

    Parameters
    ----------
    ngram_range : tuple of int, default=(1, 3)
        Shortest and longest n-gram.
    min_df : int or float, default=2
        Least number (or share, as a float up to 1.0) of texts that hold an n-gram.
    max_features : int or None, default=None
        Keep only so many n-grams, the commonest. Cues are always kept.
    cues : "en", path or None, default="en"
        The cue lexicon: bundled, a TOML file of your own, or none.
    cue_weight : float, default=8.0
        Value of a cue that occurs. The larger, the less a regularised model shrinks
        what cues say; cues carry over to other kinds of talk better than n-grams do.

    Attributes
    ----------
    vocabulary_ : NgramVocabulary
    matcher_ : CueMatcher or None
    cue_names_ : tuple of str
    n_features_out_ : int

    Examples
    --------
    >>> featurizer = EmpathyFeaturizer(min_df=1, ngram_range=(1, 1)).fit(["Oh no!"])
    >>> featurizer.get_feature_names_out()[:3].tolist()
    ['!', 'no', 'oh']
    >>> featurizer.transform(["no no", ""])[:, :3].toarray()
    array([[0., 1., 0.],
           [0., 0., 0.]])
    """

    def __init__(
        self,
        *,
        ngram_range: tuple[int, int] = (1, 3),
        min_df: float = 2,
        max_features: int | None = None,
        cues: str | Path | None = "en",
        cue_weight: float = 8.0,
    ) -> None:
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_features = max_features
        self.cues = cues
        self.cue_weight = cue_weight

    def fit(self, X: Texts, y: object = None) -> Self:
        """Learn the n-grams of `X` and compile the cues.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of range, `X` is empty, or nothing could be a feature.
        """
        self._check_parameters()
        texts = check_texts(X)
        if not texts:
            raise ValueError("X must hold at least one text; got none.")
        cues = None if self.cues is None else load_compiled(self.cues)
        whole = _is_whole(self.min_df)
        # Rounded first, since 0.07 * 100 is a little more than 7.
        share = np.ceil(round(self.min_df * len(texts), 9))
        least = int(self.min_df if whole else share)
        vocabulary = fit_vocabulary(
            texts, self.ngram_range, max(1, least), self.max_features
        )
        if not vocabulary.names and cues is None:
            raise ValueError(
                f"no n-gram occurs in {least} of the {len(texts)} texts: "
                "lower min_df, or pass cues."
            )
        return self._set_state(vocabulary, cues)

    def _set_state(
        self, vocabulary: NgramVocabulary, cues: CompiledCues | None
    ) -> Self:
        self.vocabulary_ = vocabulary
        self.matcher_ = None if cues is None else CueMatcher(cues)
        self.cue_names_ = () if cues is None else cues.names
        self.n_features_out_ = len(vocabulary.names) + len(self.cue_names_)
        return self

    def transform(self, X: Texts) -> csr_array:
        """Return the features of each text.

        Parameters
        ----------
        X : iterable of str, shape (n_texts,)

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (n_texts, n_features_out_)

        Raises
        ------
        TypeError
            If an item of `X` is not a string; the message names the index.
        """
        check_is_fitted(self)
        counts, columns = [np.zeros(1, dtype=np.int64)], [np.empty(0, dtype=np.int32)]
        for batch in iter_texts(X):
            bounds, column = self.columns(tokenize(batch))
            counts.append(np.diff(bounds))
            columns.append(column.astype(np.int32))
        indices = np.concatenate(columns)
        indptr = np.cumsum(np.concatenate(counts))
        if indptr[-1] < 2**31:  # some solvers take no longer ones
            indptr = indptr.astype(np.int32)
        shape = (len(indptr) - 1, self.n_features_out_)
        return csr_array((self.values.take(indices), indices, indptr), shape=shape)

    @property
    def values(self) -> Floats:
        """What each column holds where its feature occurs, shape (n_features_out_,)."""
        weights = np.array([1.0, float(self.cue_weight)])
        return weights.repeat([self._n_ngrams, len(self.cue_names_)])

    def columns(self, table: TokenTable) -> tuple[Ints, Ints]:
        """Return the features of a token table in compressed rows.

        Parameters
        ----------
        table : TokenTable

        Returns
        -------
        bounds : ndarray of intp, shape (n_texts + 1,)
        column : ndarray of intp
            ``column[bounds[i]:bounds[i + 1]]`` are the features of text i, ascending.
        """
        bits = self.n_features_out_.bit_length()
        at, column = self.vocabulary_.find(table)
        keys = [(table.stream_text.take(at) << bits) | column]
        if self.matcher_ is not None:
            hits = self.matcher_.match(table)
            keys.append((hits.text_index << bits) | (self._n_ngrams + hits.cue))
        # One sort makes features distinct, orders them and joins n-grams and cues.
        key = np.concatenate(keys)
        if table.n_texts << bits < 2**31:  # half the bytes, and sorted twice as fast
            key = key.astype(np.int32)
        key.sort()
        new = np.ones(len(key), dtype=bool)
        np.not_equal(key[1:], key[:-1], out=new[1:])
        key = key[new]
        if not table.has_word.all():
            key = key[table.has_word[key >> bits]]
        starts = np.arange(table.n_texts + 1, dtype=key.dtype) << bits
        found: Ints = (key & ((1 << bits) - 1)).astype(np.intp)
        return key.searchsorted(starts), found

    def occurrences(self, table: TokenTable) -> Occurrences:
        """Return each place where a feature occurs, for explanations.

        Parameters
        ----------
        table : TokenTable
        """
        at, column = self.vocabulary_.find(table)
        row = table.stream_text[at]
        last = at + self.vocabulary_.order_of(column) - 1
        # An edge in front of the text is its first character, one behind its last.
        start = np.maximum(table.stream_start[at] - table.offsets[row], 0)
        end = table.stream_end[last] - table.offsets[row]
        if self.matcher_ is not None:
            hits = self.matcher_.match(table)
            cue_start, cue_end = hits.spans(table)
            row, column = (
                np.r_[row, hits.text_index],
                np.r_[column, self._n_ngrams + hits.cue],
            )
            start, end = np.r_[start, cue_start], np.r_[end, cue_end]
        keep = table.has_word[row]
        return Occurrences(row[keep], column[keep], start[keep], end[keep])

    @property
    def _n_ngrams(self) -> int:
        return len(self.vocabulary_.names)

    def get_feature_names_out(
        self, input_features: object = None
    ) -> np.ndarray[Any, Any]:
        """Return a readable name for each column.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of object, shape (n_features_out_,)
            N-grams as tokens with spaces between, then cues as ``cue:name``.
        """
        check_is_fitted(self)
        names = [*self.vocabulary_.names, *(CUE + name for name in self.cue_names_)]
        return np.array(names, dtype=object)

    def _check_parameters(self) -> None:
        rules = {
            "ngram_range": (
                _is_range(self.ngram_range),
                "(low, high) with 1 <= low <= high",
            ),
            "min_df": (
                (_is_whole(self.min_df) and self.min_df >= 1)
                or (_is_number(self.min_df) and 0 < self.min_df <= 1),
                "a whole number from 1, or a share in (0.0, 1.0]",
            ),
            "max_features": (
                self.max_features is None
                or (_is_whole(self.max_features) and self.max_features >= 1),
                "None or a whole number from 1",
            ),
            "cue_weight": (
                _is_number(self.cue_weight) and 0 < self.cue_weight < np.inf,
                "a number above 0",
            ),
        }
        for name, (holds, rule) in rules.items():
            if not holds:
                raise ValueError(f"{name} must be {rule}; got {getattr(self, name)!r}.")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vocabulary_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_range(value: Any) -> bool:
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    return is_pair and all(map(_is_whole, value)) and 1 <= value[0] <= value[1]


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
