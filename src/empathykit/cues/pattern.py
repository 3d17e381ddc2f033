"""The pattern language of the cue lexicon, written out as fixed-length variants.

======================  =====================================================
``word``                that word, however it is cased
``(a|b c)``             one of these words or runs of words
``word?`` ``(a|b)?``    with or without it
``stem*``               any word that starts so
``<CLASS>``             any word of a class; ``<NUMBER>`` is built in
``~2``                  up to two tokens between, within the sentence
``^`` ``$``             start or end of a sentence
``,`` ``?`` …           that mark, standing alone
======================  =====================================================

A pattern means the finite set of token sequences that it can match, so optional words
and gaps are written out: ``so ~1 sorry`` is ``so sorry`` and ``so ANY sorry``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from ..text import fold, tokenize

Element = frozenset[str]
"""What one token may be: words, ``stem*`` and the names below."""
Variant = tuple[Element, ...]

ANY: Element = frozenset({"<ANY>"})
EDGE: Element = frozenset({"<EDGE>"})
NUMBER: Element = frozenset({"<NUMBER>"})
BUILT_IN = ANY | EDGE | NUMBER
MAX_VARIANTS = 256
MAX_TOKENS = 16
MAX_GAP = 5

_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)*\*?")  # nearly all: no need to tokenise
_SIGNS = frozenset("()|?*<>~^$")
_ITEM = re.compile(r"\(([^()]*)\)(\??)(?=\s|$)|([^\s()]+)")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says where."""


def expand(pattern: str, classes: Mapping[str, Element]) -> list[Variant]:
    """Return every token sequence that `pattern` can match.

    Parameters
    ----------
    pattern : str
        See the table above.
    classes : mapping of str to frozenset of str
        The words and stems of each class.

    Raises
    ------
    PatternError
        If an item is unknown, or the pattern is too wide or has no word.

    Examples
    --------
    >>> for variant in expand("so ~1 sorry", {}):
    ...     print([sorted(element) for element in variant])
    [['so'], ['sorry']]
    [['so'], ['<ANY>'], ['sorry']]
    """
    choices = list(_choices(pattern, classes))
    n_variants = 1
    for choice in choices:
        n_variants *= len(choice)
    if n_variants > MAX_VARIANTS:
        raise PatternError(
            f"{pattern!r} has {n_variants} variants, at most {MAX_VARIANTS} may be; "
            "write it as several patterns"
        )
    variants = [sum(parts, ()) for parts in product(*choices)]
    for variant in variants:
        if all(element in (ANY, EDGE) for element in variant):
            raise PatternError(f"{pattern!r} can match without any word; name one")
        if EDGE in variant[1:-1]:
            raise PatternError(f"{pattern!r}: ^ and $ may stand at the ends only")
        if len(variant) > MAX_TOKENS:
            raise PatternError(f"{pattern!r} is longer than {MAX_TOKENS} tokens")
    return list(dict.fromkeys(variants))


def _choices(pattern: str, classes: Mapping[str, Element]) -> Iterator[list[Variant]]:
    """Yield, for each item of the pattern, the sequences it can stand for."""
    at = 0
    for match in _ITEM.finditer(pattern):
        if pattern[at : match.start()].strip():
            break
        at = match.end()
        group, optional, item = match.groups()
        if item is None:
            yield _group(group, classes) + ([()] if optional else [])
        elif len(item) > 1 and item.endswith("?"):
            yield [_single(item[:-1], classes), ()]
        elif item.startswith("~"):
            yield _gap(item)
        else:
            yield [_single(item, classes)]
    if pattern[at:].strip():
        raise PatternError(f"{pattern!r} cannot be read at {pattern[at:].strip()!r}")


def _group(inside: str, classes: Mapping[str, Element]) -> list[Variant]:
    """Merge alternatives of one token to one element, which costs no variant."""
    sequences = [
        sum((_single(item, classes) for item in branch.split()), ())
        for branch in inside.split("|")
    ]
    if not all(sequences):
        raise PatternError(f"'({inside})' has an empty branch; write '(...)?' instead")
    # An edge is no token of the hit, so it must not hide among others that are.
    single = [s[0] for s in sequences if len(s) == 1 and s[0] != EDGE]
    merged: list[Variant] = [(frozenset().union(*single),)] if single else []
    return merged + [s for s in sequences if len(s) > 1 or s[0] == EDGE]


def _gap(item: str) -> list[Variant]:
    if not item[1:].isdecimal() or not 1 <= int(item[1:]) <= MAX_GAP:
        raise PatternError(f"a gap is ~1 to ~{MAX_GAP}; got {item!r}")
    return [(ANY,) * n for n in range(int(item[1:]) + 1)]


def _single(item: str, classes: Mapping[str, Element]) -> Variant:
    if item in ("^", "$"):
        return (EDGE,)
    if item.startswith("<") and item.endswith(">"):
        return (_class(item, classes),)
    return words(item)


def _class(item: str, classes: Mapping[str, Element]) -> Element:
    if item == "<NUMBER>":
        return NUMBER
    if item[1:-1] not in classes:
        raise PatternError(f"class {item} is not defined")
    return classes[item[1:-1]]


def is_stem(atom: str) -> bool:
    """Whether an atom of an element stands for all words that start so."""
    return len(atom) > 1 and atom.endswith("*")


def words(item: str) -> Variant:
    """Return the tokens of a written word or ``stem*``, each as an element."""
    if _PLAIN.fullmatch(item):
        return (frozenset({item}),)
    stem = is_stem(item)
    text = item[:-1] if stem else item
    if len(text) > 1 and _SIGNS.intersection(text):
        raise PatternError(f"{item!r} cannot stand here, see the pattern language")
    table = tokenize([text])
    tokens = [fold(text[a:b]) for a, b in zip(table.start, table.end, strict=True)]
    written = "".join(tokens)
    if not tokens or written != text or (stem and len(tokens) > 1):
        raise PatternError(f"{item!r} is not a word in lower case with plain quotes")
    if len(tokens) > 1 and not any(token.isalnum() for token in tokens):
        raise PatternError(f"{item!r} is not a word")
    return tuple(frozenset({token + "*" * stem}) for token in tokens)
