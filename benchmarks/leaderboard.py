"""Measure every peer on every task: what ``docs/leaderboard.md`` shows.

    python -m benchmarks.leaderboard --root FOLDER_WITH_THE_CORPORA
    python -m benchmarks.leaderboard --root FOLDER --slow   # hours; needs [bench]

Writes ``benchmarks/results/leaderboard.json``, or ``leaderboard_slow.json`` for the
neural peers. With ``--tasks`` or ``--models``, other rows of the file stay.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from empathykit import load_model
from empathykit.evaluation import Results, evaluate, find_peer, list_peers, list_tasks

FOLDER = Path(__file__).parent / "results"
SEED = 0
SHIPPED_TASKS = ("triads", "triads-hard", "support-dev", "behaviour")
"""Where the shipped model has seen the train part and not the test part."""


def path_of(slow: bool) -> Path:
    """Return the results file of the quick or the slow peers."""
    return FOLDER / ("leaderboard_slow.json" if slow else "leaderboard.json")


def measure(task: str, models: list[str], root: str | None) -> Results:
    """Return the rows of one task."""
    named: dict[str, Any] = {name: find_peer(name) for name in models}
    if "empathykit" in named and task in SHIPPED_TASKS:
        named["empathykit, shipped"] = load_model()
    return evaluate(named, task, root=root, seed=SEED, say=_say)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(argv: list[str] | None = None) -> None:
    """Measure and write after each task, so that a stopped run loses little."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with the public corpora")
    parser.add_argument("--slow", action="store_true", help="the neural peers")
    parser.add_argument("--tasks", nargs="+", default=[t.name for t in list_tasks()])
    parser.add_argument("--models", nargs="+")
    args = parser.parse_args(argv)
    models = args.models or [p.name for p in list_peers() if p.slow == args.slow]
    path = path_of(args.slow)
    for task in args.tasks:
        results = measure(task, models, args.root)
        before = Results.from_json(path) if path.is_file() else None
        (before.merge(results) if before else results).to_json(path)


if __name__ == "__main__":
    main()
