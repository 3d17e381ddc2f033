"""Measure every committed quality figure again, and fill them into the pages.

    python -m benchmarks.quality --root FOLDER_WITH_THE_CORPORA
    python -m benchmarks.quality --smoke   # a minute, bundled data, writes nothing

All but the figures of slow peers (``python -m benchmarks.leaderboard --slow``) and of
speed. A second run gives the same figures.
"""

from __future__ import annotations

import argparse

from benchmarks import (
    ablation,
    leaderboard,
    readme,
    settings,
    shipped,
    triads,
    written,
)

PARTS = (triads, written, settings, ablation, shipped, leaderboard)


def main() -> None:
    """Run every part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="folder with the public corpora")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    if args.smoke:
        for task in ("triads-hard", "behaviour"):
            print(leaderboard.measure(task, ["majority", "cues", "empathykit"], None))
        return
    for part in PARTS:
        part.main(["--root", args.root] if args.root else [])
    readme.main()


if __name__ == "__main__":
    main()
