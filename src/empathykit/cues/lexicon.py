"""Read a cue lexicon: word classes, then cues with patterns and examples."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .pattern import Element, PatternError, Variant, expand, words

CONSTRUCTS = ("E1", "E2", "E3", "E4", "E5", "E6", "S1", "S2", "S3", "S4", "S5", "N")
LABELS = {"E": "empathy", "S": "sympathy", "N": "neutral"}
"""By the first letter of a construct."""
BUNDLED = {"en": Path(__file__).parent / "cues-en.toml"}
MIN_EXAMPLES = 2

_KEYS = {
    "name": str,
    "construct": str,
    "patterns": list,
    "examples": list,
    "counter_examples": list,
    "source": str,
    "cancels": bool,
}
_OPTIONAL = {"cancels"}


class LexiconError(ValueError):
    """A lexicon file that cannot be used; says file, line and reason."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A named family of phrases that hints at one construct of the label guide."""

    name: str
    construct: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    source: str = ""
    cancels: bool = False
    """Whether a hit removes the hits of other cues that it overlaps."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word classes and the cues built from them."""

    classes: Mapping[str, Element]
    cues: tuple[Cue, ...]
    common: tuple[str, ...] = ()
    """The commonest words of the language, the commonest first: for speed alone."""

    def variants(self, cue: Cue) -> list[Variant]:
        """Return every token sequence that makes a cue fire.

        Parameters
        ----------
        cue : Cue
            One of `cues`.
        """
        found = (v for p in cue.patterns for v in expand(p, self.classes))
        return list(dict.fromkeys(found))


def load_lexicon(name: str | Path) -> Lexicon:
    """Read a bundled lexicon by name, or a TOML file by path.

    Parameters
    ----------
    name : str or Path
        ``"en"``, or the path of a file laid out like ``cues-en.toml``.

    Raises
    ------
    LexiconError
        If the file is malformed; the message gives file, line and reason.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> lexicon = load_lexicon("en")
    >>> sorted({cue.construct for cue in lexicon.cues})[:3]
    ['E1', 'E2', 'E3']
    """
    path = BUNDLED.get(str(name), Path(name))
    if not path.is_file():
        raise FileNotFoundError(
            f"cues must be one of {sorted(BUNDLED)} or the path of a TOML file; "
            f"found no file at {path}."
        )
    try:
        source = path.read_text(encoding="utf-8")
        return _build(tomllib.loads(source), _Lines(path, source))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path}, line {line}: not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path}: not valid TOML: {error}") from error


class _Lines:
    """Finds the line to blame: TOML parsers keep none."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.lines = source.split("\n")
        self.headers = [
            i for i, line in enumerate(self.lines) if re.match(r"\s*\[\[cue\]\]", line)
        ]

    def error(
        self, reason: str, *, cue: int | None = None, key: str = "", value: str = ""
    ) -> LexiconError:
        """Blame the line of `value` under `key`, else that of `key`, else the cue's."""
        first = 0 if cue is None else self.headers[cue]
        last = len(self.lines)
        if cue is not None and cue + 1 < len(self.headers):
            last = self.headers[cue + 1]
        at = first
        if key:
            begin = rf"^\s*\[*[\"']?{re.escape(key)}[\"']?\s*[=\]]"
            at = self._find(begin, first, last)
        if value:
            word = rf"(?<![^\s\"']){re.escape(value)}(?![^\s\"'])"
            at = self._find(word, at, last)
        return LexiconError(f"{self.path}, line {at + 1}: {reason}")

    def _find(self, pattern: str, first: int, last: int) -> int:
        """Return the first line that holds the pattern, else `first`."""
        hits = (i for i in range(first, last) if re.search(pattern, self.lines[i]))
        return next(hits, first)


def _build(data: dict[str, Any], lines: _Lines) -> Lexicon:
    if unknown := set(data) - {"classes", "cue", "common"}:
        name = sorted(unknown)[0]
        reason = f"only common, [classes] and [[cue]] may stand here; got {name!r}"
        raise lines.error(reason, key=name)
    common = data.get("common", "")
    if not isinstance(common, str):
        reason = "common must be one string of words with spaces between"
        raise lines.error(reason, key="common")
    table, rows = data.get("classes", {}), data.get("cue")
    if not isinstance(table, dict):
        raise lines.error("classes must stand under a line [classes]", key="classes")
    classes = {name: _class(name, value, lines) for name, value in table.items()}
    if not isinstance(rows, list) or not rows or len(rows) != len(lines.headers):
        raise lines.error("a lexicon needs cues, each under a line [[cue]]")
    cues: list[Cue] = []
    for i, row in enumerate(rows):
        cues.append(_cue(i, row, classes, lines))
        if cues[-1].name in {cue.name for cue in cues[:-1]}:
            reason = f"cue {cues[-1].name!r} is defined twice"
            raise lines.error(reason, cue=i, key="name")
    return Lexicon(classes, tuple(cues), tuple(common.split()))


def _class(name: str, value: object, lines: _Lines) -> Element:
    if not re.fullmatch(r"[A-Z][A-Z_]*", name) or name in ("NUMBER", "ANY", "EDGE"):
        reason = f"a class needs a name in CAPITALS that is not built in; got {name!r}"
        raise lines.error(reason, key=name)
    if not isinstance(value, str) or not value.split():
        reason = f"class {name} must be one string of words with spaces between"
        raise lines.error(reason, key=name)
    members: set[str] = set()
    for word in value.split():
        try:
            (element,) = words(word)
        except (PatternError, ValueError) as error:
            reason = f"class {name}: {word!r} is not one token in lower case"
            raise lines.error(reason, key=name, value=word) from error
        if element <= members:
            raise lines.error(f"class {name}: {word!r} stands twice", key=name)
        members |= element
    return frozenset(members)


def _cue(
    i: int, row: dict[str, Any], classes: Mapping[str, Element], lines: _Lines
) -> Cue:
    name = row.get("name", f"number {i + 1}")
    for key in row.keys() | (_KEYS.keys() - _OPTIONAL):
        if key not in _KEYS:
            raise lines.error(f"cue {name}: unknown key {key!r}", cue=i, key=key)
        if not isinstance(row.get(key), _KEYS[key]):
            reason = f"cue {name}: needs {key} ({_KEYS[key].__name__})"
            raise lines.error(reason, cue=i, key=key)
    if row["construct"] not in CONSTRUCTS:
        got = row["construct"]
        reason = f"cue {name}: construct must be one of {CONSTRUCTS}; got {got!r}"
        raise lines.error(reason, cue=i, key="construct")
    for key in ("examples", "counter_examples", "patterns"):
        _check_strings(i, row, key, lines)
    for pattern in row["patterns"]:
        try:
            expand(pattern, classes)
        except PatternError as error:
            raise lines.error(
                f"cue {name}: {error}", cue=i, key="patterns", value=pattern
            ) from error
    lists: dict[str, Any] = {k: tuple(v) for k, v in row.items() if isinstance(v, list)}
    return Cue(**(row | lists))


def _check_strings(i: int, row: dict[str, Any], key: str, lines: _Lines) -> None:
    least = 1 if key == "patterns" else MIN_EXAMPLES
    value = row[key]
    if not all(isinstance(item, str) and item.strip() for item in value):
        reason = f"cue {row['name']}: {key} must hold non-empty strings"
        raise lines.error(reason, cue=i, key=key)
    if len(set(value)) < least:
        reason = (
            f"cue {row['name']}: needs at least {least} {key}; got {len(set(value))}"
        )
        raise lines.error(reason, cue=i, key=key)
