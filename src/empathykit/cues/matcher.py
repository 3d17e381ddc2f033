"""Find cues in a token table, all cues and all texts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._hashindex import HashIndex
from .._types import Bools, Ints
from ..text import DIGIT, TokenTable, tokenize
from .compile import N_BASIC, NUMBER_TOKEN, OTHER_TOKEN, TEXT_EDGE, CompiledCues


@dataclass(eq=False)
class Hits:
    """Where cues were found, one entry a hit; a cue may hit one place several times.

    Attributes
    ----------
    cue : ndarray of intp
        Index into the names of the cues.
    text_index : ndarray of intp
    first, last : ndarray of intp
        The first stream entry of the hit and the one after its last.
    """

    cue: Ints
    text_index: Ints
    first: Ints
    last: Ints

    def spans(self, table: TokenTable) -> tuple[Ints, Ints]:
        """Return start and end character of each hit in its own text.

        Parameters
        ----------
        table : TokenTable
            The table in which the cues were found.
        """
        offsets = table.offsets[self.text_index]
        start = table.stream_start[self.first] - offsets
        return start, table.stream_end[self.last - 1] - offsets


class CueMatcher:
    """Finds the cues of a compiled lexicon.

    Parameters
    ----------
    compiled : CompiledCues

    Examples
    --------
    >>> from empathykit.cues import compile_lexicon, load_lexicon
    >>> matcher = CueMatcher(compile_lexicon(load_lexicon("en")))
    >>> table = tokenize(["I'm so sorry to hear that."])
    >>> {matcher.compiled.constructs[cue] for cue in matcher.match(table).cue}
    {'S1'}
    """

    def __init__(self, compiled: CompiledCues) -> None:
        self.compiled = c = compiled
        self._words = HashIndex(tokenize(c.words).hash)
        lengths = np.array([len(stem) for stem in c.stems], dtype=np.intp)
        self._stem_lengths = np.unique(lengths)
        stems = tokenize(c.stems)
        self._stems = HashIndex(stems.hash)
        starts = stems.prefix_hash(stems.edges[:-1] + 1, lengths.min(initial=99))
        heads, head = np.unique(starts, return_inverse=True)
        self._heads = HashIndex(heads)
        self._head_has = np.zeros((len(heads), len(self._stem_lengths)), dtype=bool)
        self._head_has[head, np.searchsorted(self._stem_lengths, lengths)] = True
        symbols = np.split(c.symbol.astype(np.intp), [N_BASIC, N_BASIC + len(c.words)])
        basic, self._word_symbol, self._stem_symbol = symbols
        self._other_or_number = basic[[OTHER_TOKEN, NUMBER_TOKEN]]
        self._text_edge = basic[TEXT_EDGE]
        self._accepts = c.accepts.ravel()
        self._row = c.node_element.astype(np.intp) * c.accepts.shape[1]
        self._offset = c.node_offset.astype(np.intp)
        n_roots = len(c.node_offset) - int(c.node_children.sum())
        self._children = _Lists(c.node_children, first=n_roots)
        self._ends = _Lists(c.node_ends, first=0)
        self._cue = c.end_cue.astype(np.intp)
        self._first, self._last = (
            c.end_first.astype(np.intp),
            c.end_last.astype(np.intp),
        )
        self._list_second_tests(n_roots)
        self._pad = int(np.abs(c.node_offset).max(initial=0)) + 1
        self._room = np.full(self._pad, self._text_edge)

    def _list_second_tests(self, n_roots: int) -> None:
        """List the second tests to make at an anchor, by the symbol of its token.

        Those of one offset are a group: where none of them accepts the token, which one
        look-up tells, none is made.
        """
        c, n_symbols = self.compiled, self.compiled.accepts.shape[1]
        element, accepted = np.divmod(np.flatnonzero(c.accepts), n_symbols)
        accepted_by = _Lists(np.bincount(element, minlength=len(c.accepts)), first=0)
        tested = c.node_element.astype(np.intp)
        item, root = accepted_by.of(tested[:n_roots], np.arange(n_roots))
        node, symbol = self._children.of(root, accepted[item])
        order = np.lexsort((self._offset[node], symbol))
        self._second, symbol = node[order], symbol[order]
        group = self._group_by_offset(symbol, n_symbols)
        item, group = accepted_by.of(tested[self._second], group)
        self._width = n_symbols // 8 + 1
        n_groups = len(self._group_offset)
        self._any = _set_bits(group, accepted[item], n_groups, self._width)

    def _group_by_offset(self, symbol: Ints, n_symbols: int) -> Ints:
        """Return the group of each second test; they are in the order of symbols."""
        offset = self._offset[self._second]
        new = np.diff(symbol * _FAR + offset, prepend=-_FAR) != 0
        sizes = np.diff(new.nonzero()[0], append=len(symbol))
        self._members = _Lists(sizes, first=0)
        self._groups = _Lists(np.bincount(symbol[new], minlength=n_symbols), first=0)
        self._group_offset = offset[new]
        group: Ints = new.cumsum() - 1
        return group

    def match(self, table: TokenTable) -> Hits:
        """Return all hits of all cues.

        Parameters
        ----------
        table : TokenTable
            From `empathykit.text.tokenize`.
        """
        symbols = self._symbols(table)
        node, at = self._second_tests(symbols)
        nodes, places = [_NONE], [_NONE]
        while node.size:
            cell = symbols.take(at + self._offset.take(node))
            cell += self._row.take(node)
            passed = self._accepts.take(cell).nonzero()[0]
            node, at = node.take(passed), at.take(passed)
            nodes.append(node)
            places.append(at)
            node, at = self._children.of(node, at)
        found = self._ends.of(np.concatenate(nodes), np.concatenate(places))
        return self._hits(table, *found)

    def _second_tests(self, symbols: Ints) -> tuple[Ints, Ints]:
        """Return the second tests that may pass, and where."""
        group, at = self._groups.of(symbols, np.arange(len(symbols)))
        there = symbols.take(at + self._group_offset.take(group))
        group_bits = self._any.take(group * self._width + (there >> 3))
        may = (group_bits >> (there & 7).astype(np.uint8) & 1).nonzero()[0]
        listed, at = self._members.of(group.take(may), at.take(may))
        return self._second.take(listed), at

    def _hits(self, table: TokenTable, end: Ints, at: Ints) -> Hits:
        at = at - self._pad
        cue = self._cue.take(end)
        first, last = at + self._first.take(end), at + self._last.take(end)
        cancels = self.compiled.cancels.take(cue)
        if cancels.any():
            keep = cancels | ~_overlaps(first, last, cancels, len(table.stream_hash))
            cue, first, last = cue[keep], first[keep], last[keep]
        return Hits(cue, table.stream_text.take(first), first, last)

    def _symbols(self, table: TokenTable) -> Ints:
        """Symbol of each stream entry, with room for any sequence on either side."""
        found = self._words.find(table.stream_hash)
        inner = self._word_symbol.take(found)
        unknown = (found < 0).nonzero()[0]
        digit = table.first_kind.take(unknown) == DIGIT
        inner[unknown] = self._other_or_number.take(digit)
        if self._stem_lengths.size:
            self._match_stems(table, unknown, inner)
        inner[table.edges] = self._text_edge
        return np.concatenate((self._room, inner, self._room))

    def _match_stems(self, table: TokenTable, at: Ints, symbols: Ints) -> None:
        """Set the symbol of tokens that start with a stem; the longest stem decides."""
        length = table.stream_end.take(at) - table.stream_start.take(at)
        at = at[length >= self._stem_lengths[0]]
        head = self._heads.find(table.prefix_hash(at, self._stem_lengths[0]))
        known = (head >= 0).nonzero()[0]
        if not known.size:  # few tokens begin as a stem does
            return
        at, head = at.take(known), head.take(known)
        length = table.stream_end.take(at) - table.stream_start.take(at)
        may = self._head_has[head] & (length[:, None] >= self._stem_lengths)
        row, k = may.nonzero()  # row by row, so the longest stem is written last
        at = at.take(row)
        found = self._stems.find(table.prefix_hash(at, self._stem_lengths.take(k)))
        hit = found >= 0
        symbols[at[hit]] = self._stem_symbol[found[hit]]


def _overlaps(first: Ints, last: Ints, chosen: Bools, n: int) -> Bools:
    """Say which of the stretches ``first:last`` overlap a chosen one."""
    change = np.zeros(n + 1, dtype=np.intp)
    np.add.at(change, first[chosen], 1)
    np.add.at(change, last[chosen], -1)
    covered = np.concatenate(([0], np.cumsum(np.cumsum(change) > 0)))
    overlaps: Bools = covered[last] > covered[first]
    return overlaps


def _set_bits(row: Ints, column: Ints, n_rows: int, width: int) -> NDArray[np.uint8]:
    """Return rows of bits, as `width` bytes each: an eighth of what bools take."""
    found = np.zeros(n_rows * width, dtype=np.uint8)
    byte, bit = np.divmod(column, 8)
    np.bitwise_or.at(found, row * width + byte, (1 << bit).astype(np.uint8))
    return found


_FAR = 1 << 16  # above any offset
_NONE: Ints = np.empty(0, dtype=np.intp)


class _Lists:
    """Lists of consecutive numbers, one list after the other."""

    def __init__(self, counts: NDArray[np.integer], *, first: int) -> None:
        self._count = counts.astype(np.intp)
        self._end = np.cumsum(self._count) + first

    def of(self, owners: Ints, carried: Ints) -> tuple[Ints, Ints]:
        """Return the items of the owners' lists, each with what its owner carries."""
        count = self._count.take(owners)
        shift = self._end.take(owners)
        shift -= count.cumsum()
        items = shift.repeat(count)
        items += np.arange(len(items))
        return items, carried.repeat(count)
