"""Write the measured figures into README and model card.

    python -m benchmarks.readme

Reads ``benchmarks/results`` and fills what stands between the two ``figures`` marks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
CARDS = ("default",)
DATA = ROOT / "src" / "empathykit" / "data"
MARKS = re.compile(r"(<!-- figures:[^\n]*-->\n).*?(<!-- /figures -->)", re.DOTALL)
NAMES = {
    "macro_f1": "macro-F1",
    "kappa": "Cohen's κ",
    "accuracy": "accuracy",
    "log_loss": "log loss",
}


def read(name: str) -> Any:
    """Return a committed results file."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def quality_rows(quality: Any) -> list[str]:
    """Return a table row for each main figure."""
    return [
        f"| {NAMES[name]} on `{quality['corpus']}`, n = {quality['n']} | "
        f"{s['value']:.3f} | {s['low']:.3f}–{s['high']:.3f} |"
        for name, s in quality["scores"].items()
        if name in NAMES
    ]


def readme_figures() -> str:
    """Return the table of the README."""
    quality, speed = read("quality"), read("speed")
    fast = speed["throughput"]
    alone = speed["single_text_microseconds"]
    lines = ["| | figure | 95 % interval |", "|---|---|---|", *quality_rows(quality)]
    for name in ("all cues", "cues=None"):
        ratio = fast[name]["times_scikit_learn"]
        lines.append(f"| throughput, {name}, against scikit-learn | {ratio:.1f} × | |")
    ratio = alone["scikit-learn"] / alone["all cues"]
    lines += [
        f"| one text a call, all cues, against scikit-learn | {ratio:.1f} × | |",
        f'| time over `"\\n".join(texts).lower().encode()`, all cues | '
        f"{fast['all cues']['times_floor']:.0f} × | |",
        "",
        f"Speed: raw strings to probabilities on {speed['n_texts']:,} dialogue turns, "
        f"one core, medians of paired runs against `{speed['peer']}`; on that machine "
        f"{fast['all cues']['microseconds_per_text']:.1f} µs a text in batches, "
        f"{alone['all cues']} µs alone.",
    ]
    return "\n".join(lines)


def card_figures() -> str:
    """Return the tables of the model card."""
    quality = read("quality")
    lines = ["| | figure | 95 % interval |", "|---|---|---|", *quality_rows(quality)]
    lines += ["", "| label | precision | recall | F1 | n |", "|---|---|---|---|---|"]
    for label, row in quality["classes"].items():
        values = (row["precision"], row["recall"], row["f1-score"])
        cells = " | ".join(f"{v:.2f}" for v in values)
        lines.append(f"| {label} | {cells} | {row['support']:.0f} |")
    for key, title in (("by_source", "source"), ("by_construct", "construct")):
        lines += ["", f"| {title} | labelled right | n |", "|---|---|---|"]
        for name, row in quality[key].items():
            lines.append(f"| {name} | {row['accuracy']:.2f} | {row['n']} |")
    return "\n".join(lines)


def fill(text: str, figures: str) -> str:
    """Return `text` with `figures` between its marks."""
    return MARKS.sub(lambda m: f"{m[1]}{figures}\n{m[2]}", text)


def pages() -> dict[Path, str]:
    """Return what each page must hold."""
    figures = {ROOT / "README.md": readme_figures()}
    for name in CARDS:
        figures[DATA / f"card-{name}.md"] = card_figures()
        figures[DATA / "models" / name / "README.md"] = card_figures()
    return {
        path: fill(path.read_text(encoding="utf-8"), text)
        for path, text in figures.items()
    }


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
