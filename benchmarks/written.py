"""Figures of the replies written for training: how varied they are, and read how alike.

    python -m benchmarks.written --root FOLDER_WITH_support_dev.jsonl

Rows of ``written_later.jsonl`` were read by runs of the language model that had not
written them (``benchmarks/written_second_pass.tsv``); rows that got another label were
dropped, one that repeated another too, and still count here.
Writes ``benchmarks/results/written.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.plain import agreement, read_marks
from benchmarks.texts import figures
from empathykit import load_corpus
from empathykit.build import LATER, WRITTEN_FILES, load_written
from empathykit.corpora import load_support

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results" / "written.json"
SECOND_PASS = FOLDER / "written_second_pass.tsv"


def measure(root: str | None) -> dict[str, Any]:
    """Return every figure."""
    unseen = {
        "support_dev": [e.text for e in load_support("dev", root)],
        "triads_test": [row["text"] for row in load_corpus("triads", split="test")],
    }
    found: dict[str, Any] = {"second_pass": {LATER: agreement(read_marks(SECOND_PASS))}}
    written = load_written()
    for source in WRITTEN_FILES:
        own = [e for e in written if e.source == source]
        values = figures([e.text for e in own], [e.label for e in own], unseen)
        found[source] = {name: round(value, 4) for name, value in values.items()}
    return found


def main(argv: list[str] | None = None) -> None:
    """Write the figures and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_dev.jsonl")
    results = measure(parser.parse_args(argv).root)
    text = json.dumps(results, indent=1, ensure_ascii=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
