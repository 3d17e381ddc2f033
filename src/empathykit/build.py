"""Train the shipped models: the same texts give the same bytes.

    python -m empathykit.build --root FOLDER [--out FOLDER]

Reads ``support_train.jsonl`` from the folder, after comparing every text with the
committed checksums, adds train and validation of the bundled triads, and turns without
a label, and replies written for this. What a slower teacher said of their sentences is
committed (see `distil`); of rows written after it was asked, a student says it. A
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

TRIADS, WRITTEN, LATER = "triads", "written", "written later"
_CORPORA = Path(__file__).parent / "corpora"
WRITTEN_FILES = {
    WRITTEN: _CORPORA / "written.jsonl",
    LATER: _CORPORA / "written_later.jsonl",
}
OWN_SOURCES = (TRIADS, *WRITTEN_FILES)
"""Replies written for the project. Those of `WRITTEN` came after the teacher was
trained, those of `LATER` after it was asked."""
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
OWN_WEIGHT = 2.0
"""How much a reply written for the project counts, a public one counting 1. Chosen as
the settings are, for the labels; taken over for the constructs."""
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
            source,
            row["text"],
            LABELS[row["construct"][0]],
            row["construct"],
            unsure=False,
            conversation=row["id"].split("-")[0],  # in pairs, three share a situation
        )
        for source, path in WRITTEN_FILES.items()
        for row in read_json_lines(path, ("id", "text", "construct"))
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
        What the teacher, or a student, says of them, given the labels.
    """

    examples: list[Example]
    sentences: Sentences
    target: Floats


def read_lessons(root: str | Path) -> Lessons:
    """Return what the shipped models learn from; the folder holds the public part."""
    examples = load_texts(str(root))
    asked = [e.source != LATER for e in examples]
    known = {e.text for e, was_asked in zip(examples, asked, strict=True) if was_asked}
    sentences = read_sentences(examples, root, known)
    taught = np.ones(len(sentences.labels), dtype=bool)
    taught[: len(examples)] = asked
    proba = _ask(sentences, taught)
    target = condition(proba, sentences.bounds, sentences.labels)
    return Lessons(examples, sentences, target)


def _ask(sentences: Sentences, taught: Bools) -> Floats:
    """Return what the teacher says of sentences; of what it has not seen, a student."""
    part, rows = sentences.take(taught)
    said = read_teacher(part)
    rest, rest_rows = sentences.take(~taught)
    proba = np.empty((len(sentences.text), len(CLASSES)))
    proba[rows] = said
    if rest.text:
        target = condition(said, part.bounds, part.labels)
        student = _fit(part, target, np.ones(len(part.labels)), CLASSES, SETTINGS)
        proba[rest_rows] = student.predict_proba(rest.text)
    return proba


def train(
    lessons: Lessons,
    examples: list[Example] | None = None,
    *,
    pools: bool = True,
    settings: Mapping[str, Any] = SETTINGS,
    own_weight: float = OWN_WEIGHT,
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
    own_weight : float, default=OWN_WEIGHT
        How much a reply counts that was written for the project.
    """
    examples = lessons.examples if examples is None else examples
    weight = _weigh(lessons, examples, own_weight, float(pools))
    model = _fit(lessons.sentences, lessons.target, weight, CLASSES, settings)
    held = [e for e in examples if keeps_back(e)]
    return _calibrate(model, held, [e.label for e in held])


def train_constructs(lessons: Lessons) -> EmpathyClassifier:
    """Return the shipped model of constructs, fitted on the labelled replies."""
    examples, sentences = lessons.examples, lessons.sentences
    codes = sorted(MEANINGS)
    weight = _weigh(lessons, examples, OWN_WEIGHT, 0.0)
    constructs = np.full(len(weight), -1, dtype=np.intp)
    constructs[: len(examples)] = [codes.index(e.construct) for e in examples]
    target = spread(lessons.target, sentences, constructs, len(codes))
    model = _fit(sentences, target, weight, codes, CONSTRUCT_SETTINGS)
    held = [e for e in examples if keeps_back(e)]
    return _calibrate(model, held, [e.construct for e in held])


def _weigh(
    lessons: Lessons, examples: list[Example], own: float, of_pools: float
) -> Floats:
    """Return what each text counts: nothing if kept back or not among `examples`."""
    used = {
        example.id: own if example.source in OWN_SOURCES else 1.0
        for example in examples
        if not keeps_back(example)
    }
    weight = np.full(len(lessons.sentences.labels), of_pools)
    weight[: len(lessons.examples)] = [used.get(e.id, 0.0) for e in lessons.examples]
    return weight


def _fit(
    sentences: Sentences,
    target: Floats,
    weight: Floats,
    classes: Sequence[str],
    settings: Mapping[str, Any],
) -> EmpathyClassifier:
    """Return a model fitted on the sentences of the texts that weigh something."""
    weights = np.repeat(weight, np.diff(sentences.bounds))
    rows = weights.nonzero()[0]
    weighted = target[rows] * weights[rows, None]
    texts, merged = merge_repeats([sentences.text[i] for i in rows], weighted)
    with threadpool_limits(limits=1):  # sums in another order give other bytes
        return EmpathyClassifier(**settings)._fit_soft(
            texts, merged, classes, int(np.count_nonzero(weight))
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
        n_first=f"{sum(e.source == WRITTEN for e in examples):,}",
        n_written=f"{sum(e.source in WRITTEN_FILES for e in examples):,}",
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
