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
from ..classifier import EmpathyClassifier, mark_uncertain
from ..constructs import find_constructs, knows_labels
from ..cues import LABELS
from ..persistence import load_model
from .options import add_input_arguments, make_source, progress, share
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
        "--min-confidence",
        type=share,
        help="below this probability, from 0 to 1, the label is `uncertain`",
    )
    parser.add_argument(
        "--constructs",
        action="store_true",
        help="add a column `construct`: in which way, such as E1 or S5",
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
    if args.constructs and not knows_labels(model):
        raise ValueError(
            f"--constructs needs a model of the labels {sorted(LABELS.values())}; this "
            f"one knows {model.classes_.tolist()}. Leave the option out."
        )
    with open_source(args.file) as file:
        format_ = find_format(source, file)
        printing = args.output == "-"
        with open_output(args.output) as out, progress(file, printing=printing) as wrap:
            rows = wrap(read_rows(source, file, format_))
            write = make_writer(out, _output_format(args, format_))
            scored = score_rows(
                model, rows, args.min_confidence, constructs=args.constructs
            )
            for record in scored:
                write(record)
    return 0


def _output_format(args: argparse.Namespace, input_format: str) -> str:
    suffix = Path(args.output).suffix.lower().lstrip(".")
    found = args.format or (suffix if suffix in FORMATS[1:] else input_format)
    return "tsv" if found == "txt" else str(found)


def score_rows(
    model: EmpathyClassifier,
    rows: Iterator[Row],
    min_confidence: float | None = None,
    *,
    constructs: bool = False,
) -> Iterator[Record]:
    """Yield each row with its label and probabilities, and perhaps its construct.

    A column of the input that has the name of a new one is kept as ``input_<name>``.
    """
    columns = [f"p_{label}" for label in model.classes_.tolist()]
    while batch := list(islice(rows, BATCH)):
        texts = [row.text for row in batch]
        proba = model.predict_proba(texts)
        labels = model.classes_[proba.argmax(axis=1)]
        if min_confidence is not None:
            labels = mark_uncertain(labels, proba, min_confidence)
        new = [
            {"label": label} | _rounded(columns, values)
            for label, values in zip(labels.tolist(), proba.tolist(), strict=True)
        ]
        if constructs:
            for record, found in zip(new, find_constructs(texts, labels), strict=True):
                record["construct"] = found.code if found else ""
        for row, record in zip(batch, new, strict=True):
            old = {_free(k, set(record), row.values): v for k, v in row.values.items()}
            yield old | record


def _rounded(columns: list[str], values: list[float]) -> Record:
    return {k: round(value, 4) for k, value in zip(columns, values, strict=True)}


def _free(name: str, taken: set[str], columns: Mapping[str, Any]) -> str:
    """Return `name`, with ``input_`` before it as often as it takes to be free."""
    if name not in taken:
        return name
    while name in taken or name in columns:
        name = f"input_{name}"
    return name
