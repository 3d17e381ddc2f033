"""What a benchmark run found: rows with intervals, as table, Markdown or JSON."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .._checks import require
from .displays import LeaderboardDisplay
from .metrics import Score
from .tasks import list_tasks

FORMAT = 1
_PACKAGES = ("empathykit", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Result:
    """What one model reached on one task.

    Attributes
    ----------
    task : str
    version : int
        Of the task.
    model, metric : str
        The main metric; `scores` has it and others.
    scores : mapping of str to Score
    by : mapping of str to mapping
        Accuracy and n by the values of the task's column, where it has one.
    n_splits : int
    fit_seconds, predict_seconds : float
        Over all splits, on the machine of the run.
    checksum : str
        SHA-256 of the texts and labels of the task.
    """

    task: str
    version: int
    model: str
    metric: str
    scores: Mapping[str, Score]
    by: Mapping[str, Mapping[str, float]]
    n_splits: int
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    checksum: str = ""

    @property
    def main(self) -> Score | None:
        """The score in the task's main metric."""
        return self.scores.get(self.metric)


@dataclass(frozen=True, slots=True)
class Results:
    """The rows of a run and how it was made.

    Attributes
    ----------
    rows : tuple of Result
    run : mapping
        Versions, seed and kind of machine.
    """

    rows: tuple[Result, ...]
    run: Mapping[str, Any]

    def to_frame(self) -> Any:
        """Return a pandas data frame, a row a model, task and metric."""
        pandas = require("pandas", extra="datasets")
        return pandas.DataFrame(
            [
                {"task": r.task, "model": r.model, "metric": name, **asdict(score)}
                for r in self.rows
                for name, score in r.scores.items()
            ],
            columns=["task", "model", "metric", "value", "low", "high", "n"],
        )

    def to_markdown(self) -> str:
        """Return a table a task: models, best first, published rows beneath."""
        tasks = list(dict.fromkeys(row.task for row in self.rows))
        return "\n\n".join(_task_table(task, self.rows) for task in tasks)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the results as JSON, and write them to a file if one is given.

        Parameters
        ----------
        path : str or Path, default=None
        """
        rows = [asdict(row) for row in self.rows]
        whole = {"format": FORMAT, "run": dict(self.run), "rows": rows}
        text = json.dumps(_rounded(whole), indent=1, ensure_ascii=False) + "\n"
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    @classmethod
    def from_json(cls, path: str | Path) -> Results:
        """Read what `to_json` wrote.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        ValueError
            If the file is not of that form.
        """
        try:
            whole = json.loads(Path(path).read_text(encoding="utf-8"))
            if whole["format"] != FORMAT:
                raise ValueError(f"format must be {FORMAT}; got {whole['format']!r}")
            rows = tuple(
                Result(
                    **{
                        **row,
                        "scores": {k: _score(v) for k, v in row["scores"].items()},
                    }
                )
                for row in whole["rows"]
            )
            return cls(rows, whole["run"])
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: not results of a benchmark: {error}") from error

    def merge(self, other: Results) -> Results:
        """Return both runs together; a pair of task and model in both is the other's.

        Parameters
        ----------
        other : Results
        """
        rows = {(row.task, row.model): row for row in (*self.rows, *other.rows)}
        return Results(tuple(rows.values()), dict(self.run) | dict(other.run))

    def plot(self, task: str | None = None, ax: Any = None) -> Any:
        """Draw the models of one task with their intervals; needs the extra `plots`.

        Parameters
        ----------
        task : str, default=None
            The first of the run if None.
        ax : matplotlib axes, default=None

        Returns
        -------
        LeaderboardDisplay
        """
        task = task or self.rows[0].task
        own = [row for row in self.rows if row.task == task]
        scores = {row.model: row.main for row in own if row.main is not None}
        if not scores:
            names = sorted({row.task for row in self.rows})
            raise ValueError(f"task must be one of {names}; got {task!r}.")
        return LeaderboardDisplay.from_scores(scores, metric=own[0].metric).plot(ax=ax)

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        main = [row.metric for row in self.rows for _ in row.scores]
        shown = frame[frame["metric"] == main]
        html: str = shown.to_html(index=False, float_format="%.3f")
        return html

    def __str__(self) -> str:
        return self.to_markdown()


def _task_table(name: str, rows: tuple[Result, ...]) -> str:
    own = [row for row in rows if row.task == name and row.main is not None]
    own.sort(key=lambda row: -row.main.value)  # type: ignore[union-attr]
    known = [
        task for task in list_tasks() if task.name == name
    ]  # or of another process
    description, references = (
        (known[0].description, known[0].references)
        if known
        else ("A task of yours.", ())
    )
    lines = [
        f"### {name} (version {own[0].version})",
        "",
        f"{description} Main metric: {own[0].metric}.",
        "",
        f"| model | {own[0].metric} | 95 % interval | n |",
        "|---|---|---|---|",
    ]
    for row in own:
        s = row.main
        if s is not None:
            lines.append(
                f"| {row.model} | {_show(s.value)} | {_show(s.low)}–{_show(s.high)} "
                f"| {s.n:,} |"
            )
    lines += [
        f"| *{ref.system}* | *{ref.value:.3f}* | published | |" for ref in references
    ]
    if references:
        lines.append("")
        notes = {f"{r.citation}: {r.comparable}." for r in references}
        lines += [f"Published: {note}" for note in sorted(notes)]
    return "\n".join(lines)


def _score(values: Mapping[str, Any]) -> Score:
    known: dict[str, Any] = {k: math.nan if v is None else v for k, v in values.items()}
    return Score(**known)


def _show(value: float) -> str:
    """To three places by way of the four of the JSON: both tables say the same."""
    return f"{round(value, 4):.3f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):  # JSON knows no nan
        return None if math.isnan(value) else round(value, 4)
    if isinstance(value, Mapping):
        return {k: _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list | tuple) else value


def describe_run(seed: int) -> dict[str, Any]:
    """Return versions, seed and kind of machine."""
    found = {}
    for package in (*_PACKAGES, "torch", "transformers", "fasttext-numpy2"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "seed": seed,
        "versions": found,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }
