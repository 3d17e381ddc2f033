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
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from ._types import Bools, Floats
from .classifier import EmpathyClassifier
from .constructs import MEANINGS
from .corpora import Example, load_corpus, load_support
from .corpora.formats import read_json_lines
from .corpora.sources import find_root
from .cues import LABELS
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
    return [
        Example(
            row["id"],
            WRITTEN,
            row["text"],
            LABELS[row["construct"][0]],
            row["construct"],
            unsure=False,
        )
        for row in read_json_lines(WRITTEN_FILE, ("id", "text", "construct"))
    ]


def keeps_back(example: Example) -> bool:
    """Say whether a reply is kept back for calibration: a tenth of conversations."""
    return crc32((example.conversation or example.id).encode()) % 10 == 0


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What the shipped models learn from, read once.

    Attributes
    ----------
    examples : list of Example
        All labelled replies, as `load_texts` returns them.
    sentences : Sentences
        Theirs, then those of turns without a label.
    target : ndarray of float, shape (n_sentences, 3)
        What the teacher says of them, given the labels.
    """

    examples: list[Example]
    sentences: Sentences
    target: Floats


def read_lessons(root: str | Path) -> Lessons:
    """Return what the shipped models learn from; the folder holds the public part."""
    examples = load_texts(str(root))
    sentences = read_sentences(examples, root)
    target = condition(read_teacher(sentences), sentences.bounds, sentences.labels)
    return Lessons(examples, sentences, target)


def train(
    lessons: Lessons,
    examples: list[Example] | None = None,
    *,
    pools: bool = True,
    settings: Mapping[str, Any] = SETTINGS,
) -> EmpathyClassifier:
    """Return the shipped model, fitted on labelled replies and on the teacher's word.

    Parameters
    ----------
    lessons : Lessons
    examples : list of Example, default=None
        The labelled replies to learn from; None is all.
    pools : bool, default=True
        Whether to learn from turns without a label.
    settings : mapping, default=SETTINGS
    """
    examples = lessons.examples if examples is None else examples
    used = {e.id for e in examples if not keeps_back(e)}
    keep = np.full(len(lessons.sentences.labels), pools)
    keep[: len(lessons.examples)] = [e.id in used for e in lessons.examples]
    model = _fit(lessons.sentences, lessons.target, keep, CLASSES, settings)
    held = [e for e in examples if keeps_back(e)]
    return _calibrate(model, held, [e.label for e in held])


def train_constructs(lessons: Lessons) -> EmpathyClassifier:
    """Return the shipped model of constructs, fitted on the labelled replies."""
    examples, sentences = lessons.examples, lessons.sentences
    codes = sorted(MEANINGS)
    keep = np.zeros(len(sentences.labels), dtype=bool)
    keep[: len(examples)] = [not keeps_back(e) for e in examples]
    constructs = np.full(len(keep), -1, dtype=np.intp)
    constructs[: len(examples)] = [codes.index(e.construct) for e in examples]
    target = spread(lessons.target, sentences, constructs, len(codes))
    model = _fit(sentences, target, keep, codes, CONSTRUCT_SETTINGS)
    held = [e for e in examples if keeps_back(e)]
    return _calibrate(model, held, [e.construct for e in held])


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


def _calibrate(
    model: EmpathyClassifier, held: list[Example], y: list[str]
) -> EmpathyClassifier:
    with threadpool_limits(limits=1):  # as in _fit
        return model.calibrate([e.text for e in held], y)


def make_card(name: str, lessons: Lessons) -> str:
    """Return the card of a shipped model."""
    examples = lessons.examples
    template = Path(__file__).parent / "data" / f"card-{name}.md"
    labels = Counter(e.label for e in examples)
    return Template(template.read_text(encoding="utf-8")).substitute(
        n_texts=f"{len(examples):,}",
        labels=", ".join(f"{n:,} {label}" for label, n in sorted(labels.items())),
        n_written=f"{sum(e.source == WRITTEN for e in examples):,}",
        n_turns=f"{len(lessons.sentences.labels) - len(examples):,}",
    )


def main(argv: list[str] | None = None) -> int:
    """Build the models and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m empathykit.build")
    parser.add_argument("--root", help="folder with support_train.jsonl and the pools")
    parser.add_argument("--out", default=str(SHIPPED), help="folder of the models")
    args = parser.parse_args(argv)
    lessons = read_lessons(find_root(args.root) or ".")
    models = {"default": train(lessons), "constructs": train_constructs(lessons)}
    for name, model in models.items():
        card = make_card(name, lessons)
        folder = save_model(model, Path(args.out) / name, card=card)
        sys.stdout.write(f"{folder}: fitted on {len(lessons.examples):,} texts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
