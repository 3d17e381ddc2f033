"""Write records as csv, tsv or jsonl, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .._checks import share_as_new
from .rows import InputError

# A lone surrogate, which only JSON can bring in, is written as JSON would.
_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "errors": "backslashreplace",
    "newline": "",
}


class _UnixLines:
    """Ends lines in LF, while the csv module, set to CRLF, quotes a lone CR too."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def write(self, line: str) -> None:
        self._out.write(line.removesuffix("\r\n") + "\n")


def make_writer(out: IO[str], format_: str) -> Callable[[Mapping[str, Any]], None]:
    """Return a function that writes one record a call, after a header if need be.

    The function raises InputError for a column that the first record did not have.
    """
    if format_ == "jsonl":
        return lambda record: print(json.dumps(record, ensure_ascii=False), file=out)
    table = csv.writer(_UnixLines(out), delimiter="," if format_ == "csv" else "\t")
    header: list[str] = []

    def write(record: Mapping[str, Any]) -> None:
        if not header:
            header.extend(record)
            table.writerow(header)
        if more := sorted(record.keys() - set(header)):
            raise InputError(
                f"a later row has columns that the first one lacks: {more}; "
                "a table cannot hold them, write jsonl with --format jsonl"
            )
        table.writerow([_cell(record.get(name, "")) for name in header])

    return write


def _cell(value: Any) -> Any:
    """Return a JSON value as one cell."""
    is_nested = isinstance(value, dict | list | bool)
    return json.dumps(value, ensure_ascii=False) if is_nested else value


@contextmanager
def open_output(path: str) -> Iterator[IO[str]]:
    """Open standard output, or a file that appears only when all went well."""
    target = Path(path).resolve()
    if path == "-":
        sys.stdout.reconfigure(**_OPTIONS)  # type: ignore[union-attr]
        yield sys.stdout
        sys.stdout.flush()
    elif target.exists() and not target.is_file():  # a device or a pipe
        with target.open("w", **_OPTIONS) as out:
            yield out
    else:
        yield from _replace(target)


def _replace(target: Path) -> Iterator[IO[str]]:
    if not target.parent.is_dir():
        raise InputError(f"{target}: there is no such folder to write to")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", **_OPTIONS) as out:
            yield out
        share_as_new(Path(name))
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
