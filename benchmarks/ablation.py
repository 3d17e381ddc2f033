"""What each part adds to the shipped model, measured on `support_dev`.

    python -m benchmarks.ablation --root FOLDER

Fits on the labels of whole replies – triads, support_train, both, written ones too –
then on what the teacher says of their sentences, then on turns without a label as well,
which is the shipped model; last, that without cues. Writes
``benchmarks/results/ablation.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plain import plain
from empathykit import EmpathyClassifier
from empathykit.build import (
    OWN_SOURCES,
    PRECEDENCE,
    SETTINGS,
    TRIADS,
    WRITTEN_FILES,
    read_lessons,
    train,
)
from empathykit.corpora import Example, load_support
from empathykit.distil import CLASSES
from empathykit.evaluation import compare, score_predictions

RESULTS = Path(__file__).parent / "results" / "ablation.json"
SEED = 0
GAINS = (
    ("support_train", "both"),
    ("both", "both, written"),
    ("both, written", "the same, by sentence"),
    ("both", "and unlabelled turns"),
    ("that, without cues", "and unlabelled turns"),
)


def fit_plainly(examples: list[Example]) -> EmpathyClassifier:
    """Fit on the labels of whole replies, without a teacher."""
    model = EmpathyClassifier(C=0.1, min_df=3, precedence=PRECEDENCE)
    return model.fit([e.text for e in examples], [e.label for e in examples])


def models(root: str) -> Iterator[tuple[str, int, EmpathyClassifier]]:
    """Yield name, number of labelled replies and model."""
    lessons = read_lessons(root)
    everything = lessons.examples
    parts = {
        "triads": {TRIADS},
        "support_train": {e.source for e in everything} - {*OWN_SOURCES},
    }
    parts["both"] = parts["triads"] | parts["support_train"]
    parts["both, written"] = parts["both"] | {*WRITTEN_FILES}
    for name, sources in parts.items():
        chosen = [e for e in everything if e.source in sources]
        yield name, len(chosen), fit_plainly(chosen)
    n = len(everything)
    yield "the same, by sentence", n, train(lessons, pools=False)
    yield "and unlabelled turns", n, train(lessons)
    bare = {**SETTINGS, "cues": None}
    yield "that, without cues", n, train(lessons, settings=bare)


def measure(root: str) -> dict[str, Any]:
    """Return the scores of the models, and what some add to others."""
    dev = load_support("dev", root)
    y = np.array([CLASSES.index(e.label) for e in dev])
    proba, sizes = {}, {}
    for name, size, model in models(root):
        proba[name] = model.predict_proba([e.text for e in dev])
        sizes[name] = size
    groups = [e.conversation or e.id for e in dev]
    return {
        "corpus": "support_dev",
        "n": len(dev),
        "seed": SEED,
        "interval": "95 % percentile bootstrap over conversations, 1,000 resamples",
        "models": {
            name: {
                "n_texts": sizes[name],
                "scores": plain(score_predictions(values, y, seed=SEED, groups=groups)),
            }
            for name, values in proba.items()
        },
        "macro_f1_gain": {
            f"{after} over {before}": gain(proba[before], proba[after], y, groups)
            for before, after in GAINS
        },
    }


def gain(before: Any, after: Any, y: Any, groups: list[str]) -> dict[str, float]:
    """Return the paired difference in macro-F1."""
    found = compare(before, after, y, seed=SEED, groups=groups)
    values = asdict(found.difference) | {"p_value": found.p_value}
    return {k: round(v, 4) for k, v in values.items()}


def main(argv: list[str] | None = None) -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="folder with the corpora")
    results = measure(parser.parse_args(argv).root)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, row in results["models"].items():
        score = row["scores"]["macro_f1"]
        interval = f"({score['low']:.3f}–{score['high']:.3f})"
        print(f"{name:<20} {row['n_texts']:>6,} {score['value']:.3f} {interval}")
    for name, row in results["macro_f1_gain"].items():
        print(name, row)


if __name__ == "__main__":
    main()
