"""One door to every corpus of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from .._checks import require
from . import readers
from .catalog import Corpus, CorpusError, Hub, find_corpus
from .formats import Record
from .sources import check_files, find_layout, find_root

As = Literal["records", "datasets", "pandas"]


def load_corpus(
    name: str,
    root: str | Path | None = None,
    split: str | None = None,
    as_: As = "records",
) -> Any:
    """Load a corpus of the catalogue.

    Parameters
    ----------
    name : str
        As `list_corpora` gives it.
    root : str or Path, default=None
        Folder with the files, ours or upstream's own, directly or in a folder of the
        corpus's name; the environment variable ``EMPATHYKIT_CORPORA`` if None. Without
        either, a corpus that lies on the Hugging Face hub is fetched from there by the
        `datasets` package. `triads` is inside the package and needs no folder.
    split : str or None, default=None
        One split, or all of them.
    as_ : {"records", "datasets", "pandas"}, default="records"
        A list of dicts, a `datasets.Dataset`, or a `pandas.DataFrame`.

    Returns
    -------
    list of dict, datasets.Dataset or pandas.DataFrame
        The columns are those of the catalogue entry.

    Raises
    ------
    ValueError
        If there is no corpus or split of that name.
    CorpusError
        If files are missing, changed, or lack a column; the message gives the path and
        where to get the corpus.
    ModuleNotFoundError
        If `as_` or the hub needs a package that is not installed.

    Examples
    --------
    >>> rows = load_corpus("triads", split="validation")
    >>> sorted({row["label"] for row in rows})
    ['empathy', 'neutral', 'sympathy']
    """
    if as_ not in ("records", "datasets", "pandas"):
        raise ValueError(f"as_ must be 'records', 'datasets' or 'pandas'; got {as_!r}.")
    records = read_corpus(find_corpus(name), root, split)
    if as_ == "datasets":
        return require("datasets", extra="datasets").Dataset.from_list(records)
    if as_ == "pandas":
        return _frame(records)
    return records


def read_corpus(
    corpus: Corpus, root: str | Path | None = None, split: str | None = None
) -> list[Record]:
    """Return the checked records of a catalogue entry, from a folder or the hub."""
    if split is not None and split not in corpus.splits:
        raise ValueError(
            f"split must be one of {list(corpus.splits)} or None for {corpus.name!r}; "
            f"got {split!r}."
        )
    folder = find_root(root)
    if folder is None and corpus.hub is not None:
        place, rows = _from_hub(corpus, corpus.hub)
    else:
        place, rows = _from_files(corpus, folder, split)
    records = [{name: row.get(name) for name in corpus.columns} for row in rows]
    if split is not None:
        records = [record for record in records if record["split"] == split]
        if not records:
            raise CorpusError(f"{place}: has no split {split!r}; load it whole.")
    _check_values(corpus, records, place)
    return records


def _from_files(
    corpus: Corpus, root: Path | None, split: str | None
) -> tuple[str, list[Record]]:
    layout, folder = find_layout(corpus, root)
    read: readers.Reader = getattr(readers, layout.reader)
    rows = []
    for part in layout.parts:
        if split is not None and part.split not in (None, split):
            continue
        paths = check_files(corpus, part, folder)
        place = ", ".join(map(str, paths))
        found = _guarded(place, corpus, partial(read, corpus, paths, part.split))
        if part.rows is not None and len(found) != part.rows:
            raise CorpusError(
                f"{place}: must give {part.rows:,} records; got {len(found):,}. Get it "
                f"again from {corpus.source}."
            )
        rows += [{"split": part.split} | row for row in found]
    return str(folder), rows


def _from_hub(corpus: Corpus, hub: Hub) -> tuple[str, list[Record]]:
    """Fetch with `datasets`, whose cache keeps what it has once fetched."""
    datasets = require("datasets", extra="datasets")
    try:
        parts = datasets.load_dataset(hub.id, hub.config, revision=hub.revision)
    except OSError as error:
        raise CorpusError(
            f"{corpus.name}: cannot be had from the hub ({hub.id}): {error}. Pass root "
            f"instead, a folder with the files from {corpus.source}."
        ) from error
    place = f"hub data set {hub.id}"
    rows: list[Record] = []
    read = getattr(readers, hub.reader)
    for split, table in parts.items():
        found = _guarded(place, corpus, partial(read, corpus, table))
        rows += [{"split": split} | row for row in found]
    return place, rows


def _guarded(
    place: str, corpus: Corpus, read: Callable[[], Iterable[Record]]
) -> list[Record]:
    """Turn what a reader trips over into an error that names the place."""
    try:
        return list(read())
    except CorpusError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"{place}: not in the form that {corpus.name!r} has ({error!r}). Get it "
            f"again from {corpus.source}."
        ) from error


def _check_values(corpus: Corpus, records: list[Record], place: str) -> None:
    """Make sure that every label is one that the catalogue knows."""
    for column, known in corpus.labels.items():
        for record in records:
            value = record[column]
            for label in value if isinstance(value, list) else [value]:
                if label not in known:
                    raise CorpusError(
                        f"{place}: {column} of {record['id']} must be one of "
                        f"{list(known)}; got {label!r}."
                    )


def _frame(records: list[Record]) -> Any:
    """Return a data frame that keeps None as it is, where pandas would make it NaN."""
    pandas = require("pandas", extra="datasets")
    frame = pandas.DataFrame(records)
    for column in frame.columns:
        values = [record[column] for record in records]
        if any(value is None for value in values):
            frame[column] = pandas.Series(values, dtype=object)
    return frame
