"""List the corpora of the catalogue, show one with its card, or check its files."""

from __future__ import annotations

import argparse
from collections import Counter
from textwrap import fill, indent
from typing import Any

from ..corpora import Corpus, list_corpora, read_data_card
from ..corpora.catalog import find_corpus
from ..corpora.load import read_corpus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit corpora``."""
    parser.set_defaults(act=lambda args: _list())
    acts = parser.add_subparsers(metavar="ACTION", title="actions (default: list)")
    acts.add_parser("list", help="name every corpus, with its licence")
    show = acts.add_parser("show", help="show the entry of a corpus, and its card")
    show.add_argument("name")
    show.set_defaults(act=lambda args: _show(find_corpus(args.name)))
    check = acts.add_parser("check", help="verify the files and count the records")
    check.add_argument("name")
    check.add_argument(
        "--root", help="folder with the files (default: $EMPATHYKIT_CORPORA)"
    )
    check.set_defaults(act=lambda args: _check(find_corpus(args.name), args.root))


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code."""
    args.act(args)
    return 0


def _list() -> None:
    print(f"{'name':<21} {'licence':<12} {'commercial use':<17} title")
    for c in list_corpora():
        print(f"{c.name:<21} {c.licence:<12} {c.commercial_use:<17} {c.title}")
    print("\nShow one with: empathykit corpora show NAME")


def _show(corpus: Corpus) -> None:
    files = [", ".join(p.files) for layout in corpus.layouts for p in layout.parts]
    facts = {
        "task": corpus.task,
        "labels": "; ".join(_describe_labels(corpus)) or "none",
        "columns": ", ".join(corpus.columns),
        "splits": ", ".join(corpus.splits) or "none",
        "group": corpus.group or "none known",
        "licence": corpus.licence,
        "commercial": " ".join(
            f"{corpus.commercial_use}. {corpus.licence_note}".split()
        ),
        "upstream": corpus.source,
        "hub": f"{corpus.hub.id}, revision {corpus.hub.revision}" if corpus.hub else "",
        "files": "; ".join(files),
    }
    print(f"{corpus.name}: {corpus.title}\n\n{fill(corpus.description, 88)}\n")
    for key, text in facts.items():
        if text:
            print(
                fill(text, 88, initial_indent=f"{key:<12}", subsequent_indent=" " * 12)
            )
    print("\nknown problems")
    for problem in corpus.problems:
        print(fill(problem, 88, initial_indent="- ", subsequent_indent="  "))
    print(f"\ncitation\n{indent(corpus.citation, '  ')}")
    if card := read_data_card(corpus):
        print(f"\n{card}", end="")


def _describe_labels(corpus: Corpus) -> list[str]:
    named = [f"{k}: {', '.join(map(str, v))}" for k, v in corpus.labels.items()]
    return named + [f"{k}: {a:g} to {b:g}" for k, (a, b) in corpus.ranges.items()]


def _check(corpus: Corpus, root: str | None) -> None:
    records = read_corpus(corpus, root)
    print(f"{corpus.name}: {len(records):,} records; files and labels are as recorded")
    for split in corpus.splits or ("",):
        rows = [r for r in records if not split or r["split"] == split]
        if split and rows:
            print(f"\n{split}: {len(rows):,}")
        for column in corpus.labels if rows else ():
            counts = Counter(label for r in rows for label in _as_list(r[column]))
            cells = ", ".join(f"{v} {n:,}" for v, n in sorted(counts.items(), key=str))
            print(fill(f"{column}: {cells}", 88, subsequent_indent="  "))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
