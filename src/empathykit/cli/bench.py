"""Measure peers and models on benchmark tasks, with intervals."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..evaluation import Results, evaluate, find_peer, list_peers, list_tasks
from ..persistence import load_model
from .output import open_output
from .rows import InputError

QUICK = ("majority", "cues", "tf-idf", "empathykit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit bench``."""
    tasks = ", ".join(task.name for task in list_tasks())
    peers = ", ".join(peer.name for peer in list_peers())
    parser.add_argument(
        "--tasks", default="triads", help=f"with commas between: {tasks} (triads)"
    )
    parser.add_argument(
        "--models",
        default=",".join(QUICK),
        help=f"peers ({peers}), `shipped`, or folders of saved models "
        f"(default: {','.join(QUICK)})",
    )
    parser.add_argument("--root", help="folder with the public corpora")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--out", help="JSON file to write the results to")


def run(args: argparse.Namespace) -> int:
    """Measure, print the tables, and return the exit code."""
    models = {name: _find(name) for name in _names(args.models, "--models")}
    tasks = _names(args.tasks, "--tasks")
    # Opened before the work, which may take hours.
    with open_output(args.out) if args.out else nullcontext() as file:
        results = _measure(models, tasks, args)
        if file is not None:
            file.write(results.to_json())
    print(results.to_markdown())
    return 0


def _measure(
    models: dict[str, Any], tasks: list[str], args: argparse.Namespace
) -> Results:
    hidden = not sys.stderr.isatty()
    with tqdm(total=len(models) * len(tasks), disable=hidden) as bar:

        def say(what: str) -> None:
            bar.set_description(what)
            bar.update()

        return evaluate(models, tasks, root=args.root, seed=args.seed, say=say)


def _names(value: str, option: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:
        raise InputError(f"{option} must name at least one; got {value!r}")
    return names


def _find(name: str) -> Any:
    if name == "shipped":
        return load_model()
    return load_model(name) if Path(name).is_dir() else find_peer(name)
