"""Fit a model on a labelled file, measure it on held-out folds, and save it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from ..classifier import EmpathyClassifier
from ..evaluation import Score, score_predictions
from ..persistence import check_target, save_model
from .options import add_input_arguments, make_source, progress
from .rows import InputError, Row, find_format, open_source, read_rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit train``."""
    add_input_arguments(parser)
    parser.add_argument("--output", "-o", required=True, help="folder for the model")
    parser.add_argument("--label-column", default="label", help="default: label")
    parser.add_argument(
        "--group-column",
        help="rows of one group (a conversation, a customer) stay in one fold",
    )
    parser.add_argument("--cues", default="en", help="en, a TOML file, or none")
    parser.add_argument("--C", type=float, default=EmpathyClassifier().C)
    parser.add_argument("--min-df", type=int, default=EmpathyClassifier().min_df)
    parser.add_argument("--balanced", action="store_true", help="weigh classes alike")
    parser.add_argument("--folds", type=int, default=5, help="default: 5")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")


def run(args: argparse.Namespace) -> int:
    """Train, print the held-out quality, save, and return the exit code."""
    check_target(Path(args.output))  # before the work, not after it
    rows = read_labelled(args)
    texts = [row.text for row in rows]
    labels = _column(rows, args.label_column)
    groups = _column(rows, args.group_column) if args.group_column else None
    model = EmpathyClassifier(
        C=args.C,
        min_df=args.min_df,
        cues=None if args.cues == "none" else args.cues,
        class_weight="balanced" if args.balanced else None,
        random_state=args.seed,
    )
    scores = _held_out(model, texts, labels, groups, args)
    for name, score in scores.items():
        print(f"{name:<10} {score}  n = {score.n:,}")
    print(f"(95 % intervals; {args.folds} folds, seed {args.seed})")
    metrics: dict[str, Any] = {name: asdict(score) for name, score in scores.items()}
    metrics["protocol"] = f"{args.folds}-fold cross-validation, seed {args.seed}"
    folder = save_model(model.fit(texts, labels), args.output, metrics=metrics)
    print(f"saved {folder}")
    return 0


def read_labelled(args: argparse.Namespace) -> list[Row]:
    """Return the rows that have every column that training needs."""
    source = make_source(args)
    needed = [c for c in (args.label_column, args.group_column) if c is not None]
    rows = []
    with open_source(args.file) as file:
        format_ = find_format(source, file)
        with progress(file, printing=False) as wrap:
            for row in wrap(read_rows(source, file, format_)):
                lacking = [c for c in needed if row.values.get(c) in (None, "")]
                if lacking:
                    found = list(row.values)
                    source.fail(row.line, f"needs {lacking[0]!r}; got {found}")
                else:
                    rows.append(row)
    if not rows:
        raise InputError(f"{args.file}: holds no labelled row")
    return rows


def _column(rows: list[Row], name: str) -> np.ndarray[Any, Any]:
    return np.array([str(row.values[name]) for row in rows])


def _held_out(
    model: EmpathyClassifier,
    texts: list[str],
    labels: np.ndarray[Any, Any],
    groups: np.ndarray[Any, Any] | None,
    args: argparse.Namespace,
) -> dict[str, Score]:
    """Score each text by a model that has seen neither it nor its group."""
    classes, y = np.unique(labels, return_inverse=True)
    least = int(np.bincount(y).min())
    if not 2 <= args.folds <= least or len(classes) < 2:
        sizes = dict(zip(classes.tolist(), np.bincount(y).tolist(), strict=True))
        raise InputError(
            "needs two classes or more, and --folds from 2 to the smallest size; "
            f"got {args.folds} folds and {sizes}"
        )
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = splitter(args.folds, shuffle=True, random_state=args.seed)
    proba = np.empty((len(texts), len(classes)))
    for train, test in folds.split(texts, y, groups):
        fold = clone(model).fit([texts[i] for i in train], y[train])
        if len(fold.classes_) < len(classes):
            raise InputError("a fold lacks a class: too few groups; lower --folds")
        proba[test] = fold.predict_proba([texts[i] for i in test])
    return score_predictions(proba, y, seed=args.seed)
