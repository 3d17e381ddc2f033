"""Pictures of a model: its strongest features, what it mixes up, how it learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import (
    LearningCurveDisplay,
    StratifiedGroupKFold,
    StratifiedKFold,
)
from sklearn.utils.validation import check_is_fitted

from .._checks import check_texts, require
from .._types import Texts
from ..classifier import EmpathyClassifier
from ._drawing import (
    BLUE,
    VERMILION,
    check_axes,
    check_count,
    check_same_length,
    class_colour,
)

_COLUMNS = 3
_SIZES = (0.1, 0.25, 0.5, 0.75, 1.0)


@dataclass(eq=False)
class TopFeaturesDisplay:
    """The features that raise the score of each class most, a panel a class.

    Attributes
    ----------
    features : mapping of class to tuple of (str, float)
        N-grams and ``cue:name`` with what they add to the score, the strongest first.
        Features that lower the score are left out.
    ax_ : ndarray of matplotlib axes, shape (n_classes,)
        Set by `plot`.
    figure_ : matplotlib figure

    Examples
    --------
    >>> from empathykit import load_model
    >>> display = TopFeaturesDisplay.from_estimator(load_model(), n_features=3)
    >>> [name for name, _ in display.features["sympathy"]][0].startswith("cue:sorry")
    True
    """

    features: Mapping[Any, tuple[tuple[str, float], ...]]
    ax_: NDArray[Any] = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_estimator(cls, model: Any, *, n_features: int = 10) -> Self:
        """Look the features up in a fitted model.

        Parameters
        ----------
        model : EmpathyClassifier
        n_features : int, default=10
            At most so many of each class.

        Returns
        -------
        TopFeaturesDisplay

        Raises
        ------
        TypeError
            If the model is of another kind.
        ValueError
            If the model is not fitted, or `n_features` is below 1.
        """
        if not isinstance(model, EmpathyClassifier):
            kind = type(model).__name__
            raise TypeError(f"model must be an EmpathyClassifier; got {kind}.")
        check_is_fitted(model)
        check_count("n_features", n_features)
        names = model.featurizer_.get_feature_names_out()
        features = {}
        for label, column in zip(
            model.classes_.tolist(), model.contributions_.T, strict=True
        ):
            first = np.argsort(-column, kind="stable")[:n_features]
            found = [(str(names[i]), float(column[i])) for i in first if column[i] > 0]
            features[label] = tuple(found)
        return cls(features)

    def plot(self, ax: Any = None) -> Self:
        """Draw bars, in the colour that each class has in explanations.

        Parameters
        ----------
        ax : array-like of matplotlib axes, shape (n_classes,), default=None
            Of a new figure if None. Names are long: ``layout="constrained"`` leaves
            them room.

        Returns
        -------
        TopFeaturesDisplay

        Raises
        ------
        ValueError
            If there are more or fewer axes than classes.
        """
        panels = self._new_panels() if ax is None else np.ravel(ax)
        if len(panels) != len(self.features):
            raise ValueError(
                f"ax must hold {len(self.features)} axes, one a class; got "
                f"{len(panels)}."
            )
        self.ax_ = np.array([check_axes(panel, size=(4, 4)) for panel in panels])
        for index in range(len(panels)):
            self._plot_panel(index)
        self.figure_ = self.ax_[0].figure
        return self

    def _new_panels(self) -> NDArray[Any]:
        pyplot = require("matplotlib.pyplot", extra="plots")
        n = len(self.features)
        columns = min(n, _COLUMNS)
        rows = -(-n // columns)
        most = max(map(len, self.features.values()))
        size = (4.4 * columns, rows * (1.1 + 0.25 * most))
        _, grid = pyplot.subplots(
            rows, columns, figsize=size, layout="constrained", squeeze=False
        )
        for spare in grid.ravel()[n:]:
            spare.remove()
        panels: NDArray[Any] = grid.ravel()[:n]
        return panels

    def _plot_panel(self, index: int) -> None:
        """Draw one class; all panels have the same scale."""
        ax = self.ax_[index]
        label, found = list(self.features.items())[index]
        values = [value for _, value in found]
        ax.barh(range(len(found)), values, color=class_colour(index))
        ax.set_yticks(
            range(len(found)), [name for name, _ in found], parse_math=False, fontsize=9
        )
        ax.set_title(str(label), parse_math=False)
        most = max(map(len, self.features.values()))
        widest = max((v for f in self.features.values() for _, v in f), default=1.0)
        ax.set(ylim=(most - 0.4, -0.6), xlim=(0, 1.05 * widest))
        ax.set_xlabel("added to the score")


def plot_confusion(
    model_or_predicted: Any,
    labels: Iterable[Any],
    *,
    texts: Texts | None = None,
    normalize: bool = False,
    ax: Any = None,
) -> ConfusionMatrixDisplay:
    """Draw which classes are taken for which; needs the extra `plots`.

    Parameters
    ----------
    model_or_predicted : classifier or array-like, shape (n_texts,)
        A fitted model, which then needs `texts`, or the predicted labels.
    labels : iterable, shape (n_texts,)
        The right ones.
    texts : iterable of str, shape (n_texts,), default=None
        What the model is to label.
    normalize : bool, default=False
        Show shares of each right class, not counts.
    ax : matplotlib axes, default=None
        Of a new figure if None.

    Returns
    -------
    sklearn.metrics.ConfusionMatrixDisplay

    Raises
    ------
    ValueError
        If lengths differ, labels are of two kinds, or `texts` is missing for a model
        or given without one.
    """
    is_model = hasattr(model_or_predicted, "predict")
    if is_model != (texts is not None):
        raise ValueError(
            "texts must be given with a model, and only then; got "
            f"{'a model without' if is_model else 'predicted labels with'} texts."
        )
    labels, known = list(labels), []
    if texts is not None:
        predicted = np.asarray(model_or_predicted.predict(check_texts(texts))).tolist()
        known = model_or_predicted.classes_.tolist()
    else:
        predicted = list(model_or_predicted)
    check_same_length(predicted=predicted, labels=labels)
    return _plot_confusion(predicted, labels, known, normalize, ax)


def _plot_confusion(
    predicted: list[Any], labels: list[Any], known: list[Any], normalize: bool, ax: Any
) -> ConfusionMatrixDisplay:
    every = [*known, *labels, *predicted]
    if len({isinstance(label, str) for label in every}) > 1:
        raise ValueError("labels must be all strings or all numbers; got both.")
    classes = np.unique(every)
    side = 2.4 + 0.8 * len(classes)
    is_long = len(classes) * max(len(str(c)) for c in classes) > 10 * side
    display = ConfusionMatrixDisplay.from_predictions(
        labels,
        predicted,
        labels=classes,
        normalize="true" if normalize else None,
        values_format=".2f" if normalize else ",d",
        cmap="Blues",
        colorbar=False,
        xticks_rotation="vertical" if is_long else "horizontal",
        ax=check_axes(ax, size=(side, side - 0.4)),
    )
    display.ax_.set(xlabel="predicted class", ylabel="right class")
    for name in (*display.ax_.get_xticklabels(), *display.ax_.get_yticklabels()):
        name.set_parse_math(False)  # a label may have dollar signs
    return display


def plot_learning_curve(
    model: Any,
    texts: Texts,
    labels: Iterable[Any],
    *,
    groups: Iterable[Any] | None = None,
    n_folds: int = 5,
    train_sizes: Sequence[float] = _SIZES,
    n_jobs: int | None = None,
    random_state: int = 0,
    ax: Any = None,
) -> LearningCurveDisplay:
    """Draw macro-F1 over the number of texts learned from; needs the extra `plots`.

    Parameters
    ----------
    model : classifier
        Fitted anew for each size and fold; itself left as it is.
    texts : iterable of str, shape (n_texts,)
    labels : iterable, shape (n_texts,)
    groups : iterable, shape (n_texts,), default=None
        What stays on one side of each fold (conversations); each text alone if None.
    n_folds : int, default=5
        From 2.
    train_sizes : sequence of float, default=(0.1, 0.25, 0.5, 0.75, 1.0)
        Shares of the texts of a fold, at least two.
    n_jobs : int or None, default=None
        Fits side by side.
    random_state : int, default=0
        Seed that shuffles folds and texts.
    ax : matplotlib axes, default=None
        Of a new figure if None.

    Returns
    -------
    sklearn.model_selection.LearningCurveDisplay

    Raises
    ------
    ValueError
        If lengths differ, `train_sizes` are not two or more shares, or there are too
        few texts or groups for the folds.
    """
    columns = {"texts": check_texts(texts), "labels": list(labels)}
    if groups is not None:
        columns["groups"] = list(groups)
    check_same_length(**columns)
    shares = _check_shares(train_sizes)
    folds = StratifiedKFold if groups is None else StratifiedGroupKFold
    ax = check_axes(ax, size=(5.4, 4.2))
    ax.set_prop_cycle(color=[VERMILION, BLUE], linestyle=["--", "-"], marker=["s", "o"])
    display = LearningCurveDisplay.from_estimator(
        model,
        columns["texts"],
        columns["labels"],
        groups=columns.get("groups"),
        train_sizes=shares,
        cv=folds(n_folds, shuffle=True, random_state=random_state),
        scoring="f1_macro",
        score_name="macro-F1",
        n_jobs=n_jobs,
        shuffle=True,
        random_state=random_state,
        error_score="raise",
        fill_between_kw={"alpha": 0.2},
        ax=ax,
    )
    ax.set(xlabel="texts learned from", xscale="linear")
    return display


def _check_shares(train_sizes: Iterable[float]) -> list[float]:
    """Return different shares in their order; one alone would be no curve."""
    shares = sorted({float(share) for share in train_sizes})
    if len(shares) < 2 or not 0 < shares[0] < shares[-1] <= 1:
        raise ValueError(
            "train_sizes must be at least two different shares, above 0 and up to 1; "
            f"got {shares}."
        )
    return shares
