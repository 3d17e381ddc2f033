"""List the shipped models, or show the card of one."""

from __future__ import annotations

import argparse

from ..persistence import SHIPPED, find_model, read_card, read_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``empathykit models``."""
    parser.add_argument("name", nargs="?", help="a shipped model or a folder: its card")


def run(args: argparse.Namespace) -> int:
    """Print the list or the card and return the exit code."""
    if args.name:
        print(read_card(find_model(args.name)), end="")
        return 0
    for folder in sorted(SHIPPED.iterdir()):
        config = read_config(folder)
        features = config["n_ngrams"] + config["n_cues"]
        print(
            f"{folder.name}: {', '.join(map(str, config['classes']))}; {features:,} "
            f"features, {config['arrays_bytes'] / 1e6:.1f} MB, learned from "
            f"{config['n_texts']:,} texts"
        )
    print("\nShow a card with: empathykit models NAME")
    return 0
