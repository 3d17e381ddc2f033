"""Slow, obvious versions of what `empathykit` does with arrays; tests compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from empathykit.cues import Lexicon
from empathykit.cues.pattern import Element, Variant
from empathykit.text import DIGIT, FOLD, JOINER, KIND, LETTER, MARK, QUOTE

EDGE = "<s>"
SENTENCE_END = frozenset(".!?…;")
Token = tuple[str, int, int]
"""Folded token, start, end."""


def tokenize(text: str) -> list[Token]:
    """Walk over the characters; words are runs, marks stand alone."""
    found = []
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and _in_word(text, end):
            end += 1
        if end == start and _kind(text, start) in (MARK, QUOTE):
            end += 1
        if end > start:
            found.append((fold(text[start:end]), start, end))
        start = max(end, start + 1)
    return found


def fold(text: str) -> str:
    return "".join(chr(FOLD[ord(char)]) for char in text)


def _kind(text: str, at: int) -> int:
    return KIND[ord(text[at])]


def _in_word(text: str, at: int) -> bool:
    if _kind(text, at) in (QUOTE, JOINER):
        between = 0 < at < len(text) - 1
        return between and _kind(text, at - 1) == _kind(text, at + 1) == LETTER
    return _kind(text, at) in (LETTER, DIGIT)


def token_hash(token: str) -> int:
    """Evaluate the polynomial of a folded token term by term, then mix its bits."""
    value = sum(ord(char) * 0x9E3779B97F4A7C15**k for k, char in enumerate(token))
    value %= 2**64
    value = (value ^ value >> 32) * 0xD6E8FEB86659FD93 % 2**64
    return value ^ value >> 29


def ngrams(text: str, orders: Sequence[int]) -> list[str]:
    """All runs of tokens; the edge of the text may stand at one end of a run."""
    stream = [EDGE, *(token for token, _, _ in tokenize(text)), EDGE]
    runs = [
        stream[first : first + n]
        for n in orders
        for first in range(len(stream) - n + 1)
    ]
    return [
        " ".join(run)
        for run in runs
        if EDGE not in run[1:-1] and not run[0] == run[-1] == EDGE
    ]


def cue_hits(lexicon: Lexicon, texts: Sequence[str]) -> set[tuple[str, int, int, int]]:
    """Try every variant of every cue at every place of every text.

    Returns the name of the cue, the index of the text, and start and end in the text.
    """
    hits = set()
    for i, text in enumerate(texts):
        tokens = tokenize(text)
        found = {
            (cue, *hit)
            for cue in lexicon.cues
            for variant in lexicon.variants(cue)
            for hit in _places(variant, [token for token, _, _ in tokens])
        }
        for cue, first, last in found:
            cancelled = not cue.cancels and any(
                other.cancels and start < last and first < end
                for other, start, end in found
            )
            if not cancelled:
                hits.add((cue.name, i, tokens[first][1], tokens[last - 1][2]))
    return hits


def _places(variant: Variant, tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Yield first and last + 1 token of each match; a sentence edge is not part."""
    stream = [None, *tokens, None]
    for at in range(len(stream) - len(variant) + 1):
        run = stream[at : at + len(variant)]
        if all(_accepts(e, token) for e, token in zip(variant, run, strict=True)):
            first, last = at, at + len(variant)
            first += variant[0] == {"<EDGE>"}
            last -= variant[-1] == {"<EDGE>"}
            yield first - 1, last - 1


def _accepts(element: Element, token: str | None) -> bool:
    edge = token is None or token in SENTENCE_END
    if token is None or ("<EDGE>" in element and edge):
        return "<EDGE>" in element
    return (
        ("<ANY>" in element and not edge)
        or ("<NUMBER>" in element and KIND[ord(token[0])] == DIGIT)
        or token in element
        or any(
            token.startswith(atom[:-1])
            for atom in element
            if len(atom) > 1 and atom.endswith("*")
        )
    )
