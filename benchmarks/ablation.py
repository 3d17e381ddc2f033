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
from sklearn.metrics import f1_score

from empathykit.build import TRIADS, load_texts, train
from empathykit.corpora import Example, load_support
from empathykit.evaluation import score_predictions

RESULTS = Path(__file__).parent / "results" / "ablation.json"
SEED = 0
N_RESAMPLES = 1000
CLASSES = ("empathy", "neutral", "sympathy")  # sorted, as models have them


def predict(examples: list[Example], dev: list[Example]) -> Any:
    """Fit on examples and return the probabilities of the texts to measure on."""
    return train(examples).predict_proba([e.text for e in dev])


def indices(labels: list[str]) -> Any:
    """Return labels as numbers."""
    return np.array([CLASSES.index(label) for label in labels])


def gain(before: Any, after: Any, y: Any) -> dict[str, float]:
    """Return by how much macro-F1 rises, with an interval that pairs the texts."""
    old, new = before.argmax(axis=1), after.argmax(axis=1)

    def difference(rows: Any) -> float:
        scores = [f1_score(y[rows], p[rows], average="macro") for p in (old, new)]
        return float(scores[1] - scores[0])

    rng = np.random.default_rng(SEED)
    n = len(y)
    sampled = [difference(rng.integers(0, n, n)) for _ in range(N_RESAMPLES)]
    low, high = np.quantile(sampled, [0.025, 0.975])
    found = {"value": difference(np.arange(n)), "low": low, "high": high}
    return {k: round(float(v), 4) for k, v in found.items()}


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
    return {
        "corpus": "support_dev",
        "n": len(dev),
        "seed": SEED,
        "interval": "95 % percentile bootstrap over texts, 1,000 resamples",
        "models": {
            name: {
                "n_texts": len(parts[name]),
                "scores": {
                    k: {key: round(v, 4) for key, v in asdict(score).items()}
                    for k, score in score_predictions(proba[name], y, seed=SEED).items()
                },
            }
            for name in parts
        },
        "macro_f1_gain": gain(proba["support_train only"], proba["both"], y),
    }


def main() -> None:
    """Write the figures and print the main ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with the support corpus")
    results = measure(parser.parse_args().root)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, row in results["models"].items():
        score = row["scores"]["macro_f1"]
        interval = f"({score['low']:.3f}–{score['high']:.3f})"
        print(f"{name:<20} {row['n_texts']:>6,} {score['value']:.3f} {interval}")
    print("gain", results["macro_f1_gain"])


if __name__ == "__main__":
    main()
