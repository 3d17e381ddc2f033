"""Label every text of a file; adds the columns label and p_<class>.

Reads and writes row by row, so a file may be larger than memory.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from .._checks import BATCH
from ..classifier import EmpathyClassifier
from ..persistence import load_model
from .options import add_input_arguments, make_source, progress
from .output import make_writer, open_output
from .rows import FORMATS, Row, find_format, open_source, read_rows

Record = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit score``."""
    add_input_arguments(parser)
    parser.add_argument("--model", help="folder or name of a model (default: shipped)")
    parser.add_argument(
        "--output", "-o", default="-", help="file to write (default: -)"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS[1:],
        help="format to write (default: by the suffix of --output, else that of the "
        "input; tsv for txt)",
    )


def run(args: argparse.Namespace) -> int:
    """Score a file and return the exit code."""
    source = make_source(args)
    model = load_model(args.model)
    with open_source(args.file) as file:
        format_ = find_format(source, file)
        printing = args.output == "-"
        with open_output(args.output) as out, progress(file, printing=printing) as wrap:
            rows = wrap(read_rows(source, file, format_))
            write = make_writer(out, _output_format(args, format_))
            for record in score_rows(model, rows):
                write(record)
    return 0


def _output_format(args: argparse.Namespace, input_format: str) -> str:
    suffix = Path(args.output).suffix.lower().lstrip(".")
    found = args.format or (suffix if suffix in FORMATS[1:] else input_format)
    return "tsv" if found == "txt" else str(found)


def score_rows(model: EmpathyClassifier, rows: Iterator[Row]) -> Iterator[Record]:
    """Yield each row with its label and probabilities.

    A column of the input that has the name of a new one is kept as ``input_<name>``.
    """
    columns = [f"p_{label}" for label in model.classes_.tolist()]
    while batch := list(islice(rows, BATCH)):
        proba = model.predict_proba([row.text for row in batch])
        labels = model.classes_[proba.argmax(axis=1)].tolist()
        for row, label, values in zip(batch, labels, proba.tolist(), strict=True):
            taken = {"label", *columns}
            record = {_free(k, taken, row.values): v for k, v in row.values.items()}
            record["label"] = label
            rounded = (round(value, 4) for value in values)
            yield record | dict(zip(columns, rounded, strict=True))


def _free(name: str, taken: set[str], columns: Mapping[str, Any]) -> str:
    """Return `name`, with ``input_`` before it as often as it takes to be free."""
    if name not in taken:
        return name
    while name in taken or name in columns:
        name = f"input_{name}"
    return name
