"""Compare settings of the shipped model on its training data alone.

    python -m benchmarks.settings --root FOLDER_WITH_support_train.jsonl

What counts is how a model does on talk of a kind that it has not seen. So each source
of `support` train is left out in turn, and the model fitted on the rest without triads
validation; an eighth figure is that on triads validation, of the model fitted on all
the rest. (The teacher, and the student that says which sentences of later written rows
carry their label, have seen the labels that are left out, but are not asked about those
replies; and cues were drafted with the errors of an earlier model on
these sources in view. So the figures rank settings and do not measure quality.)
Writes ``benchmarks/results/settings.json``, best first.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score, log_loss

from empathykit import EmpathyClassifier, load_corpus
from empathykit.build import (
    OWN_WEIGHT,
    PRECEDENCE,
    SETTINGS,
    TRIADS,
    Lessons,
    read_lessons,
    train,
)
from empathykit.corpora import Example
from empathykit.evaluation import reliability_bins

RESULTS = Path(__file__).parent / "results" / "settings.json"
LEFT_OUT = (  # small sources of one kind go together
    ("empathetic_dialogues",),
    ("goemotions",),
    ("cucom",),
    ("ibm_cdp",),
    ("ms_telecom", "ms_helpdesk"),
    ("taubench", "star"),
    ("empatheticpersonas", "casino"),
)
WEIGHT = "own_weight"
PLAIN: list[dict[str, Any]] = [  # fitted on the labels of replies, without a teacher
    {"C": 0.01, "cue_weight": 16.0, "class_weight": "balanced"},
    {"C": 0.1, "cue_weight": 8.0, "precedence": PRECEDENCE},
]
TAUGHT: list[dict[str, Any]] = [
    SETTINGS | {"C": c, "cue_weight": weight, WEIGHT: own}
    for c, weight, own in (
        (0.1, 8.0, 1.0),
        (0.1, 8.0, 2.0),
        (0.1, 8.0, 4.0),
        (0.2, 8.0, 2.0),
        (0.1, 4.0, 2.0),
    )
]
LENGTH_PRIORS = (0.0, 0.25, 0.5)
JOINED = 8
"""Replies in a long text."""


def fit(lessons: Lessons, train_on: list[Example], settings: Any) -> EmpathyClassifier:
    """Return a model fitted with a teacher, or without if the settings are plain."""
    if settings not in PLAIN:
        rest = {k: v for k, v in settings.items() if k != WEIGHT}
        return train(lessons, train_on, settings=rest, own_weight=settings[WEIGHT])
    model = EmpathyClassifier(calibration_folds=0, min_df=3, **settings)
    return model.fit([e.text for e in train_on], [e.label for e in train_on])


def score_held_out(model: EmpathyClassifier, test: list[Example]) -> dict[str, float]:
    """Return the scores of a model on texts that it was not fitted on."""
    proba = model.predict_proba([e.text for e in test])
    y = np.searchsorted(model.classes_, [e.label for e in test])
    predicted = proba.argmax(axis=1)
    found = {
        "macro_f1": f1_score(y, predicted, average="macro"),
        "kappa": cohen_kappa_score(y, predicted),
        "log_loss": log_loss(y, proba, labels=range(len(model.classes_))),
        "ece": reliability_bins(proba, y).ece,
    }
    return {name: round(float(v), 4) for name, v in found.items()} | {"n": len(y)}


def long_texts(model: EmpathyClassifier, test: list[Example]) -> dict[str, Any]:
    """Return how many long texts are labelled right, by prior on the length.

    A reply is set among seven neutral ones: it must keep its label.
    """
    rng = np.random.default_rng(0)
    neutral = [e.text for e in test if e.label == "neutral"]
    texts, warm = [], np.array([e.label != "neutral" for e in test])
    for example in test:
        parts = [neutral[k] for k in rng.integers(len(neutral), size=JOINED - 1)]
        parts.insert(int(rng.integers(JOINED)), example.text)
        texts.append(" ".join(parts))
    found = {}
    for prior in LENGTH_PRIORS:
        right = model.set_params(length_prior=prior).predict(texts) == np.array(
            [e.label for e in test]
        )
        found[str(prior)] = {
            "neutral": round(float(right[~warm].mean()), 4),
            "warm": round(float(right[warm].mean()), 4),
        }
    return found


def compare(root: str) -> dict[str, Any]:
    """Return the figures of each setting, best first, and those of long texts."""
    validation = {row["id"] for row in load_corpus(TRIADS, split="validation")}
    lessons = read_lessons(root)
    everything = lessons.examples
    own = [e for e in everything if e.id in validation]
    known = [e for e in everything if e.id not in validation]
    rows, long = [], {}
    for settings in PLAIN + TAUGHT:
        found = {}
        for out in LEFT_OUT:
            model = fit(lessons, [e for e in known if e.source not in out], settings)
            test = [e for e in known if e.source in out]
            found[" + ".join(out)] = score_held_out(model, test)
        model = fit(lessons, known, settings)
        found["triads validation"] = score_held_out(model, own)
        if settings == SETTINGS | {WEIGHT: OWN_WEIGHT}:
            long = long_texts(model, own)
        rows.append(_row(settings, found))
        print(json.dumps(rows[-1]), flush=True)
    rows.sort(key=lambda row: -row["mean"]["macro_f1"])
    return {"rows": rows, "long_texts_of_triads_validation": long}


def _row(settings: Any, found: dict[str, dict[str, float]]) -> dict[str, Any]:
    means = {
        key: round(float(np.mean([row[key] for row in found.values()])), 4)
        for key in ("macro_f1", "kappa", "log_loss", "ece")
    }
    return {
        "settings": settings,
        "teacher": settings not in PLAIN,
        "mean": means,
        "held_out": found,
    }


def main(argv: list[str] | None = None) -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="folder with the corpora")
    found = compare(parser.parse_args(argv).root)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
