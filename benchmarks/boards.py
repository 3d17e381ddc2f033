"""Tables of the leaderboard, for ``docs/leaderboard.md`` and the README."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.leaderboard import path_of
from empathykit.evaluation import (
    Result,
    Results,
    Score,
    find_task,
    list_peers,
    list_tasks,
)

SHOWN = ("majority", "cues", "tf-idf", "minilm", "empathykit")
"""Models of the README's table."""
README_TASKS = (
    *("triads", "triads-hard", "support-dev", "epitome-er", "epitome-ip"),
    *("epitome-ex", "epitome-rationales", "empathic-reactions", "behaviour"),
)
HEAD = """# Leaderboard

Written from `benchmarks/results/leaderboard.json` and `leaderboard_slow.json` by
`python -m benchmarks.readme`; measured by `python -m benchmarks.leaderboard --root
FOLDER`, the neural peers by hand with `--slow`.

- Every model of a table is fitted on the same splits, seed 0. Neural peers see the
  first round of folds only.
- Intervals are 95 % percentile bootstraps over the groups of the task (conversations,
  situations, threads), 1,000 resamples. They show what another draw of texts would
  change, not another draw of training texts.
- `empathykit, shipped` is the model in the wheel: trained on support_train, on train
  and validation of triads and on rows written for it, and taught by a MiniLM.
  `empathykit` is fitted on the task's own train part, with balanced classes where
  macro-F1 counts.
- *Published rows* were not measured here; under each table stands how far they can be
  compared.
- empathykit's C and cue weight come from `benchmarks/results/settings.json`; on folds
  they are chosen from three pairs by cross-validation of the train part. The pairs, and
  the form of its ridge for values, were drafted with figures on such folds in view.
- Cues, which `cues` and `empathykit` use, were drafted with texts of support_train and
  of train and validation of triads in view, never with a test split.
"""


def results() -> Results:
    """Return the committed results, of quick and slow peers."""
    found = Results.from_json(path_of(False))
    slow = path_of(True)
    return found.merge(Results.from_json(slow)) if slow.is_file() else found


def page() -> str:
    """Return ``docs/leaderboard.md``."""
    found = results()
    order = {task.name: k for k, task in enumerate(list_tasks())}
    rows = tuple(sorted(found.rows, key=lambda row: order[row.task]))
    peers = [
        "| model | what it is |",
        "|---|---|",
        *(f"| {peer.name} | {peer.description} |" for peer in list_peers()),
    ]
    parts = [
        HEAD,
        "\n".join(peers),
        Results(rows, {}).to_markdown(),
        _phenomena(rows),
        _behaviour(rows),
        _run(found),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _cell(score: Score | None) -> str:
    if score is None:
        return "–"
    return f"{score.value:.3f} ({score.low:.3f}–{score.high:.3f})"


def _table(corner: str, columns: Iterable[str], rows: Iterable[list[str]]) -> str:
    head = [corner, *columns]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _of(rows: Iterable[Result], task: str) -> dict[str, Result]:
    return {row.model: row for row in rows if row.task == task}


def _phenomena(rows: Iterable[Result]) -> str:
    own = _of(rows, "triads-hard")
    values = sorted({value for row in own.values() for value in row.by})
    n = {v: next(r.by[v]["n"] for r in own.values() if v in r.by) for v in values}
    cells = [
        [v, *(f"{row.by[v]['accuracy']:.2f}" for row in own.values()), f"{n[v]:.0f}"]
        for v in values
    ]
    table = _table("phenomenon", [*own, "n"], cells)
    return f"### triads-hard, accuracy by phenomenon\n\n{table}"


def _behaviour(rows: Iterable[Result]) -> str:
    own = _of(rows, "behaviour")
    names = list(next(iter(own.values())).scores)
    cells = [[n, *(_cell(row.scores[n]) for row in own.values())] for n in names]
    note = (
        "Who always says the same label passes all tests but negation; the mean weighs "
        "the three kinds of tests alike. *Context flip* (Lee et al. 2023) needs the "
        "turn before the reply, which no model here sees: a known limit, not in the "
        "mean."
    )
    table = _table("behaviour test", own, cells)
    return f"### behaviour, by test\n\n{note}\n\n{table}"


def _run(found: Results) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in found.run["versions"].items())
    seconds = sum(row.fit_seconds + row.predict_seconds for row in found.rows)
    return (
        f"Run with {versions} on Python {found.run['python']}, {found.run['machine']}; "
        f"{seconds / 60:,.0f} minutes of fitting and predicting."
    )


def summary() -> str:
    """Return the table of the README."""
    rows = results().rows
    cells = []
    for name in README_TASKS:
        own = _of(rows, name)
        if "empathykit" not in own:
            continue
        n = own["empathykit"].main
        values = [_cell(own[m].main if m in own else None) for m in SHOWN]
        metric = find_task(name).metric.replace("_", " ")
        cells.append([f"{name} ({metric}, n = {n.n if n else 0:,})", *values])
    return _table("task", SHOWN, cells)
