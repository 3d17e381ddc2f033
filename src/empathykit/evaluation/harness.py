"""Measure models on tasks: the same splits, the same texts, figures with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from .._types import Floats, Ints
from .behaviour import run_behaviour
from .metrics import Score, score_predictions, score_values
from .peers import Peer, find_peer
from .rationale_task import score_rationale_task
from .results import Result, Results, describe_run
from .splits import TaskData, load_task
from .tasks import Task, find_task

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Predictions:
    """Predictions of all splits, one after the other."""

    rows: Ints
    values: Floats
    fit_seconds: float
    predict_seconds: float


def evaluate(
    models: Any,
    tasks: str | Task | Iterable[str | Task],
    *,
    root: str | Path | None = None,
    seed: int = 0,
    say: Say | None = None,
) -> Results:
    """Measure models on benchmark tasks.

    Parameters
    ----------
    models : estimator, str, sequence or mapping of str to estimator
        Classifiers over texts, or names of peers (see `list_peers`). One that is fitted
        is measured as it is; else it is cloned and fitted on the train part of every
        split.
    tasks : str, Task, or iterable of these
        See `list_tasks`.
    root : str or Path, default=None
        Folder with the public corpora, as in `load_corpus`; ``triads`` needs none.
    seed : int, default=0
        Of folds, peers and intervals.
    say : callable, default=None
        Told before each pair of model and task.

    Returns
    -------
    Results
        One row a model and task; pairs that do not fit together (a classifier and a
        task of values) are left out.

    Raises
    ------
    ValueError
        If a task or peer is unknown, a split is empty or leaks, or a fitted model does
        not know the labels of a task.

    Examples
    --------
    >>> results = evaluate("majority", "triads")
    >>> round(results.rows[0].scores["accuracy"].value, 2)
    0.37
    """
    chosen = _name_models(models)
    found = []
    for task in _list_tasks(tasks):
        data = load_task(task, root, seed=seed)
        for name, model in chosen.items():
            if say is not None:
                say(f"{name} on {task.name}")
            with threadpool_limits(limits=1, user_api="blas"):  # as in the classifier
                result = _measure(name, model, data, seed)
            if result is not None:
                found.append(result)
    return Results(tuple(found), describe_run(seed))


def _list_tasks(tasks: str | Task | Iterable[str | Task]) -> list[Task]:
    several = [tasks] if isinstance(tasks, str | Task) else list(tasks)
    return [find_task(t) if isinstance(t, str) else t for t in several]


def _name_models(models: Any) -> dict[str, Any]:
    """Return models by name."""
    if isinstance(models, Mapping):
        return {
            name: find_peer(model) if isinstance(model, str) else model
            for name, model in models.items()
        }
    several = (
        [models]
        if isinstance(models, str | BaseEstimator | Peer)
        or not isinstance(models, Sequence)
        else models
    )
    named: dict[str, Any] = {}
    for model in several:
        if isinstance(model, str):
            model = find_peer(model)
        name = model.name if isinstance(model, Peer) else type(model).__name__
        if name in named:
            raise ValueError(
                f"two models are called {name!r}; pass a dict of name to model."
            )
        named[name] = model
    return named


def _measure(name: str, model: Any, data: TaskData, seed: int) -> Result | None:
    task = data.task
    if isinstance(model, Peer) and model.slow:  # one round of folds is hours enough
        data = replace(data, splits=data.splits[: task.protocol.n_splits])
    if task.kind == "behaviour":
        rates = _behaviour(model, data, seed)
        return None if rates is None else _row(name, data, rates, None)
    if task.kind == "rationales":
        spans = score_rationale_task(model, data, seed)
        return None if spans is None else _row(name, data, spans, None)
    make = _maker(model, task.kind, task, seed)
    if make is None:
        return None
    if task.kind == "values":
        found = _predict(make, data, _values)
        scored = score_values(
            found.values,
            data.target[found.rows].astype(float),
            seed=seed,
            groups=data.groups[found.rows],
        )
        return _row(name, data, _count_once(scored, found.rows), found)
    classes = np.unique(data.target)
    found = _predict(make, data, lambda m, texts: _proba(name, m, texts, classes, task))
    y = np.searchsorted(classes, data.target[found.rows])
    scored = score_predictions(
        found.values, y, seed=seed, groups=data.groups[found.rows]
    )
    by = _break_down(data, found, y)
    return _row(name, data, _count_once(scored, found.rows), found, by)


def _maker(model: Any, kind: str, task: Task, seed: int) -> Callable[[], Any] | None:
    """Return what gives a model to fit, or the fitted one; None if it cannot do it."""
    if isinstance(model, Peer):
        make = model.labels if kind == "labels" else model.values
        if make is None or make(seed, task) is None:
            return None
        return lambda: make(seed, task)
    if kind == "values" and not hasattr(model, "predict"):
        return None
    if kind == "values" and hasattr(model, "predict_proba"):
        return None
    return (lambda: model) if is_fitted(model) else (lambda: clone(model))


def is_fitted(model: Any) -> bool:
    """Say whether a model has been fitted.

    Parameters
    ----------
    model : estimator
    """
    try:
        check_is_fitted(model)
    except (NotFittedError, TypeError):
        return False
    return True


def _predict(
    make: Callable[[], Any],
    data: TaskData,
    predict: Callable[[Any, list[str]], Floats],
) -> _Predictions:
    """Fit on each train part, unless the model comes fitted, and predict the test."""
    rows, values = [], []
    fitting = predicting = 0.0
    for train, test in data.splits:
        model = make()
        start = time.perf_counter()
        if not is_fitted(model):
            model.fit([data.texts[i] for i in train], data.target[train])
        middle = time.perf_counter()
        values.append(predict(model, [data.texts[i] for i in test]))
        fitting += middle - start
        predicting += time.perf_counter() - middle
        rows.append(test)
    return _Predictions(
        np.concatenate(rows), np.concatenate(values), fitting, predicting
    )


def _values(model: Any, texts: list[str]) -> Floats:
    return np.asarray(model.predict(texts), dtype=float)


def _proba(
    name: str, model: Any, texts: list[str], classes: NDArray[Any], task: Task
) -> Floats:
    """Return probabilities with a column for each class of the task."""
    known = list(model.classes_)
    if unknown := [c for c in known if c not in classes.tolist()]:
        raise ValueError(
            f"{name} gives the labels {known}, but task {task.name!r} has "
            f"{classes.tolist()}: {unknown} cannot be right. Fit a model on the task's "
            "labels, or choose another task."
        )
    proba = np.zeros((len(texts), len(classes)))
    columns = [classes.tolist().index(c) for c in known]
    proba[:, columns] = model.predict_proba(texts)
    return proba


def _count_once(scores: dict[str, Score], rows: Ints) -> dict[str, Score]:
    """Count a text once, however many rounds predicted it."""
    n = len(np.unique(rows))
    return {name: replace(score, n=n) for name, score in scores.items()}


def _break_down(
    data: TaskData, found: _Predictions, y: Ints
) -> dict[str, dict[str, float]]:
    if not data.task.by:
        return {}
    right = found.values.argmax(axis=1) == y
    values = np.array([str(data.rows[i][data.task.by]) for i in found.rows])
    return {
        value: {
            "accuracy": float(right[values == value].mean()),
            "n": int((values == value).sum()),
        }
        for value in sorted(set(values.tolist()))
    }


def _behaviour(model: Any, data: TaskData, seed: int) -> dict[str, Score] | None:
    """Return pass rates, and their mean over the tests that can be passed."""
    make = _maker(model, "labels", data.task, seed)
    if make is None:
        return None
    fitted = make()
    train, test = data.splits[0]
    if not is_fitted(fitted):
        fitted.fit([data.texts[i] for i in train], data.target[train])
    rows = [data.rows[i] for i in test]
    return run_behaviour(fitted, seed=seed, rows=rows)


def _row(
    name: str,
    data: TaskData,
    scores: dict[str, Score],
    found: _Predictions | None,
    by: dict[str, dict[str, float]] | None = None,
) -> Result:
    return Result(
        task=data.task.name,
        version=data.task.version,
        model=name,
        metric=data.task.metric,
        scores=scores,
        by=by or {},
        n_splits=len(data.splits),
        fit_seconds=found.fit_seconds if found else 0.0,
        predict_seconds=found.predict_seconds if found else 0.0,
        checksum=data.checksum,
    )
