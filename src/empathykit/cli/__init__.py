"""The command line; the only place that prints."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..corpora import CorpusError
from ..cues import LexiconError
from ..persistence import ModelFormatError
from . import bench, corpora, evaluate, explain, models, score, train
from .rows import InputError

COMMANDS = (score, explain, train, evaluate, models, corpora, bench)
USAGE_ERRORS = (
    InputError,
    ModelFormatError,
    LexiconError,
    CorpusError,
    OSError,
    ValueError,
    TypeError,
)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser, one sub-command a module."""
    parser = argparse.ArgumentParser(
        prog="empathykit",
        description="Tell empathy, sympathy and neutral replies apart, offline.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        summary = (module.__doc__ or "").partition("\n")[0]
        sub = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 wrong use or bad input."""
    args = make_parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console may lack some characters
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        # Python flushes once more when it ends, and must not complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except USAGE_ERRORS as error:
        print(f"empathykit: error: {error}", file=sys.stderr)
        return 2
