"""The file formats that corpora come in, read with checks of their columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .catalog import CorpusError

Record = dict[str, Any]


def read_json_lines(path: Path, needs: Sequence[str]) -> Iterator[Record]:
    """Yield the objects of a JSON Lines file that have all the keys in `needs`."""
    with path.open("rb") as lines:
        for n, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise CorpusError(f"{path}, line {n}: not JSON in UTF-8.") from error
            _need(f"{path}, line {n}", row if isinstance(row, dict) else (), needs)
            yield row


def read_table(path: Path, needs: Sequence[str], **options: Any) -> Iterator[Record]:
    """Yield the rows of a table whose header has all the columns in `needs`.

    `options` go to `csv.DictReader`, but ``encoding``, of the file (default: UTF-8).
    """
    encoding = options.pop("encoding", "utf-8-sig")
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.DictReader(file, **options)
        try:
            _need(f"{path}, line 1", rows.fieldnames or (), needs)
            for row in rows:
                if any(row[name] is None for name in needs):
                    raise CorpusError(f"{path}, line {rows.line_num}: too few cells.")
                yield row
        except (UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(f"{path}: not a {encoding} table: {error}") from error


def _need(place: str, found: Iterable[str], needs: Sequence[str]) -> None:
    found = list(found)
    if missing := [name for name in needs if name not in found]:
        raise CorpusError(f"{place}: needs the columns {missing}; got {found}.")
