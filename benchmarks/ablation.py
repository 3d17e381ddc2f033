"""What the bundled corpus adds to the shipped model, measured on `support_dev`.

    python -m benchmarks.ablation --root FOLDER

Fits the shipped settings on triads alone, on support_train alone, and on both, and
writes ``benchmarks/results/ablation.json``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plain import plain
from empathykit.build import TRIADS, load_texts, train
from empathykit.corpora import Example, load_support
from empathykit.evaluation import compare, score_predictions

RESULTS = Path(__file__).parent / "results" / "ablation.json"
SEED = 0
CLASSES = ("empathy", "neutral", "sympathy")  # sorted, as models have them


def predict(examples: list[Example], dev: list[Example]) -> Any:
    """Fit on examples and return the probabilities of the texts to measure on."""
    return train(examples).predict_proba([e.text for e in dev])


def indices(labels: list[str]) -> Any:
    """Return labels as numbers."""
    return np.array([CLASSES.index(label) for label in labels])


def measure(root: str | None) -> dict[str, Any]:
    """Return the scores of the three models, and what triads add to support_train."""
    everything, dev = load_texts(root), load_support("dev", root)
    parts = {
        "triads only": [e for e in everything if e.source == TRIADS],
        "support_train only": [e for e in everything if e.source != TRIADS],
        "both": everything,
    }
    proba = {name: predict(examples, dev) for name, examples in parts.items()}
    y = indices([e.label for e in dev])
    paired = compare(proba["support_train only"], proba["both"], y, seed=SEED)
    gain = asdict(paired.difference) | {"p_value": paired.p_value}
    gain = {k: round(v, 4) for k, v in gain.items()}
    return {
        "corpus": "support_dev",
        "n": len(dev),
        "seed": SEED,
        "interval": "95 % percentile bootstrap over texts, 1,000 resamples",
        "models": {
            name: {
                "n_texts": len(parts[name]),
                "scores": plain(score_predictions(proba[name], y, seed=SEED)),
            }
            for name in parts
        },
        "macro_f1_gain": gain,
    }


def main(argv: list[str] | None = None) -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with the support corpus")
    results = measure(parser.parse_args(argv).root)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, row in results["models"].items():
        score = row["scores"]["macro_f1"]
        interval = f"({score['low']:.3f}–{score['high']:.3f})"
        print(f"{name:<20} {row['n_texts']:>6,} {score['value']:.3f} {interval}")
    print("gain", results["macro_f1_gain"])


if __name__ == "__main__":
    main()
