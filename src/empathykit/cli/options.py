"""Options and the progress bar that several commands share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from tqdm import tqdm

from .rows import FORMATS, Row, Source

Wrap = Callable[[Iterator[Row]], Iterator[Row]]


def add_input_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what says where texts come from."""
    parser.add_argument("file", help="txt (a text a line), csv, tsv, jsonl, or -")
    parser.add_argument("--text-column", default="text", help="default: text")
    parser.add_argument(
        "--input-format",
        choices=FORMATS,
        help="default: by the suffix of the file; from - by the first line",
    )
    parser.add_argument(
        "--on-error",
        choices=("stop", "skip"),
        default="stop",
        help="what to do at a bad row (default: stop, and write no file)",
    )


def share(value: str) -> float:
    """Return a number from 0 to 1, or say that it is none."""
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1; got {value}")
    return found


def make_source(args: argparse.Namespace) -> Source:
    """Return the source that the options describe."""

    def warn(message: str) -> None:
        tqdm.write(f"empathykit: {message}", file=sys.stderr)

    return Source(args.file, args.input_format, args.text_column, args.on_error, warn)


@contextmanager
def progress(file: IO[bytes], *, printing: bool) -> Iterator[Wrap]:
    """Show how much has been read: on a terminal, unless results are printed there."""
    hidden = not sys.stderr.isatty() or (printing and sys.stdout.isatty())
    size = _size(file)
    with tqdm(total=size, unit="B", unit_scale=True, disable=hidden) as bar:

        def wrap(rows: Iterator[Row]) -> Iterator[Row]:
            for row in rows:
                yield row
                if size is not None:
                    bar.update(file.tell() - bar.n)
                else:
                    bar.update(len(row.text))

        yield wrap if not hidden else lambda rows: rows


def _size(file: IO[bytes]) -> int | None:
    if not file.seekable():
        return None
    at = file.tell()
    size = file.seek(0, 2)
    file.seek(at)
    return size
