"""Measure a saved or shipped model on your own labelled file."""

from __future__ import annotations

import argparse

import numpy as np

from ..evaluation import score_classes, score_predictions
from ..persistence import load_model
from .options import add_input_arguments
from .rows import InputError
from .train import read_labelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit evaluate``."""
    parser.add_argument("model", help="folder of a model, or default")
    add_input_arguments(parser)
    parser.add_argument("--label-column", default="label", help="default: label")
    parser.add_argument(
        "--group-column", help="intervals resample these (conversations), not texts"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")


def run(args: argparse.Namespace) -> int:
    """Print the figures and return the exit code."""
    model = load_model(args.model)
    rows = read_labelled(args)
    classes = [str(c) for c in model.classes_.tolist()]
    labels = [str(row.values[args.label_column]) for row in rows]
    if unknown := sorted(set(labels) - set(classes)):
        raise InputError(
            f"{args.file}: the model knows the labels {classes}; got {unknown}. "
            "Rename them, or train a model on this file"
        )
    y = np.array([classes.index(label) for label in labels])
    groups = None
    if args.group_column:
        groups = np.array([str(row.values[args.group_column]) for row in rows])
    proba = model.predict_proba([row.text for row in rows])
    for name, score in score_predictions(
        proba, y, seed=args.seed, groups=groups
    ).items():
        print(f"{name:<15} {score}  n = {score.n:,}")
    print()
    by_class = score_classes(proba, y, classes, seed=args.seed, groups=groups)
    for label, scores in by_class.items():
        cells = "  ".join(f"{name} {score}" for name, score in scores.items())
        print(f"{label:<15} {cells}")
    print(f"(95 % intervals, seed {args.seed})")
    return 0
