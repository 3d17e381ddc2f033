"""Pictures of quality, made as scikit-learn's displays are; need the extra `plots`.

A ``from_…`` method computes what is drawn, and only `plot` asks for matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from scipy.stats import binomtest

from .._types import Floats, Texts
from ._drawing import (
    BLUE,
    GREY,
    PALE,
    VERMILION,
    check_axes,
    check_count,
    check_indices,
    predict_indices,
)
from .calibration_curves import ReliabilityBins, coverage_curve, reliability_bins
from .metrics import Score

_LOWER_IS_BETTER = ("brier", "ece", "log_loss")
_NAMES = {"auroc": "AUROC", "ece": "ECE", "macro_f1": "macro-F1", "mcc": "MCC"}


@dataclass(eq=False)
class ReliabilityDisplay:
    """Reliability diagram: how often predictions of each confidence are right.

    Attributes
    ----------
    bins : ReliabilityBins
    ax_, count_ax_ : matplotlib axes
        Of the diagram, and of the bars that count texts; set by `plot`.
    figure_ : matplotlib figure

    Examples
    --------
    >>> proba = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]]
    >>> display = ReliabilityDisplay.from_predictions(proba, [0, 1, 1], n_bins=2)
    >>> round(display.bins.ece, 3)
    0.133
    """

    bins: ReliabilityBins
    ax_: Any = field(init=False, repr=False)
    count_ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_predictions(cls, proba: Any, y: Any, *, n_bins: int = 15) -> Self:
        """Compute the diagram from probabilities.

        Parameters
        ----------
        proba : array-like of float, shape (n_texts, n_classes)
        y : array-like of int, shape (n_texts,)
            Index of the right class.
        n_bins : int, default=15

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        ValueError
            If there is no text, lengths differ, or a value is out of range.
        """
        check_count("n_bins", n_bins)
        return cls(reliability_bins(*check_indices(proba, y), n_bins=n_bins))

    @classmethod
    def from_estimator(
        cls, model: Any, texts: Texts, labels: Iterable[Any], *, n_bins: int = 15
    ) -> Self:
        """Compute the diagram from texts that a fitted model scores.

        Parameters
        ----------
        model : classifier
            Fitted, with `predict_proba`.
        texts : iterable of str, shape (n_texts,)
        labels : iterable, shape (n_texts,)
        n_bins : int, default=15

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        TypeError
            If the model gives no probabilities, or a text is not a string.
        ValueError
            If there is no text, lengths differ, or the model does not know a label.
        """
        proba, y = predict_indices(model, texts, labels)
        return cls.from_predictions(proba, y, n_bins=n_bins)

    def plot(self, ax: Any = None) -> Self:
        """Draw the diagram over bars that count the texts of each bin.

        Vertical lines are 95 % intervals (Wilson's): long where texts are few.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            Of a new figure if None.

        Returns
        -------
        ReliabilityDisplay
        """
        ax = check_axes(ax, size=(5.4, 4.6))
        bins, full = self.bins, self.bins.count > 0
        ax.plot([0, 1], [0, 1], "--", color=GREY, label="as sure as right")
        label = f"model, ECE {bins.ece:.3f}"
        x, y = bins.confidence[full], bins.accuracy[full]
        ax.plot(x, y, "o-", color=BLUE, label=label, clip_on=False)
        ends = [_interval(*bin_) for bin_ in zip(y, bins.count[full], strict=True)]
        ax.vlines(x, *zip(*ends, strict=True), color=BLUE, lw=3, alpha=0.3)
        ax.set(xlim=(0, 1), ylim=(0, 1), ylabel="share of right ones")
        ax.set_xlabel("probability of the predicted class")
        ax.legend(loc="upper left")  # no class is predicted with so little confidence
        self.ax_, self.figure_ = ax, ax.figure
        self.count_ax_ = self._plot_counts(ax)
        return self

    def _plot_counts(self, ax: Any) -> Any:
        """Draw bars in the lowest fifth, behind the diagram."""
        twin, count = ax.twinx(), self.bins.count
        width = 1 / len(count)
        twin.bar(self.bins.lower, count, width, align="edge", color=PALE, ec="white")
        most = int(count.max())
        twin.set(ylim=(0, 5 * most))
        twin.set_yticks([0, most], ["0", f"{most:,}"], color=GREY)
        twin.set_ylabel("texts in a bin", color=GREY, loc="bottom")
        ax.set_zorder(twin.get_zorder() + 1)
        ax.patch.set_visible(False)
        return twin


@dataclass(eq=False)
class CoverageDisplay:
    """Coverage and accuracy: what is gained if the least sure texts are left to people.

    Attributes
    ----------
    coverage, accuracy : ndarray of float, shape (n_texts,)
        As `coverage_curve` returns them.
    ax_ : matplotlib axes
        Set by `plot`.
    figure_ : matplotlib figure

    Examples
    --------
    >>> display = CoverageDisplay.from_predictions([[0.9, 0.1], [0.6, 0.4]], [0, 1])
    >>> display.coverage.tolist(), display.accuracy.tolist()
    ([0.5, 1.0], [1.0, 0.5])
    """

    coverage: Floats
    accuracy: Floats
    ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_predictions(cls, proba: Any, y: Any) -> Self:
        """Compute the curve from probabilities.

        Parameters
        ----------
        proba : array-like of float, shape (n_texts, n_classes)
        y : array-like of int, shape (n_texts,)
            Index of the right class.

        Returns
        -------
        CoverageDisplay

        Raises
        ------
        ValueError
            If there is no text, lengths differ, or a value is out of range.
        """
        return cls(*coverage_curve(*check_indices(proba, y)))

    @classmethod
    def from_estimator(cls, model: Any, texts: Texts, labels: Iterable[Any]) -> Self:
        """Compute the curve from texts that a fitted model scores.

        Parameters
        ----------
        model : classifier
            Fitted, with `predict_proba`.
        texts : iterable of str, shape (n_texts,)
        labels : iterable, shape (n_texts,)

        Returns
        -------
        CoverageDisplay

        Raises
        ------
        TypeError
            If the model gives no probabilities, or a text is not a string.
        ValueError
            If there is no text, lengths differ, or the model does not know a label.
        """
        return cls.from_predictions(*predict_indices(model, texts, labels))

    def plot(self, ax: Any = None) -> Self:
        """Draw the curve, with marks at 80 % and at all texts.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            Of a new figure if None.

        Returns
        -------
        CoverageDisplay
        """
        ax = check_axes(ax, size=(5.4, 4.2))
        ax.plot(self.coverage, self.accuracy, color=BLUE)
        for share, marker, colour in ((0.8, "o", VERMILION), (1.0, "s", BLUE)):
            at = max(1, round(share * len(self.coverage))) - 1
            x, y = self.coverage[at], self.accuracy[at]
            who = "all texts" if share == 1 else f"surest {share:.0%}"
            label = f"{who}: {y:.3f}"
            ax.plot([x], [y], marker, color=colour, label=label, clip_on=False)
        ax.set(xlim=(0, 1), xlabel="share of texts answered, surest first")
        ax.set(ylabel="accuracy on them")
        first = len(self.coverage) // 20  # means of a few texts may be anything
        low, high = self.accuracy[first:].min(), self.accuracy[first:].max()
        margin = 0.05 * max(high - low, 0.1)
        ax.set_ylim(low - margin, high + margin)
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self


@dataclass(eq=False)
class LeaderboardDisplay:
    """Models with their 95 % intervals, the best on top.

    Attributes
    ----------
    scores : mapping of str to Score
        By model, the best first; models without a value come last.
    metric : str
    ax_ : matplotlib axes
        Set by `plot`.
    figure_ : matplotlib figure

    Examples
    --------
    >>> scores = {"a": Score(0.6, 0.5, 0.7, 90), "b": Score(0.8, 0.7, 0.9, 90)}
    >>> list(LeaderboardDisplay.from_scores(scores, metric="accuracy").scores)
    ['b', 'a']
    """

    scores: Mapping[str, Score]
    metric: str = ""
    ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_scores(cls, scores: Mapping[str, Score], *, metric: str = "") -> Self:
        """Put models in order.

        Parameters
        ----------
        scores : mapping of str to Score
            By model.
        metric : str, default=""
            What the scores are; of ``brier``, ``ece`` and ``log_loss``, low is good.

        Returns
        -------
        LeaderboardDisplay

        Raises
        ------
        ValueError
            If there is no model.
        TypeError
            If a score is not a `Score`.
        """
        _check_scores(scores)
        sign = 1 if metric in _LOWER_IS_BETTER else -1

        def rank(item: tuple[str, Score]) -> tuple[bool, float]:
            value = item[1].value
            return value != value, sign * value  # nan last

        return cls(dict(sorted(scores.items(), key=rank)), metric)

    def plot(self, ax: Any = None) -> Self:
        """Draw a point and an interval a model.

        Parameters
        ----------
        ax : matplotlib axes, default=None
            Of a new figure if None.

        Returns
        -------
        LeaderboardDisplay
        """
        ax = check_axes(ax, size=(6, 1 + 0.45 * len(self.scores)))
        rows, scores = range(len(self.scores)), list(self.scores.values())
        low, high = [s.low for s in scores], [s.high for s in scores]
        ax.hlines(rows, low, high, color=BLUE, lw=5, alpha=0.35)
        ax.plot([s.value for s in scores], rows, "o", color=BLUE, ms=5)
        for row, score in zip(rows, scores, strict=True):
            self._write_value(ax, row, score)
        ax.set_yticks(rows, list(self.scores), parse_math=False)
        ax.set(ylim=(len(scores) - 0.5, -0.7), xlabel=self._axis_name())
        ax.grid(axis="x", color=PALE, lw=0.6)
        ax.set_axisbelow(True)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _write_value(self, ax: Any, row: int, score: Score) -> None:
        """Write the value above its point."""
        if score.value == score.value:
            place = {"xytext": (0, 4), "textcoords": "offset points", "ha": "center"}
            text = f"{score.value:.3f}"
            ax.annotate(text, (score.value, row), fontsize=8, va="bottom", **place)

    def _axis_name(self) -> str:
        name = _NAMES.get(self.metric, self.metric.replace("_", " "))
        lower = ", lower is better" if self.metric in _LOWER_IS_BETTER else ""
        return f"{name or 'score'} with 95 % interval{lower}"


def _check_scores(scores: Mapping[str, Any]) -> None:
    if not scores:
        raise ValueError("scores must have at least one model; got none.")
    for name, score in scores.items():
        if not isinstance(score, Score):
            kind = type(score).__name__
            raise TypeError(f"scores[{name!r}] must be a Score; got {kind}.")


def _interval(share: float, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of `count` texts."""
    found = binomtest(round(share * count), int(count)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
