"""What all displays share: axes, colours, and the predictions to draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .._checks import check_texts, require
from .._render import _PALETTE
from .._types import Floats, Ints, Texts
from .metrics import check_predictions

# Told apart by people who see red and green alike (Okabe and Ito, 2008).
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#767676"
PALE = "#D5D5D5"


def class_colour(index: int) -> tuple[float, ...]:
    """Return the colour of a class, the one that it has in explanations."""
    numbers = _PALETTE[index % len(_PALETTE)].split(",")
    return tuple(int(number) / 255 for number in numbers)


def check_axes(ax: Any, *, size: tuple[float, float]) -> Any:
    """Return the axes given, or those of a new figure of that size in inches.

    Raises
    ------
    TypeError
        If it is not one matplotlib axes.
    ModuleNotFoundError
        If matplotlib is not installed.
    """
    pyplot = require("matplotlib.pyplot", extra="plots")
    if ax is None:
        return pyplot.subplots(figsize=size, layout="constrained")[1]
    if not isinstance(ax, pyplot.Axes):
        raise TypeError(
            f"ax must be one matplotlib axes or None; got {type(ax).__name__}."
        )
    return ax


def check_count(name: str, value: Any) -> None:
    """Raise a ValueError unless the value is a whole number from 1."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or value < 1:
        raise ValueError(f"{name} must be a whole number from 1; got {value!r}.")


def check_indices(proba: Any, y: Any) -> tuple[Floats, Ints]:
    """Check as `check_predictions` does, and that `y` holds indices."""
    y = np.asarray(y)
    if y.ndim != 1 or (y.size and y.dtype.kind not in "iu"):
        raise ValueError(
            f"y must be one column of class indices; got {y.ndim} dimensions of "
            f"{y.dtype}. Pass label names to from_estimator."
        )
    return check_predictions(proba, y)


def check_same_length(**columns: list[Any]) -> None:
    """Raise a ValueError if there is nothing, or columns differ in length."""
    sizes = [len(column) for column in columns.values()]
    if len(set(sizes)) > 1 or not sizes[0]:
        raise ValueError(
            f"{' and '.join(columns)} must have the same length, at least 1; got "
            f"{' and '.join(map(str, sizes))}."
        )


def predict_indices(
    model: Any, texts: Texts, labels: Iterable[Any]
) -> tuple[Floats, Ints]:
    """Return the probabilities that a model gives, and the index of each right class.

    Raises
    ------
    TypeError
        If the model gives no probabilities, or an item of `texts` is no string.
    ValueError
        If lengths differ, or the model does not know a label.
    """
    if not hasattr(model, "predict_proba"):
        raise TypeError(f"model must have predict_proba; {type(model).__name__} lacks.")
    texts, labels = check_texts(texts), list(labels)
    check_same_length(texts=texts, labels=labels)
    proba = model.predict_proba(texts)  # before classes_: it says "not fitted"
    index = {label: i for i, label in enumerate(model.classes_.tolist())}
    unknown = sorted({str(label) for label in labels if label not in index})
    if unknown:
        raise ValueError(f"labels must be among {list(index)}; got {unknown}.")
    return check_indices(proba, [index[label] for label in labels])
