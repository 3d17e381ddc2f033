"""Cut the rows of a task into train and test, and refuse cuts that leak."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from .._types import Ints
from ..corpora import load_corpus
from .tasks import Protocol, Task


@dataclass(frozen=True, slots=True, eq=False)
class TaskData:
    """The rows of a task, and its splits.

    Attributes
    ----------
    task : Task
    rows : list of dict
    texts : list of str
    target : ndarray, shape (n_rows,)
    groups : ndarray, shape (n_rows,)
        What a bootstrap resamples; each row alone if the task knows no group.
    splits : list of (ndarray, ndarray)
        Rows to learn from and to measure on.
    """

    task: Task
    rows: list[dict[str, Any]]
    texts: list[str]
    target: NDArray[Any]
    groups: NDArray[Any]
    splits: list[tuple[Ints, Ints]]

    @property
    def checksum(self) -> str:
        """SHA-256 of texts and targets, in their order."""
        pairs = [[*pair] for pair in zip(self.texts, self.target.tolist(), strict=True)]
        return sha256(json.dumps(pairs).encode()).hexdigest()


def load_task(task: Task, root: str | Path | None = None, *, seed: int = 0) -> TaskData:
    """Read the corpus of a task and cut it.

    Parameters
    ----------
    task : Task
    root : str or Path, default=None
        As in `load_corpus`.
    seed : int, default=0
        Of folds and holdouts.

    Raises
    ------
    ValueError
        If a split is empty, or a group would stand on both sides.
    """
    rows = list(load_corpus(task.corpus, root) if task.rows is None else task.rows)
    kept = _matches(task, rows)
    if task.protocol.kind != "fixed":  # there, only what is measured is narrowed
        rows = [row for row, keep in zip(rows, kept, strict=True) if keep]
        kept = kept[kept]
    target = np.array([row[task.target] for row in rows])
    groups = np.arange(len(rows)).astype(str)
    if task.protocol.group:
        groups = np.array([str(row[task.protocol.group]) for row in rows])
    splits = []
    for train, test in _cut(task, rows, target, groups, seed):
        test = test[kept[test]]
        _check(task, groups, train, test)
        splits.append((train, test))
    return TaskData(task, rows, [r["text"] for r in rows], target, groups, splits)


def _matches(task: Task, rows: list[dict[str, Any]]) -> NDArray[np.bool_]:
    wanted = task.where.items()
    return np.array([all(row[k] in v for k, v in wanted) for row in rows], dtype=bool)


def _cut(
    task: Task,
    rows: list[dict[str, Any]],
    target: NDArray[Any],
    groups: NDArray[Any],
    seed: int,
) -> Iterator[tuple[Ints, Ints]]:
    protocol = task.protocol
    if protocol.kind == "fixed":
        split = np.array([str(row["split"]) for row in rows])
        yield (
            np.flatnonzero(np.isin(split, protocol.train)),
            np.flatnonzero(np.isin(split, protocol.test)),
        )
    elif protocol.kind == "holdout":
        cutter = ShuffleSplit(
            protocol.n_splits, test_size=protocol.test_share, random_state=seed
        )
        yield from cutter.split(target)
    else:
        for k in range(protocol.rounds):
            cutter = _folds(task, protocol, seed + k)
            kept = groups if protocol.group else None
            yield from cutter.split(target, target, kept)


def _folds(task: Task, protocol: Protocol, seed: int) -> Any:
    shuffled = {"shuffle": True, "random_state": seed}
    if task.kind == "values":  # numbers cannot be stratified
        cutter = GroupKFold if protocol.group else KFold
    else:
        cutter = StratifiedGroupKFold if protocol.group else StratifiedKFold
    return cutter(protocol.n_splits, **shuffled)


def _check(task: Task, groups: NDArray[Any], train: Ints, test: Ints) -> None:
    for name, part in (("train", train), ("test", test)):
        if not len(part):
            raise ValueError(f"task {task.name!r}: the {name} split is empty.")
    if task.protocol.group:
        both = sorted(set(groups[train].tolist()) & set(groups[test].tolist()))
        if both:
            raise ValueError(
                f"task {task.name!r}: {len(both)} values of {task.protocol.group!r} "
                f"stand on both sides of a split, {both[0]!r} for one. Keep each group "
                "on one side."
            )
