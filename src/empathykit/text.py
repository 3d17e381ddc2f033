"""Vectorised tokeniser: a whole batch of texts becomes arrays at once.

The batch is joined and seen as one array of code points. Two tables give each
character its folded form and its class; token borders come from comparing neighbours,
token hashes from prefix sums of a polynomial. No Python loop runs over texts or tokens.

Tokens are words (letters and digits, with inner apostrophes), and single punctuation
marks and emoji. Hashes are the same on every machine and every Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SPACE, LETTER, DIGIT, MARK, QUOTE, JOINER = range(6)
_CACHED = 2**17  # characters for which powers of the base are kept

_ENDS, _CLOSERS = ".!?…", "\"')]’”"
"""A sentence ends at white space after one of the first, or one of each."""

_ALONE = np.array([SPACE, LETTER, DIGIT, MARK, MARK, SPACE], dtype=np.uint8)
"""What a character of each class is when it does not stand inside a word."""

_U64 = NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_EDGE_HASH = np.uint64(0xA24BAED4963EE407)
_STEP = np.uint64(0x2545F4914F6CDD1D)


def _load_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    with np.load(Path(__file__).parent / "data" / "characters.npz") as data:
        ends = np.append(data["run_start"][1:], 0x110000)
        kinds = np.repeat(data["run_kind"], np.diff(ends, prepend=0))
        folded = np.arange(0x110000, dtype=np.uint32)
        folded[data["fold_from"]] = data["fold_to"]
    return kinds, folded


def _powers_of(base: int, n: int) -> _U64:
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.cumprod(powers)


def _table_of(characters: str) -> NDArray[np.bool_]:
    """Return which code points are in `characters`; the last stands for all above."""
    table = np.zeros(max(map(ord, characters)) + 2, dtype=bool)
    table[[ord(c) for c in characters]] = True
    return table


_IS_END, _IS_CLOSER = _table_of(_ENDS), _table_of(_CLOSERS)
KIND, FOLD = _load_tables()
_POWERS, _INVERSES = _powers_of(_BASE, _CACHED), _powers_of(_INVERSE, _CACHED)


def fold(text: str) -> str:
    """Return `text` in the form in which tokens are compared, same length.

    Examples
    --------
    >>> fold("I’m SO Sorry…")
    "i'm so sorry…"
    """
    return (
        FOLD[_code_points(text)]
        .astype("<u4")
        .tobytes()
        .decode("utf-32-le", "surrogatepass")
    )


def _code_points(text: str) -> NDArray[np.intp]:
    encoded = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype="<u4").astype(np.intp)


def _mix(values: _U64) -> _U64:
    """Spread the entropy over all 64 bits, since look-ups use the top ones."""
    values ^= values >> np.uint64(32)
    values *= _MIX
    values ^= values >> np.uint64(29)
    return values


@dataclass(eq=False)  # frozen would double the time of a single text's table
class TokenTable:
    """The tokens of a batch of texts, as columns.

    `stream_*` hold one entry a token plus an *edge* (of length 0) before, between
    and after the texts, so that neighbours can be compared without looking where a
    text ends. The other columns leave the edges out.

    Attributes
    ----------
    n_texts : int
        Number of rows: texts, or sentences.
    stream_hash : ndarray of uint64, shape (n_tokens + n_texts + 1,)
    stream_start, stream_end : ndarray of intp
        Borders in the joined batch.
    edges : ndarray of intp, shape (n_texts + 1,)
        Where the edges stand in the stream: text i lies between edge i and i + 1.
    offsets : ndarray of intp, shape (n_texts,)
        Where each text starts in the joined batch.
    kinds : ndarray of uint8
        Class of each character of the joined batch.
    bounds : ndarray of intp
        Rows ``bounds[i]:bounds[i + 1]`` are the sentences of text i, or itself.
    """

    n_texts: int
    stream_hash: _U64
    stream_start: NDArray[np.intp]
    stream_end: NDArray[np.intp]
    edges: NDArray[np.intp]
    offsets: NDArray[np.intp]
    kinds: NDArray[np.uint8]
    bounds: NDArray[np.intp]
    _prefix: _U64
    _inverses: _U64

    @cached_property
    def stream_text(self) -> NDArray[np.intp]:
        """Index of the text of each stream entry; an edge counts to the text after."""
        text = np.zeros(len(self.stream_hash), dtype=np.intp)
        text[self.edges[1:]] = 1
        return text.cumsum()

    @cached_property
    def _tokens(self) -> NDArray[np.intp]:
        return (self.stream_end > self.stream_start).nonzero()[0]

    @property
    def hash(self) -> _U64:
        """Hash of each token, shape (n_tokens,)."""
        return self.stream_hash[self._tokens]

    @property
    def text_index(self) -> NDArray[np.intp]:
        """Index of each token's text in the batch, shape (n_tokens,)."""
        return self.stream_text[self._tokens]

    @property
    def start(self) -> NDArray[np.intp]:
        """First character of each token in its own text, shape (n_tokens,)."""
        return self.stream_start[self._tokens] - self.offsets[self.text_index]

    @property
    def end(self) -> NDArray[np.intp]:
        """Character after each token in its own text, shape (n_tokens,)."""
        return self.stream_end[self._tokens] - self.offsets[self.text_index]

    @cached_property
    def first_kind(self) -> NDArray[np.uint8]:
        """Class of the first character of each stream entry (of an edge: any)."""
        return self.kinds.take(self.stream_start)

    @cached_property
    def has_word(self) -> NDArray[np.bool_]:
        """Whether a token of the text starts with a letter, shape (n_texts,)."""
        found = np.zeros(self.n_texts + 1, dtype=bool)
        found[self.stream_text[self.first_kind == LETTER]] = True
        return found[:-1]

    def prefix_hash(
        self, at: NDArray[np.intp], length: np.intp | NDArray[np.intp]
    ) -> _U64:
        """Hash the first `length` characters of the stream entries `at`."""
        start = self.stream_start.take(at)
        raw = self._prefix[start - 1 + length] - self._prefix[start - 1]
        return _mix(raw * self._inverses[start])


def tokenize(texts: Sequence[str], *, by_sentence: bool = False) -> TokenTable:
    """Tokenise a batch of texts.

    Parameters
    ----------
    texts : sequence of str
        Any strings; the arrays take about 60 bytes a character, so pass a large corpus
        in batches.
    by_sentence : bool, default=False
        Make a row of each sentence. Sentences end at line breaks, and at white space
        after a full stop, exclamation or question mark or an ellipsis, with a closing
        quote or bracket between perhaps; rows may be without a token.

    Returns
    -------
    TokenTable
        Columns `hash`, `text_index`, `start`, `end`; `texts[i][start:end]` is the token
        as written, ``fold(...)`` of it the form that was hashed.

    Examples
    --------
    >>> table = tokenize(["That’s a lot!", ""])
    >>> [("That’s a lot!")[a:b] for a, b in zip(table.start, table.end)]
    ['That’s', 'a', 'lot', '!']
    """
    edge_at = np.zeros(len(texts) + 1, dtype=np.intp)
    np.fromiter(map(len, texts), np.intp, len(texts)).cumsum(out=edge_at[1:])
    edge_at += np.arange(len(edge_at))  # the edges themselves
    codes = _code_points("\n".join(("", *texts, "")))
    kinds = KIND.take(codes)
    bounds = np.arange(len(edge_at))
    if by_sentence:
        text_at = edge_at
        edge_at = _sentence_edges(codes, kinds)
        bounds = edge_at.searchsorted(text_at)
    _settle_inner(kinds)
    start, end, edges = _borders(kinds, edge_at)
    prefix, inverses = _prefix_sums(FOLD.take(codes))
    raw = prefix.take(end - 1)
    raw -= prefix.take(start - 1)  # -1 at the first edge, which has no hash anyway
    raw *= inverses.take(start)
    stream_hash = _mix(raw)
    stream_hash[edges] = _EDGE_HASH
    return TokenTable(
        len(edge_at) - 1,
        stream_hash,
        start,
        end,
        edges,
        edge_at[:-1] + 1,
        kinds,
        bounds,
        prefix,
        inverses,
    )


def _sentence_edges(
    codes: NDArray[np.intp], kinds: NDArray[np.uint8]
) -> NDArray[np.intp]:
    """Return line breaks, those between texts among them, and ends of sentences."""
    edge = codes == ord("\n")
    end = _IS_END.take(codes, mode="clip")
    after = end.copy()
    after[1:] |= end[:-1] & _IS_CLOSER.take(codes[1:], mode="clip")
    edge[1:] |= after[:-1] & (kinds[1:] == SPACE)
    found: NDArray[np.intp] = edge.nonzero()[0]
    return found


def _settle_inner(kinds: NDArray[np.uint8]) -> None:
    """Make apostrophes and joiners between letters letters, others marks or spaces."""
    at = (kinds >= QUOTE).nonzero()[0]
    if at.size:
        between = (kinds.take(at - 1) == LETTER) & (kinds.take(at + 1) == LETTER)
        kinds[at] = np.where(between, LETTER, _ALONE.take(kinds.take(at)))


def _borders(
    kinds: NDArray[np.uint8], edge_at: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return start and end of each stream entry, and which entries are edges."""
    mark = kinds == MARK
    mark[edge_at] = True
    word = (kinds == LETTER) | (kinds == DIGIT)
    opens, closes = mark.copy(), mark
    # An edge stands on either side of every word, so there is always a neighbour.
    opens[1:] |= word[1:] > word[:-1]
    closes[:-1] |= word[:-1] > word[1:]
    start, end = opens.nonzero()[0], closes.nonzero()[0]
    end += 1
    edges = start.searchsorted(edge_at)
    end[edges] = edge_at
    return start, end, edges


def _prefix_sums(folded: NDArray[np.uint32]) -> tuple[_U64, _U64]:
    n = len(folded)
    powers, inverses = _POWERS[:n], _INVERSES[:n]
    if n > _CACHED:
        powers, inverses = _powers_of(_BASE, n), _powers_of(_INVERSE, n)
    return (folded * powers).cumsum(), inverses


def ngram_hash(table: TokenTable, n: int, *, shorter: _U64 | None = None) -> _U64:
    """Hash each run of `n` stream entries; entry i stands for the run starting at i.

    Runs that cross an edge are hashed too: no vocabulary holds them. The hashes of the
    runs of ``n - 1``, if they are at hand, save work.
    """
    if n == 1:
        return table.stream_hash
    if shorter is None:
        shorter = ngram_hash(table, n - 1)
    hashes = shorter[:-1] * _STEP
    hashes += table.stream_hash[n - 1 :]
    return hashes
