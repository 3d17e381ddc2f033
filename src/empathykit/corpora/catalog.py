"""The catalogue: what every corpus is, its licence, source and known problems."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

_CATALOG = Path(__file__).with_name("catalog.toml")
_CARDS = Path(__file__).with_name("cards")


class CorpusError(ValueError):
    """A corpus that is missing, or not the one that the catalogue describes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files that give the records of one split, or of a corpus without splits.

    Attributes
    ----------
    files : mapping of str to str
        Path to SHA-256, "" where none is on record.
    split : str or None
    rows : int or None
        Number of records that must come out, where it is known.
    """

    files: Mapping[str, str]
    split: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One form in which a corpus may lie in a folder, and the reader for it."""

    reader: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """Where a corpus lies on the Hugging Face hub, and the reader for its rows."""

    id: str
    revision: str
    reader: str
    config: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """An entry of the catalogue.

    Attributes
    ----------
    name, title, description, task : str
    labels : mapping of str to tuple
        Column to the values that it may hold.
    ranges : mapping of str to tuple of float
        Column of real numbers to its least and greatest value.
    group : str
        Column whose values must stay on one side of a split; "" if none is known.
    splits : tuple of str
        Names of the splits; none for a corpus that comes in one piece.
    columns : tuple of str
        Keys of a record, in order.
    licence : str
        SPDX identifier, "none stated", or "per source".
    commercial_use : str
        ``yes``, ``no``, or which part may be used so.
    licence_note : str
    url, revision : str
        Where upstream lies, and the version that was read.
    problems : tuple of str
        Leaks, noise and traps.
    citation : str
        BibTeX.
    layouts : tuple of Layout
    hub : Hub or None
    bundled : bool
        Whether the files are inside the package.
    """

    name: str
    title: str
    description: str
    task: str
    labels: Mapping[str, tuple[Any, ...]]
    group: str
    splits: tuple[str, ...]
    columns: tuple[str, ...]
    licence: str
    commercial_use: str
    licence_note: str
    url: str
    problems: tuple[str, ...]
    citation: str
    revision: str = ""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
    hub: Hub | None = None
    bundled: bool = False

    @property
    def source(self) -> str:
        """Where to get the corpus, as one phrase for messages."""
        return f"{self.url}, revision {self.revision}" if self.revision else self.url


def list_corpora() -> tuple[Corpus, ...]:
    """Return the entries of the catalogue.

    Returns
    -------
    tuple of Corpus

    Examples
    --------
    >>> [c.name for c in list_corpora() if c.commercial_use == "yes"]
    ['triads', 'empathic_reactions', 'empathetic_dialogues', 'goemotions']
    """
    return tuple(_catalog().values())


def find_corpus(name: str) -> Corpus:
    """Return the entry of that name.

    Raises
    ------
    ValueError
        If there is none; the message names the closest.
    """
    names = list(_catalog())
    if name not in names:
        close = get_close_matches(str(name), names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"name must be one of {names}; got {name!r}.{hint}")
    return _catalog()[name]


@cache
def _catalog() -> dict[str, Corpus]:
    entries = tomllib.loads(_CATALOG.read_text(encoding="utf-8"))
    return {name: _parse(name, entry) for name, entry in entries.items()}


def _parse(name: str, entry: dict[str, Any]) -> Corpus:
    for key in ("description", "licence_note", "citation"):
        entry[key] = entry[key].strip()
    for key in ("splits", "columns", "problems"):
        entry[key] = tuple(entry[key])
    for key in ("labels", "ranges"):
        entry[key] = {k: tuple(v) for k, v in entry.get(key, {}).items()}
    entry["layouts"] = tuple(
        Layout(layout["reader"], tuple(Part(**part) for part in layout["parts"]))
        for layout in entry.get("layouts", ())
    )
    entry["hub"] = Hub(**entry["hub"]) if "hub" in entry else None
    return Corpus(name=name, **entry)


def read_data_card(corpus: Corpus) -> str:
    """Return the data card of a corpus that this project made, else "".

    Parameters
    ----------
    corpus : Corpus
    """
    path = _CARDS / f"{corpus.name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
