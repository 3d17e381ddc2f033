"""Compile a lexicon to arrays.

Two ideas make the time of matching independent of the number of cues. Tokens that every
cue treats alike share a *symbol*, so one look-up says all that matters of a token. And
the token sequences of all patterns form one tree of tests, each sequence tested from
its rarest word outwards, so that ordinary words are hardly ever tested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .lexicon import BUNDLED, Lexicon, load_lexicon
from .pattern import (
    ANY,
    BUILT_IN,
    EDGE,
    MAX_TOKENS,
    NUMBER,
    Element,
    Variant,
    is_stem,
)

SENTENCE_END = frozenset(".!?…;")
OTHER_TOKEN, TEXT_EDGE, NUMBER_TOKEN = range(3)  # symbols of tokens that no cue names
N_BASIC = 3

_LAST = chr(0x10FFFF)  # sorts after every continuation of a stem
_Table = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCues:
    """A lexicon as arrays: what a saved model keeps of it.

    Attributes
    ----------
    names, constructs : tuple of str
        One a cue.
    cancels : ndarray of bool, shape (n_cues,)
    words, stems : tuple of str
        The tokens that cues name.
    symbol : ndarray of int, shape (3 + n_words + n_stems,)
        Symbol of any other token, of an edge of the text, of a number, then of these.
    accepts : ndarray of bool, shape (n_elements, n_symbols)
    node_offset, node_element : ndarray of int, shape (n_nodes,)
        The test of each node of the tree: the token so far from the anchor is accepted
        by this element. Nodes stand level by level, children in the order of parents.
        Those of the first level test the anchor itself, and no sequence ends there.
    node_children, node_ends : ndarray of int, shape (n_nodes,)
        How many children a node has, and how many sequences end there.
    end_cue, end_first, end_last : ndarray of int, shape (n_variants,)
        Cue and borders (from the anchor) of each sequence, in the order of the nodes.
    """

    names: tuple[str, ...]
    constructs: tuple[str, ...]
    cancels: NDArray[np.bool_]
    words: tuple[str, ...]
    stems: tuple[str, ...]
    symbol: _Table
    accepts: NDArray[np.bool_]
    node_offset: _Table
    node_element: _Table
    node_children: _Table
    node_ends: _Table
    end_cue: _Table
    end_first: _Table
    end_last: _Table

    def check(self) -> None:
        """Raise ValueError if an array points outside of another."""
        n_elements, n_symbols = self.accepts.shape
        n_nodes, n_cues = len(self.node_offset), len(self.names)
        n_roots = n_nodes - int(self.node_children.sum())
        spread = (self.node_offset, self.end_first, self.end_last)
        if not (
            len(self.constructs) == len(self.cancels) == n_cues
            and len(self.symbol) == N_BASIC + len(self.words) + len(self.stems)
            and len(self.node_element) == len(self.node_children) == n_nodes
            and len(self.node_ends) == n_nodes
            and len(self.end_cue) == len(self.end_first) == len(self.end_last)
            and int(self.node_ends.sum()) == len(self.end_cue)
            and n_roots > 0
            and int(self.node_ends[:n_roots].sum()) == 0
            and _within(self.symbol, n_symbols)
            and _within(self.node_element, n_elements)
            and _within(self.node_children, n_nodes)
            and _within(self.node_ends, len(self.end_cue) + 1)
            and _within(self.end_cue, n_cues)
            and all(np.all(np.abs(a.astype(int)) <= MAX_TOKENS) for a in spread)
            and np.all(self.end_first <= 0)
            and np.all(self.end_last > 0)
        ):
            raise ValueError("the arrays of the cues do not fit together.")


def _within(values: _Table, size: int) -> bool:
    return bool(np.all(values >= 0) and np.all(values < size))


def compile_lexicon(lexicon: Lexicon) -> CompiledCues:
    """Return the arrays that `CueMatcher` works on.

    Parameters
    ----------
    lexicon : Lexicon
    """
    sequences = [
        (i, variant)
        for i, cue in enumerate(lexicon.cues)
        for variant in lexicon.variants(cue)
    ]
    elements = {e: i for i, e in enumerate({e: 0 for _, v in sequences for e in v})}
    atoms = frozenset().union(*elements, SENTENCE_END)
    words = sorted(a for a in atoms if a not in BUILT_IN and not is_stem(a))
    stems = sorted(a[:-1] for a in atoms if is_stem(a))
    accepts, symbol = np.unique(
        _accepted(elements, words, stems), axis=1, return_inverse=True
    )
    rarity = _rarity(elements, lexicon.common)
    return CompiledCues(
        tuple(cue.name for cue in lexicon.cues),
        tuple(cue.construct for cue in lexicon.cues),
        np.array([cue.cancels for cue in lexicon.cues]),
        tuple(words),
        tuple(stems),
        symbol.reshape(-1).astype(np.int16),
        np.ascontiguousarray(accepts),
        *_grow_tree(sequences, elements, rarity),
    )


def load_compiled(name: str | Path) -> CompiledCues:
    """Read and compile a lexicon; once, as long as its file does not change.

    Parameters
    ----------
    name : str or Path
        As in `load_lexicon`.
    """
    path = BUNDLED.get(str(name), Path(name)).absolute()
    modified = path.stat().st_mtime_ns if path.is_file() else 0
    return _load_compiled(path, modified)


@lru_cache(maxsize=8)
def _load_compiled(path: Path, modified: int) -> CompiledCues:
    return compile_lexicon(load_lexicon(path))


def _accepted(
    elements: Iterable[Element], words: list[str], stems: list[str]
) -> NDArray[np.bool_]:
    """Say which element accepts which token: other, edge, number, words, stems."""
    sizes = [N_BASIC, N_BASIC + len(words)]
    rows = []
    ends = [i for i, w in enumerate(words) if w in SENTENCE_END]
    numbers = [i for i, w in enumerate(words) if w[0].isdecimal()]
    stem_numbers = [i for i, s in enumerate(stems) if s[0].isdecimal()]
    for element in elements:
        row = np.full(sizes[1] + len(stems), element == ANY)
        basic, word, stem = np.split(row, sizes)
        if element in (EDGE, ANY):
            basic[TEXT_EDGE] = word[ends] = element == EDGE
        if element >= NUMBER:
            basic[NUMBER_TOKEN] = word[numbers] = stem[stem_numbers] = True
        for atom in element - BUILT_IN:
            prefix = atom[:-1] if is_stem(atom) else atom
            last = prefix + _LAST if is_stem(atom) else prefix + "\0"
            word[bisect_left(words, prefix) : bisect_left(words, last)] = True
            if is_stem(atom):
                stem[bisect_left(stems, prefix) : bisect_left(stems, last)] = True
        rows.append(row)
    return np.array(rows)


def _rarity(elements: Iterable[Element], common: Sequence[str]) -> dict[Element, float]:
    """Guess how often a token is accepted, by Zipf's law: the less, the rarer.

    A word that is not among the common ones is rarer than they are, and rarer the
    longer it is.
    """
    share = {word: 1 / rank for rank, word in enumerate(common, start=1)}

    @cache
    def frequency(atom: str) -> float:
        letters = 1 if atom in NUMBER else len(atom.rstrip("*"))
        rare = 3.0**-letters / (len(common) + 1)
        if not is_stem(atom):
            return share.get(atom, rare)
        return rare + sum(v for w, v in share.items() if w.startswith(atom[:-1]))

    return {e: np.inf if e in (ANY, EDGE) else sum(map(frequency, e)) for e in elements}


def _grow_tree(
    sequences: Sequence[tuple[int, Variant]],
    elements: dict[Element, int],
    rarity: dict[Element, float],
) -> tuple[_Table, ...]:
    """Return the node and end columns of `CompiledCues`."""
    children: list[dict[tuple[int, int], int]] = [{}]
    ends: list[list[tuple[int, int, int]]] = [[]]
    for cue, variant in sequences:
        order = sorted(range(len(variant)), key=lambda k: rarity[variant[k]])
        node, anchor = 0, order[0]
        for k in order if len(order) > 1 else 2 * order:  # at least two levels
            test = (k - anchor, elements[variant[k]])
            node = children[node].setdefault(test, len(children))
            if node == len(children):
                children.append({})
                ends.append([])
        first = (variant[0] == EDGE) - anchor
        last = len(variant) - (variant[-1] == EDGE) - anchor
        ends[node].append((cue, first, last))
    level_order = [0]
    tests: list[tuple[int, int]] = []
    for node in level_order:  # grows while it is read: breadth first
        level_order.extend(children[node].values())
        tests.extend(children[node])
    nodes = level_order[1:]
    offset, element = np.array(tests).T
    cue, first, last = np.array([end for node in nodes for end in ends[node]]).T
    return (
        offset.astype(np.int8),
        element.astype(np.int16),
        np.array([len(children[node]) for node in nodes], dtype=np.int16),
        np.array([len(ends[node]) for node in nodes], dtype=np.int16),
        cue.astype(np.int16),
        first.astype(np.int8),
        last.astype(np.int8),
    )
