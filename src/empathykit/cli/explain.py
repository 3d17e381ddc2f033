"""Show which words of a text decided its label."""

from __future__ import annotations

import argparse
import os
import sys

from .._render import render_text
from ..explain import explain
from ..persistence import load_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit explain``."""
    parser.add_argument("text", metavar="TEXT", help="the text, in quotes")
    parser.add_argument("--model", help="folder or name of a model (default: shipped)")
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="default: auto, which heeds NO_COLOR",
    )


def run(args: argparse.Namespace) -> int:
    """Explain one text and return the exit code."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    color = args.color == "always" or (args.color == "auto" and wanted)
    print(render_text(explain(load_model(args.model), args.text), color=color))
    return 0
