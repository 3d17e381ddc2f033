"""Benchmark tasks as declarations: a corpus, what to predict, how to split, a metric.

A task is never edited: a change of data or split is a new version.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .._checks import check_texts, name_closest

_TASKS = Path(__file__).with_name("tasks.toml")
_OWN: dict[str, Task] = {}
"""What users registered in this process."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A published figure, and how far it can be compared.

    Attributes
    ----------
    system, metric : str
    value : float
    citation : str
    comparable : str
        What is the same and what is not.
    """

    system: str
    metric: str
    value: float
    citation: str
    comparable: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a corpus is cut into train and test.

    Attributes
    ----------
    kind : {"fixed", "folds", "holdout"}
        The corpus's own splits, k-fold cross-validation, or a random share.
    train, test : tuple of str
        Splits to learn from and to measure on, if fixed.
    group : str
        Column whose values stay on one side; "" lets them leak.
    n_splits : int
        Folds of each round, or rounds of a holdout.
    rounds : int
        How often the folds are drawn anew.
    test_share : float
        Of a holdout.
    """

    kind: str
    train: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    group: str = ""
    n_splits: int = 5
    rounds: int = 1
    test_share: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A declared benchmark task.

    Attributes
    ----------
    name : str
    version : int
    description : str
    corpus : str
        Name in the catalogue; "" if `rows` are given.
    kind : {"labels", "values", "rationales", "behaviour"}
    target : str
        Column to predict.
    metric : str
        The main one, as `evaluate` names it.
    protocol : Protocol
    where : mapping of str to sequence
        Columns and the values that test rows must have.
    by : str
        Column by whose values accuracy is broken down; "" for none.
    precedence : tuple
        Labels, the strongest first, if one sentence of a stronger one is enough.
    references : tuple of Reference
    rows : tuple of dict or None
        Of a task that a user registered.
    """

    name: str
    version: int
    description: str
    corpus: str
    kind: str
    target: str
    metric: str
    protocol: Protocol
    where: Mapping[str, Sequence[Any]]
    by: str = ""
    precedence: tuple[Any, ...] = ()
    references: tuple[Reference, ...] = ()
    rows: tuple[dict[str, Any], ...] | None = None


def list_tasks() -> tuple[Task, ...]:
    """Return the declared tasks, then those that were registered.

    Returns
    -------
    tuple of Task

    Examples
    --------
    >>> [task.name for task in list_tasks()][:3]
    ['triads', 'triads-hard', 'support-dev']
    """
    return (*_declared().values(), *_OWN.values())


def find_task(name: str) -> Task:
    """Return the task of that name.

    Parameters
    ----------
    name : str

    Raises
    ------
    ValueError
        If there is none; the message names the closest.
    """
    known = {task.name: task for task in list_tasks()}
    if name not in known:
        raise ValueError(
            f"task must be one of {', '.join(known)}; got {name!r}."
            f"{name_closest(name, known)}"
        )
    return known[name]


def register_task(
    name: str,
    data: Any,
    *,
    text: str = "text",
    label: str = "label",
    group: str = "",
    split: str = "",
    by: str = "",
    precedence: Sequence[Any] = (),
    n_folds: int = 5,
    rounds: int = 1,
) -> Task:
    """Make a task of your own labelled texts, known by name in this process.

    Parameters
    ----------
    name : str
        Must not be that of a declared task; an own task of that name is replaced.
    data : pandas.DataFrame or sequence of dict
    text, label : str
        Columns of the texts and their labels.
    group : str, default=""
        Column whose values (conversations, customers) stay on one side of every split.
    split : str, default=""
        Column that says ``train`` or ``test``; without it, folds are cut.
    by : str, default=""
        Column by whose values accuracy is broken down.
    precedence : sequence, default=()
        All labels, the strongest first, if one sentence of a stronger one is enough;
        the peers ``empathykit`` and ``cues`` use it.
    n_folds, rounds : int
        Folds, and how often they are drawn anew.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        If the name is taken, a column is missing or a split is empty.

    Examples
    --------
    >>> rows = [{"text": "Poor you.", "label": "sympathy"}] * 5
    >>> rows += [{"text": "Room 12.", "label": "neutral"}] * 5
    >>> register_task("mine", rows, n_folds=2).protocol.n_splits
    2
    """
    if name in _declared():
        raise ValueError(f"{name!r} is the name of a declared task; choose another.")
    rows = data.to_dict("records") if hasattr(data, "to_dict") else list(data)
    if not rows:
        raise ValueError("data must hold at least one row; got none.")
    wanted = [text, label, *filter(None, (group, split, by))]
    if missing := [c for c in wanted if any(c not in row for row in rows)]:
        raise ValueError(f"data must have the columns {missing}; got {list(rows[0])}.")
    check_texts([row[text] for row in rows])
    protocol = Protocol("folds", group=group, n_splits=n_folds, rounds=rounds)
    if split:
        protocol = Protocol("fixed", ("train",), ("test",), group)
    renamed = tuple(
        row | {"text": row[text], "split": row[split] if split else None}
        for row in rows
    )
    _OWN[name] = Task(
        name,
        1,
        "Registered in this process.",
        "",
        "labels",
        label,
        "macro_f1",
        protocol,
        {},
        by,
        tuple(precedence),
        rows=renamed,
    )
    return _OWN[name]


@cache
def _declared() -> dict[str, Task]:
    entries = tomllib.loads(_TASKS.read_text(encoding="utf-8"))
    return {name: _parse(name, dict(entry)) for name, entry in entries.items()}


def _parse(name: str, entry: dict[str, Any]) -> Task:
    protocol: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.pop("protocol").items()
    }
    references = tuple(Reference(**row) for row in entry.pop("references", ()))
    entry["description"] = " ".join(entry["description"].split())
    return Task(
        name=name,
        protocol=Protocol(**protocol),
        references=references,
        where=entry.pop("where", {}),
        precedence=tuple(entry.pop("precedence", ())),
        **entry,
    )
