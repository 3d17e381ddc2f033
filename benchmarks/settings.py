"""Compare settings of the shipped model on its training data alone.

    python -m benchmarks.settings --root FOLDER_WITH_support_train.jsonl

What counts is how a model does on talk of a kind that it has not seen. So each source
of `support` train is left out in turn, and the model fitted on the others and on triads
train; an eighth figure is that on triads validation, of the model fitted on everything
else. Writes ``benchmarks/results/settings.json``, best first.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score

from empathykit import EmpathyClassifier, load_corpus
from empathykit.build import PRECEDENCE, TRIADS, load_texts
from empathykit.corpora import Example

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
WHOLE: list[dict[str, Any]] = [
    {"C": 0.1, "cues": None},
    {"C": 0.1, "cue_weight": 1.0},
    {"C": 0.1, "cue_weight": 4.0},
    {"C": 0.01, "cue_weight": 8.0},
    {"C": 0.01, "cue_weight": 8.0, "class_weight": "balanced"},
    {"C": 0.01, "cue_weight": 16.0, "class_weight": "balanced"},
]
ROLLED: list[dict[str, Any]] = [
    {"C": 0.1, "cues": None},
    {"C": 0.1, "cue_weight": 4.0},
    {"C": 0.1, "cue_weight": 8.0},
    {"C": 0.1, "cue_weight": 4.0, "class_weight": "balanced"},
    {"C": 0.03, "cue_weight": 8.0},
    {"C": 0.03, "cue_weight": 8.0, "class_weight": "balanced"},
    {"C": 0.3, "cue_weight": 4.0},
]
GRID = WHOLE + [settings | {"precedence": PRECEDENCE} for settings in ROLLED]


def agreement(train: list[Example], test: list[Example], settings: Any) -> Any:
    """Return macro-F1 and Cohen's kappa of a model fitted on other texts."""
    model = EmpathyClassifier(calibration_folds=0, min_df=3, **settings)
    model.fit([e.text for e in train], [e.label for e in train])
    predicted = model.predict([e.text for e in test])
    y = [e.label for e in test]
    return {
        "macro_f1": round(float(f1_score(y, predicted, average="macro")), 4),
        "kappa": round(float(cohen_kappa_score(y, predicted)), 4),
        "n": len(y),
    }


def compare(root: str | None) -> list[dict[str, Any]]:
    """Return the figures of each setting, best first."""
    validation = set(_validation_ids())
    everything = load_texts(root)
    own = [e for e in everything if e.id in validation]
    known = [e for e in everything if e.id not in validation]
    rows = []
    for settings in GRID:
        found = {
            " + ".join(out): agreement(
                [e for e in known if e.source not in out],
                [e for e in known if e.source in out],
                settings,
            )
            for out in LEFT_OUT
        } | {"triads validation": agreement(known, own, settings)}
        means = {
            key: round(float(np.mean([row[key] for row in found.values()])), 4)
            for key in ("macro_f1", "kappa")
        }
        rows.append({"settings": settings, "mean": means, "held_out": found})
        print(json.dumps(rows[-1]), flush=True)
    return sorted(rows, key=lambda row: -row["mean"]["macro_f1"])


def _validation_ids() -> list[str]:
    return [row["id"] for row in load_corpus(TRIADS, split="validation")]


def main(argv: list[str] | None = None) -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with support_train.jsonl")
    rows = compare(parser.parse_args(argv).root)
    RESULTS.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
