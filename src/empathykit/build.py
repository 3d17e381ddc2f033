"""Train the shipped models: the same texts give the same bytes.

    python -m empathykit.build --root FOLDER [--out FOLDER]

Reads ``support_train.jsonl`` from the folder, after comparing every text with the
committed checksums, adds train and validation of the bundled triads, and turns without
a label. What a slower teacher said of their sentences is committed (see `distil`); a
tenth of the conversations is kept back to calibrate the model on. Quality is measured
by ``benchmarks/shipped.py`` and never here: building must not look at a test split.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from ._types import Bools, Floats
from .classifier import EmpathyClassifier
from .constructs import LABELS, MEANINGS
from .corpora import Example, load_corpus, load_support
from .corpora.sources import find_root
from .distil import (
    CLASSES,
    Sentences,
    condition,
    merge_repeats,
    read_sentences,
    read_teacher,
    spread,
)
from .persistence import SHIPPED, save_model

TRIADS, WRITTEN = "triads", "written"
WRITTEN_FILE = Path(__file__).parent / "corpora" / "written.jsonl"
PRECEDENCE = ("empathy", "sympathy", "neutral")
"""The label guide: one clause of a stronger label is enough."""

SETTINGS: dict[str, Any] = {
    "C": 0.1,
    "cue_weight": 8.0,
    "min_df": 5,
    "precedence": PRECEDENCE,
    "length_prior": 0.25,
    "calibration_folds": 0,
}
"""Chosen on the training data alone, each source left out in turn: the best mean
macro-F1 in ``benchmarks/results/settings.json``."""
CONSTRUCT_SETTINGS = SETTINGS | {
    "precedence": tuple(MEANINGS),
    "max_features": 20_000,  # twelve classes: a coefficient each
}


def load_texts(root: str | None) -> list[Example]:
    """Return what the shipped model learns from: `support`, `triads`, and written."""
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
    return load_support("train", root) + own + load_written()


def load_written() -> list[Example]:
    """Return the replies written for training alone, in the style of real traffic."""
    with WRITTEN_FILE.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Example(
            row["id"],
            WRITTEN,
            row["text"],
            LABELS[row["construct"][0]],
            row["construct"],
            unsure=False,
        )
        for row in rows
    ]


def keeps_back(example: Example) -> bool:
    """Say whether a reply is kept back for calibration: a tenth of conversations."""
    return crc32((example.conversation or example.id).encode()) % 10 == 0


def train(
    examples: list[Example],
    root: str | Path,
    *,
    pools: bool = True,
    settings: Mapping[str, Any] = SETTINGS,
) -> EmpathyClassifier:
    """Return the shipped model, fitted on labelled replies and on the teacher's word.

    Parameters
    ----------
    examples : list of Example
        As `load_texts` returns them, or a part of them.
    root : str or Path
        Folder with the turns without a label.
    pools : bool, default=True
        Whether to learn from these turns.
    settings : mapping, default=SETTINGS
    """
    everything, sentences, target = _teach(root)
    used = {e.id for e in examples if not keeps_back(e)}
    keep = np.full(len(sentences.labels), pools)
    keep[: len(everything)] = [e.id in used for e in everything]
    held = [e for e in examples if keeps_back(e)]
    model = _fit(sentences, target, keep, CLASSES, settings)
    with threadpool_limits(limits=1):
        return model.calibrate([e.text for e in held], [e.label for e in held])


def train_constructs(root: str | Path) -> EmpathyClassifier:
    """Return the shipped model of constructs, fitted on the labelled replies."""
    everything, sentences, target = _teach(root)
    keep = np.zeros(len(sentences.labels), dtype=bool)
    keep[: len(everything)] = [not keeps_back(e) for e in everything]
    codes = sorted(MEANINGS)
    constructs = np.full(len(keep), -1, dtype=np.intp)
    constructs[: len(everything)] = [codes.index(e.construct) for e in everything]
    target = spread(target, sentences, constructs, len(codes))
    held = [e for e in everything if keeps_back(e)]
    model = _fit(sentences, target, keep, codes, CONSTRUCT_SETTINGS)
    with threadpool_limits(limits=1):
        return model.calibrate([e.text for e in held], [e.construct for e in held])


def _teach(root: str | Path) -> tuple[list[Example], Sentences, Floats]:
    """Return all labelled replies, all sentences, and what the teacher says of them."""
    everything = load_texts(str(root))
    sentences = read_sentences(everything, root)
    target = condition(read_teacher(sentences), sentences.bounds, sentences.labels)
    return everything, sentences, target


def _fit(
    sentences: Sentences,
    target: Floats,
    keep: Bools,
    classes: Sequence[str],
    settings: Mapping[str, Any],
) -> EmpathyClassifier:
    """Return a model fitted on the sentences of the texts that are kept."""
    rows = np.repeat(keep, np.diff(sentences.bounds)).nonzero()[0]
    texts, merged = merge_repeats([sentences.text[i] for i in rows], target[rows])
    with threadpool_limits(limits=1):  # sums in another order give other bytes
        return EmpathyClassifier(**settings)._fit_soft(
            texts, merged, classes, int(keep.sum())
        )


def make_card(name: str, examples: list[Example]) -> str:
    """Return the card of a shipped model."""
    template = Path(__file__).parent / "data" / f"card-{name}.md"
    labels = Counter(e.label for e in examples)
    return Template(template.read_text(encoding="utf-8")).substitute(
        n_texts=f"{len(examples):,}",
        labels=", ".join(f"{n:,} {label}" for label, n in sorted(labels.items())),
    )


def main(argv: list[str] | None = None) -> int:
    """Build the models and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m empathykit.build")
    parser.add_argument("--root", help="folder with support_train.jsonl and the pools")
    parser.add_argument("--out", default=str(SHIPPED), help="folder of the models")
    args = parser.parse_args(argv)
    examples = load_texts(args.root)
    root = find_root(args.root) or "."
    models = {"default": train(examples, root), "constructs": train_constructs(root)}
    for name, model in models.items():
        card = make_card(name, examples)
        folder = save_model(model, Path(args.out) / name, card=card)
        sys.stdout.write(f"{folder}: fitted on {len(examples):,} texts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
