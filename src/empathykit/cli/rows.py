"""Read texts with their columns from txt, csv, tsv or jsonl, a row at a time."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FORMATS = ("txt", "csv", "tsv", "jsonl")
MAX_CELL = 2**27  # characters; the csv module refuses longer cells
_DELIMITER = {"csv": ",", "tsv": "\t"}


class InputError(ValueError):
    """Input that cannot be read; the message gives file and line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text with the columns that came with it."""

    line: int
    values: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from, and what to do with a bad one.

    Attributes
    ----------
    path : str
        A file, or ``-`` for standard input.
    format : str or None
        One of `FORMATS`; guessed if None.
    text_column : str
    on_error : "skip" or "stop"
    warn : callable
        Told of every row that is skipped.
    """

    path: str
    format: str | None
    text_column: str
    on_error: str
    warn: Callable[[str], None]

    def fail(self, line: int, reason: str) -> None:
        """Raise, or warn and go on."""
        message = f"{self.path}, line {line}: {reason}"
        if self.on_error == "stop":
            raise InputError(message)
        self.warn(f"skipped {message}")


def open_source(path: str) -> IO[bytes]:
    """Open a file, or standard input for ``-``, for reading bytes."""
    return sys.stdin.buffer if path == "-" else Path(path).open("rb")


def find_format(source: Source, file: IO[bytes]) -> str:
    """Return the format: as asked, else by suffix, else by the first line."""
    suffix = Path(source.path).suffix.lower().lstrip(".")
    if source.format or suffix in FORMATS:
        return source.format or suffix
    start = file.peek(io.DEFAULT_BUFFER_SIZE) if hasattr(file, "peek") else b""
    line, whole, _ = start.partition(b"\n")
    first = line.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if first.startswith("{") and (first.endswith("}") or not whole):
        return "jsonl"
    for name, delimiter in _DELIMITER.items():
        cells = next(csv.reader([first], delimiter=delimiter), [])
        if len(cells) > 1 and source.text_column in cells:
            return name
    return "txt"


def read_rows(source: Source, file: IO[bytes], format_: str) -> Iterator[Row]:
    """Yield the rows of a file, whatever its size.

    Raises
    ------
    InputError
        At a bad row, if `source` says to stop; at a missing text column always.
    """
    lines = _decode(file)
    if format_ in _DELIMITER:
        yield from _table_rows(source, lines, _DELIMITER[format_])
        return
    parse = _json_row if format_ == "jsonl" else _plain_row
    for n, line in enumerate(lines, start=1):
        try:
            row = parse(source, n, line.rstrip("\r\n"))
        except InputError as error:
            source.fail(n, str(error))
        else:
            if row is not None:
                yield row


def _decode(file: IO[bytes]) -> Iterator[str]:
    """Yield lines without byte order mark; what is not UTF-8 is marked, see below."""
    for n, line in enumerate(file):
        text = line.decode("utf-8", "surrogateescape")
        yield text.removeprefix("\ufeff") if n == 0 else text


def _check_utf8(*strings: str) -> None:
    for string in strings:
        if not string.isascii() and any("\udc80" <= c <= "\udcff" for c in string):
            raise InputError("is not UTF-8; convert the file first")


def _plain_row(source: Source, n: int, line: str) -> Row:
    _check_utf8(line)
    return Row(n, {source.text_column: line}, line)


def _json_row(source: Source, n: int, line: str) -> Row | None:
    if not line.strip():
        return None
    _check_utf8(line)
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not valid JSON: {error}") from error
    if not isinstance(values, dict) or source.text_column not in values:
        found = list(values) if isinstance(values, dict) else type(values).__name__
        raise InputError(f"must be an object with {source.text_column!r}; got {found}")
    text = values[source.text_column]
    if not isinstance(text, str):
        raise InputError(f"{source.text_column!r} must be a string; got {text!r:.40}")
    return Row(n, values, text)


def _table_rows(source: Source, lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        _check_utf8(*header)
    except (csv.Error, InputError) as error:
        raise InputError(f"{source.path}, line 1: {error}") from error
    if source.text_column not in header or len(set(header)) < len(header):
        raise InputError(
            f"{source.path}, line 1: needs a column {source.text_column!r}, and no "
            f"name twice; got {header}. Name the column with --text-column"
        )
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
            if cells and len(cells) != len(header):
                raise InputError(
                    f"has {len(cells)} cells; the header has {len(header)}"
                )
            _check_utf8(*cells)
        except StopIteration:
            return
        except (csv.Error, InputError) as error:
            source.fail(first, str(error))
            continue
        if cells:
            values = dict(zip(header, cells, strict=True))
            yield Row(first, values, values[source.text_column])
