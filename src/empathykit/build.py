"""Train the shipped model: the same texts give the same bytes.

    python -m empathykit.build --root FOLDER [--out FOLDER]

Reads ``support_train.jsonl`` from the folder, after comparing every text with the
committed checksums, adds train and validation of the bundled triads, and writes the
model with its card. Quality is measured by ``benchmarks/shipped.py`` and never here:
building must not look at a test split.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from string import Template
from typing import Any

from threadpoolctl import threadpool_limits

from .classifier import EmpathyClassifier
from .corpora import Example, load_corpus, load_support
from .persistence import SHIPPED, save_model

TRIADS = "triads"
PRECEDENCE = ("empathy", "sympathy", "neutral")
"""The label guide: one clause of a stronger label is enough."""

SETTINGS: dict[str, Any] = {
    "C": 0.1,
    "cue_weight": 8.0,
    "min_df": 3,
    "precedence": PRECEDENCE,
}
"""Chosen on the training data alone, each source left out in turn: the best mean
macro-F1 in ``benchmarks/results/settings.json``."""


def load_texts(root: str | None) -> list[Example]:
    """Return what the shipped model learns from: `support` train, then `triads`."""
    own = [
        Example(
            row["id"],
            TRIADS,
            row["text"],
            row["label"],
            row["construct"],
            unsure=False,
            conversation=row["situation"],
            context=row["turn"],
        )
        for split in ("train", "validation")
        for row in load_corpus(TRIADS, split=split)
    ]
    return load_support("train", root) + own


def train(examples: list[Example]) -> EmpathyClassifier:
    """Return the shipped model, fitted on labelled replies."""
    model = EmpathyClassifier(**SETTINGS)
    with threadpool_limits(limits=1):  # sums in another order give other bytes
        return model.fit([e.text for e in examples], [e.label for e in examples])


def make_card(examples: list[Example]) -> str:
    """Return the card of the shipped model."""
    template = Path(__file__).parent / "data" / "card-default.md"
    labels = Counter(e.label for e in examples)
    return Template(template.read_text(encoding="utf-8")).substitute(
        n_texts=f"{len(examples):,}",
        labels=", ".join(f"{n:,} {label}" for label, n in sorted(labels.items())),
    )


def main(argv: list[str] | None = None) -> int:
    """Build the model and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m empathykit.build")
    parser.add_argument("--root", help="folder with support_train.jsonl")
    parser.add_argument("--out", default=str(SHIPPED / "default"))
    args = parser.parse_args(argv)
    examples = load_texts(args.root)
    folder = save_model(train(examples), args.out, card=make_card(examples))
    sys.stdout.write(f"{folder}: fitted on {len(examples):,} texts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
