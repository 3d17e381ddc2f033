"""Write the measured figures into README and model cards.

    python -m benchmarks.readme

Reads ``benchmarks/results`` and fills what stands between the two ``figures`` marks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks import boards

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
DATA = ROOT / "src" / "empathykit" / "data"
TRIADS = ROOT / "src" / "empathykit" / "corpora" / "cards" / "triads.md"
MARKS = re.compile(r"(<!-- figures:[^\n]*-->\n).*?(<!-- /figures -->)", re.DOTALL)
AGREEMENT = ("same_label", "kappa_labels", "kappa_constructs")
NAMES = {
    "macro_f1": "macro-F1",
    "kappa": "Cohen's κ",
    "accuracy": "accuracy",
    "log_loss": "log loss",
    "ece": "expected calibration error (15 bins)",
    "accuracy_at_80": "accuracy on the surest 80 %",
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


def random_row(quality: Any) -> str:
    """Return the table row of the rows that were drawn at random."""
    s = quality["randomly_drawn"]["accuracy"]
    return (
        f"| accuracy on the randomly drawn rows of it, n = {s['n']} | "
        f"{s['value']:.3f} | {s['low']:.3f}–{s['high']:.3f} |"
    )


def readme_figures() -> str:
    """Return the table of the README."""
    quality, speed = read("shipped"), read("speed")
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
    lines += [
        "",
        "All models fitted on the same splits, 95 % intervals, seed 0. More models and "
        "tasks, published rows and how comparable they are: "
        "[leaderboard](docs/leaderboard.md).",
        "",
        boards.summary(),
    ]
    return "\n".join(lines)


def card_figures() -> str:
    """Return the tables of the model card."""
    quality = read("shipped")
    lines = ["| | figure | 95 % interval |", "|---|---|---|", *quality_rows(quality)]
    lines.append(random_row(quality))
    lines += ["", "| label | precision | recall | F1 | n |", "|---|---|---|---|---|"]
    for label, scores in quality["classes"].items():
        cells = " | ".join(
            f"{s['value']:.2f} ({s['low']:.2f}–{s['high']:.2f})"
            for s in scores.values()
        )
        lines.append(f"| {label} | {cells} | {scores['f1']['n']} |")
    for key, title in (("by_source", "source"), ("by_construct", "construct")):
        lines += ["", f"| {title} | labelled right | n |", "|---|---|---|"]
        for name, row in quality[key].items():
            lines.append(f"| {name} | {row['accuracy']:.2f} | {row['n']} |")
    for key, title in (
        ("mistaken_by_source", "mistaken on `support_dev`, by source"),
        ("mistaken_by_phenomenon", "mistaken on triads test, by phenomenon"),
    ):
        names = list(next(iter(quality[key].values())))
        lines += ["", f"| {title} | {' | '.join(names)} |"]
        lines.append("|---|" + "---|" * len(names))
        for value, counts in quality[key].items():
            cells = " | ".join(str(counts[name]) for name in names)
            lines.append(f"| {value} | {cells} |")
    for key, title in (
        ("behaviour", "behaviour test, pass rate"),
        ("fairness_gaps", "largest gap between groups"),
    ):
        lines += ["", f"| {title} | figure | 95 % interval | n |", "|---|---|---|---|"]
        lines += [
            f"| {name.replace('_', ' ')} | {s['value']:.3f} | "
            f"{s['low']:.3f}–{s['high']:.3f} | {s['n']:,} |"
            for name, s in quality[key].items()
        ]
    lines += ["", "| second reading | n | same label | κ, labels | κ, constructs |"]
    lines.append("|---|---|---|---|---|")
    for name, row in read("written")["second_pass"].items():
        cells = " | ".join(f"{row[key]:.4f}" for key in AGREEMENT)
        lines.append(f"| rows {name} | {row['n']:,} | {cells} |")
    return "\n".join(lines)


def construct_figures() -> str:
    """Return the tables of the card of the constructs."""
    measured = read("shipped")["constructs"]
    lines = ["| | figure | 95 % interval | n |", "|---|---|---|---|"]
    for corpus, part in measured.items():
        for title, score in (
            ("macro-F1 of the constructs", part["scores"]["macro_f1"]),
            ("right, given the label", part["given_the_label"]["accuracy"]),
        ):
            lines.append(
                f"| {title}, `{corpus}` | {score['value']:.3f} | "
                f"{score['low']:.3f}–{score['high']:.3f} | {score['n']:,} |"
            )
    names = list(measured)
    heads = " | ".join(f"F1, `{name}` | n" for name in names)
    lines += ["", f"| construct | {heads} |", "|---|" + "---|---|" * len(names)]
    for code in measured[names[0]]["f1"]:
        cells = []
        for name in names:
            score = measured[name]["f1"][code]
            found = f"{score['value']:.2f} ({score['low']:.2f}–{score['high']:.2f})"
            cells += [found if score["n"] else "–", f"{score['n']:,}"]
        lines.append(f"| {code} | {' | '.join(cells)} |")
    return "\n".join(lines)


def triads_figures() -> str:
    """Return the tables of the data card."""
    triads = read("triads")
    counts, figures, second = triads["counts"], triads["figures"], triads["second_pass"]
    lines = ["| split | empathy | sympathy | neutral |", "|---|---|---|---|"]
    for split, row in counts["split"].items():
        cells = " | ".join(f"{row[k]:,}" for k in ("empathy", "sympathy", "neutral"))
        lines.append(f"| {split} | {cells} |")
    lines += [
        "",
        f"{figures['texts']:,} texts; {counts['contrast_sets']:,} situations with one "
        "reply of each label.",
        "",
    ]
    for column in ("construct", "domain", "channel", "variety"):
        cells = ", ".join(f"{k} {n:,}" for k, n in counts[column].items())
        lines.append(f"- {column}: {cells}")
    lines += ["", "| figure | value |", "|---|---|"]
    lines += [
        f"| {name.replace('_', ' ')} | {value:g} |" for name, value in figures.items()
    ]
    lines += [
        "",
        "| second pass | n | same label | κ, labels | κ, constructs "
        "| author's label kept | reader's taken | rewritten |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in second.items():
        cells = [name.replace("_", " "), f"{row['n']:,}"]
        cells += [f"{row[key]:.4f}" for key in AGREEMENT]
        cells += [
            str(row["settled"].get(how, 0)) for how in ("author", "reader", "rewritten")
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *baseline_rows(triads["tfidf_logistic_regression"])])


def baseline_rows(baseline: Any) -> list[str]:
    """Return the table of the plain linear model, by phenomenon."""
    score = baseline["scores"]["macro_f1"]
    lines = [
        "A plain TF-IDF (1–3-grams) with a logistic regression, fitted on train, "
        f"reaches macro-F1 {score['value']:.3f} "
        f"({score['low']:.3f}–{score['high']:.3f}, n = {score['n']}) on test:",
        "",
        "| phenomenon | accuracy | n |",
        "|---|---|---|",
    ]
    return lines + [
        f"| {name} | {row['accuracy']:.2f} | {row['n']} |"
        for name, row in baseline["accuracy_by_phenomenon"].items()
    ]


def fill(text: str, figures: str) -> str:
    """Return `text` with `figures` between its marks."""
    return MARKS.sub(lambda m: f"{m[1]}{figures}\n{m[2]}", text)


def pages() -> dict[Path, str]:
    """Return what each page must hold."""
    figures = {ROOT / "README.md": readme_figures()}
    for name, text in (
        ("default", card_figures()),
        ("constructs", construct_figures()),
    ):
        figures[DATA / f"card-{name}.md"] = text
        figures[DATA / "models" / name / "README.md"] = text
    found = {
        path: fill(path.read_text(encoding="utf-8"), text)
        for path, text in figures.items()
    }
    card = fill(TRIADS.read_text(encoding="utf-8"), triads_figures())
    # The card goes with the wheel, and stands in the documentation.
    docs = ROOT / "docs"
    return found | {
        TRIADS: card,
        docs / "data" / "triads.md": card,
        docs / "leaderboard.md": boards.page(),
    }


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
