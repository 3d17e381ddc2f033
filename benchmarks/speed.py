"""Measure speed against scikit-learn, in one run and on one core.

    python -m benchmarks.speed --root FOLDER [--repeat 5] [--smoke]

Both sides go from raw strings to probabilities on the texts of
``unlabelled_dialogue_turns.jsonl``, fitted on ``support_train``. What counts is the
ratio, pair by pair, since machines differ and drift. ``--smoke`` uses the examples that
ship with the project and writes nothing.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is imported

import argparse
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from empathykit import EmpathyClassifier, load_model
from empathykit.build import PRECEDENCE, SETTINGS
from empathykit.corpora import load_support

RESULTS = Path(__file__).parent / "results" / "speed.json"
EXAMPLES = Path(__file__).parents[1] / "examples" / "replies.txt"


def seconds(call: Callable[[], Any]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def throughput(models: dict[str, Any], texts: list[str], repeat: int) -> dict[str, Any]:
    """Time the models in turn, so that each pair saw the same machine."""
    calls: dict[str, Callable[[], Any]] = {
        name: lambda m=model: m.predict_proba(texts) for name, model in models.items()
    }
    calls["floor"] = lambda: "\n".join(texts).lower().encode()
    for call in calls.values():
        call()
    runs = {name: [] for name in calls}
    for _ in range(repeat):
        for name, call in calls.items():
            runs[name].append(seconds(call) / len(texts) * 1e6)
    peer, floor = runs["scikit-learn"], runs["floor"]
    return {
        name: {
            "microseconds_per_text": round(median(own), 2),
            "times_scikit_learn": round(
                median(p / o for p, o in zip(peer, own, strict=True)), 2
            ),
            "times_floor": round(
                median(o / f for o, f in zip(own, floor, strict=True)), 1
            ),
        }
        for name, own in runs.items()
    }


def single(models: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    """Return the median microseconds for one text a call."""
    return {
        name: round(
            median(seconds(lambda t=t, m=m: m.predict_proba([t])) for t in texts) * 1e6
        )
        for name, m in models.items()
    }


def peak_memory(model: EmpathyClassifier, texts: list[str], n: int) -> float:
    """Return the peak in MB while `n` texts are scored from a generator."""

    def stream() -> Iterator[str]:
        for i in range(n):
            yield texts[i % len(texts)]

    tracemalloc.start()
    for _ in model.iter_proba(stream()):
        pass
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return round(peak, 1)


def import_and_load(repeat: int) -> dict[str, float]:
    """Return seconds to import over scikit-learn, and milliseconds to load."""

    def python(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))

    python("import empathykit")
    over = [
        python("import empathykit") - python("import sklearn") for _ in range(repeat)
    ]
    loads = [seconds(load_model) * 1e3 for _ in range(repeat + 1)][1:]
    return {
        "import_seconds_over_sklearn": round(median(over), 3),
        "load_milliseconds": round(median(loads), 1),
    }


def measure(train: list[tuple[str, str]], texts: list[str], repeat: int) -> Any:
    """Fit the peers and return every figure."""
    X, y = map(list, zip(*train, strict=True))
    peer = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3)), LogisticRegression(max_iter=1000)
    )
    settings = SETTINGS | {"calibration_folds": 0}
    models = {
        "scikit-learn": peer.fit(X, y),
        "all cues": EmpathyClassifier(**settings).fit(X, y),
        "cues=None": EmpathyClassifier(**settings, cues=None).fit(X, y),
    }
    return {
        "n_texts": len(texts),
        "versions": {p: version(p) for p in ("numpy", "scipy", "scikit-learn")},
        "peer": "TfidfVectorizer(ngram_range=(1, 3)) + LogisticRegression",
        "throughput": throughput(models, texts, repeat),
        "single_text_microseconds": single(models, texts[:1000]),
        "peak_megabytes_streaming": {
            str(n): peak_memory(models["all cues"], texts, n)
            for n in (len(texts) // 10, len(texts))
        },
        **import_and_load(repeat),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with the corpora")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    if args.smoke:
        lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
        train = [(t, PRECEDENCE[i % 3]) for i, t in enumerate(lines * 4)]
        results = measure(train, lines * 20, repeat=1)
    else:
        train = [(e.text, e.label) for e in load_support("train", args.root)]
        path = Path(args.root or os.environ["EMPATHYKIT_CORPORA"])
        with (path / "unlabelled_dialogue_turns.jsonl").open(encoding="utf-8") as f:
            texts = [json.loads(line)["text"] for line in f]
        results = measure(train, texts, args.repeat)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
