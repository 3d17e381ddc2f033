"""Checks of what users pass in; each returns the cleaned value or raises."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from ._types import Ints, Labels

BATCH = 2048  # texts: fewer cost more calls a text, more leave the processor's cache


def iter_texts(X: Iterable[object], *, size: int = BATCH) -> Iterator[list[str]]:
    """Yield the texts of `X` in checked lists of at most `size`.

    Raises
    ------
    TypeError
        If `X` is not an iterable of strings; the message names the index.
    """
    rest = iter(_check_iterable(X))
    first = 0
    while batch := list(islice(rest, size)):
        if not all(map(str.__instancecheck__, batch)):
            _refuse(batch, first)
        yield batch  # type: ignore[misc]
        first += len(batch)


def check_texts(X: Iterable[object]) -> list[str]:
    """Return `X` as a list of strings, or raise as `iter_texts` does."""
    return [text for batch in iter_texts(X) for text in batch]


def _check_iterable(X: object) -> Iterable[object]:
    if isinstance(X, str | bytes):
        kind = "one string" if isinstance(X, str) else "bytes"
        raise TypeError(f"X must be an iterable of strings; got {kind}. Pass [text].")
    if getattr(X, "ndim", 1) != 1:
        raise ValueError(
            f"X must be one column of strings; got {X.ndim} dimensions. "  # type: ignore[attr-defined]
            "Pass the text column alone, such as frame['text']."
        )
    if not isinstance(X, Iterable):
        raise TypeError(f"X must be an iterable of strings; got {type(X).__name__}.")
    return X


def _refuse(batch: list[object], first: int) -> None:
    for i, item in enumerate(batch, start=first):
        if not isinstance(item, str):
            value = " (a missing value?)" if _is_missing(item) else ""
            raise TypeError(
                f"X[{i}] must be a string; got {type(item).__name__}{value}. "
                "Fill or drop it, or decode bytes, before passing it on."
            )


def check_labels(y: Any, n_texts: int) -> tuple[Labels, Ints]:
    """Return the classes and the index of each text's class.

    Raises
    ------
    ValueError
        If lengths differ, a label is missing, or there is one class only.
    """
    items = y.tolist() if hasattr(y, "tolist") else list(y)
    missing = [i for i, label in enumerate(items) if _is_missing(label)]
    if missing:
        raise ValueError(f"y[{missing[0]}] is missing; every text needs a label.")
    if len({isinstance(label, str) for label in items}) > 1:
        raise ValueError("y must hold strings or numbers; got both.")
    y = column_or_1d(y, warn=False)
    if len(y) != n_texts:
        raise ValueError(
            f"X and y must have the same length; got {n_texts} and {len(y)}."
        )
    check_classification_targets(y)
    classes, target = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must hold at least two classes; got {classes.tolist()}.")
    return classes, target


def _is_missing(item: object) -> bool:
    is_nan = isinstance(item, float) and item != item
    return item is None or is_nan or type(item).__name__ in ("NAType", "NaTType")


def share_as_new(path: Path) -> None:
    """Give a private temporary file or folder the mode of any new one."""
    mask = os.umask(0)  # it can only be read by setting it
    os.umask(mask)
    path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)


def name_closest(name: object, known: Iterable[str], *, n: int = 3) -> str:
    """Return a sentence with the known names that are closest, for a message, or ""."""
    close = get_close_matches(str(name), known, n=n, cutoff=0.4)
    return f" Closest: {', '.join(close)}." if close else ""


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional package, or say which extra brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise  # installed, but broken inside: show that
        raise ModuleNotFoundError(
            f"this needs {module}; install it with: pip install 'empathykit[{extra}]'",
            name=error.name,
        ) from error
