"""The `support` corpus: replies from public sources with this project's labels.

The texts are not ours to give away, so the package holds only ids, checksums and
labels; the texts are read from a folder of the user's.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .catalog import CorpusError
from .sources import ROOT_VARIABLE, find_root

SPLITS = ("train", "dev")
_LABELS = Path(__file__).parent / "labels"


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled reply.

    Attributes
    ----------
    id : str
    source : str
        Name of the public corpus that the text is from.
    text : str
    label : str
        ``empathy``, ``sympathy`` or ``neutral``.
    construct : str
        Code of the label guide: E1–E6, S1–S5, or N.
    unsure : bool
        Whether the label pass marked the row as doubtful.
    conversation : str
        What the reply is part of; keep it on one side of a split.
    context : str or None
        What the reply answers, where the source tells.
    """

    id: str
    source: str
    text: str
    label: str
    construct: str
    unsure: bool
    conversation: str = ""
    context: str | None = None


def load_support(split: str, root: str | Path | None = None) -> list[Example]:
    """Join the committed labels to the texts in ``support_<split>.jsonl``.

    Parameters
    ----------
    split : {"train", "dev"}
    root : str or Path, default=None
        Folder with the texts; the environment variable ``EMPATHYKIT_CORPORA`` if None.

    Returns
    -------
    list of Example
        In the order of the label file.

    Raises
    ------
    CorpusError
        If the file is missing, or a text is missing or not the one that was labelled.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {SPLITS}; got {split!r}.")
    folder = find_root(root)
    if folder is None:
        raise CorpusError(
            f"pass root, or set {ROOT_VARIABLE} to the folder with the texts."
        )
    path = folder / f"support_{split}.jsonl"
    rows = _read_rows(path)
    examples = []
    with (_LABELS / f"support_{split}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            text, context = rows.get(row["id"], (None, None))
            if text is None or _sha256(text) != row["sha256"]:
                state = (
                    "is missing" if text is None else "differs from the labelled text"
                )
                raise CorpusError(
                    f"{path}: text {row['id']} ({row['source_id']}) {state}."
                )
            unsure = row["unsure"] == "1"
            kept = (row["id"], row["source"], text, row["label"], row["construct"])
            conversation = _conversation(row["source_id"])
            examples.append(Example(*kept, unsure, conversation, context))
    return examples


def _conversation(source_id: str) -> str:
    """Return the id less the number of the turn, if it has one."""
    head, _, _ = source_id.rpartition(":")
    return head if ":" in head else source_id


def _read_rows(path: Path) -> dict[str, tuple[str, str | None]]:
    """Return text and context by id."""
    if not path.is_file():
        raise CorpusError(
            f"{path}: no such file. Set root or {ROOT_VARIABLE} to its folder."
        )
    rows = {}
    with path.open("rb") as lines:
        for n, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                row["text"].encode("utf-8")  # a lone surrogate has no checksum
                rows[row["id"]] = (row["text"], row.get("context"))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise CorpusError(
                    f"{path}, line {n}: needs JSON in UTF-8 with id and text."
                ) from error
    return rows


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
