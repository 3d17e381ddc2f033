"""What the pictures show: lines, bars, labels and their order."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from empathykit import EmpathyClassifier
from empathykit.evaluation import (
    CoverageDisplay,
    LeaderboardDisplay,
    ReliabilityDisplay,
    Result,
    Results,
    Score,
    TopFeaturesDisplay,
    plot_confusion,
    plot_learning_curve,
)

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.colors import to_rgb  # noqa: E402

PROBA = np.array([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8], [0.6, 0.4], [0.95, 0.05]])
Y = np.array([0, 1, 0, 1, 0])  # the third and the fourth are wrong
CLASSES = ["empathy", "neutral", "sympathy"]
GREEN, SKY, ORANGE = (0, 158, 115), (86, 180, 233), (230, 159, 0)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def score(value, low=None, high=None):
    return Score(value, value - 0.1 if low is None else low, high or value + 0.1, n=100)


def texts_of(labels):
    return [label.get_text() for label in labels]


def legend_of(ax):
    return texts_of(ax.get_legend().get_texts())


def boxes_overlap(artists, figure):
    """Say whether the boxes of any two drawn artists meet."""
    figure.canvas.draw()
    boxes = [artist.get_window_extent() for artist in artists]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def inside(artists, figure):
    """Say whether all artists lie inside the figure."""
    figure.canvas.draw()
    whole = figure.bbox
    boxes = [artist.get_window_extent() for artist in artists]
    return all(
        b.x0 >= whole.x0 and b.x1 <= whole.x1 and b.y0 >= whole.y0 and b.y1 <= whole.y1
        for b in boxes
    )


# Reliability


def test_reliability_draws_accuracy_over_confidence_of_the_full_bins():
    display = ReliabilityDisplay.from_predictions(PROBA, Y, n_bins=5).plot()
    _, curve = display.ax_.get_lines()
    # Bins from 0.6 (0.7 right, 0.6 wrong) and from 0.8 (0.9, 0.95 right, 0.8 wrong).
    np.testing.assert_allclose(curve.get_xdata(), [0.65, 2.65 / 3])
    np.testing.assert_allclose(curve.get_ydata(), [1 / 2, 2 / 3])


def test_reliability_has_the_diagonal_and_the_error_in_the_legend():
    display = ReliabilityDisplay.from_predictions(PROBA, Y, n_bins=5).plot()
    diagonal = display.ax_.get_lines()[0]
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    ece = (abs(0.65 - 1 / 2) * 2 + abs(2.65 / 3 - 2 / 3) * 3) / 5
    assert legend_of(display.ax_) == ["as sure as right", f"model, ECE {ece:.3f}"]


def test_reliability_counts_texts_in_bars_that_stay_low():
    display = ReliabilityDisplay.from_predictions(PROBA, Y, n_bins=5).plot()
    bars = display.count_ax_.patches
    assert [bar.get_height() for bar in bars] == [0, 0, 0, 2, 3]
    np.testing.assert_allclose([bar.get_x() for bar in bars], np.arange(5) / 5)
    np.testing.assert_allclose([bar.get_width() for bar in bars], 0.2)
    assert display.count_ax_.get_ylim() == (0, 15)
    assert texts_of(display.count_ax_.get_yticklabels()) == ["0", "3"]
    assert display.ax_.get_zorder() > display.count_ax_.get_zorder()


def test_reliability_has_intervals_that_shrink_with_the_number_of_texts():
    def spread(times):
        proba, y = np.tile(PROBA, (times, 1)), np.tile(Y, times)
        ax = ReliabilityDisplay.from_predictions(proba, y, n_bins=5).plot().ax_
        segment, _ = ax.collections[0].get_segments()
        assert segment[0][1] < 0.5 < segment[1][1]
        return segment[1][1] - segment[0][1]

    # Wilson's interval of n / 2 in n, by its formula.
    for n in (2, 80):
        width = 1.95996 / np.sqrt(n + 1.95996**2)
        assert spread(n // 2) == pytest.approx(width, abs=1e-4)


def test_reliability_has_fifteen_bins_unless_told():
    assert len(ReliabilityDisplay.from_predictions(PROBA, Y).bins.count) == 15


# Coverage


def test_coverage_draws_the_curve_from_the_surest_text_on():
    display = CoverageDisplay.from_predictions(PROBA, Y).plot()
    curve = display.ax_.get_lines()[0]
    np.testing.assert_allclose(curve.get_xdata(), [0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_allclose(curve.get_ydata(), [1, 1, 2 / 3, 3 / 4, 3 / 5])


def test_coverage_marks_80_percent_and_all():
    display = CoverageDisplay.from_predictions(PROBA, Y).plot()
    marks = [line.get_xydata()[0].tolist() for line in display.ax_.get_lines()[1:]]
    assert marks == [[0.8, 0.75], [1.0, 0.6]]
    assert legend_of(display.ax_) == ["surest 80%: 0.750", "all texts: 0.600"]


def test_coverage_is_scaled_without_the_noise_of_the_first_texts():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([1, 1, 1], 200)
    y = proba.argmax(axis=1)
    surest = proba.max(axis=1).argmax()
    y[surest] = (y[surest] + 1) % 3
    display = CoverageDisplay.from_predictions(proba, y).plot()
    assert display.accuracy[0] == 0
    assert display.ax_.get_ylim()[0] > 0.8


@pytest.mark.parametrize("kind", [ReliabilityDisplay, CoverageDisplay])
def test_from_estimator_is_from_predictions_of_the_model(
    kind, tiny_model, tiny_texts, tiny_labels
):
    proba = tiny_model.predict_proba(tiny_texts)
    y = [CLASSES.index(label) for label in tiny_labels]
    y[:4], labels = [2] * 4, ["sympathy"] * 4 + tiny_labels[4:]  # some are wrong
    expected = kind.from_predictions(proba, y).plot().ax_.get_lines()
    found = kind.from_estimator(tiny_model, iter(tiny_texts), iter(labels)).plot()
    for a, b in zip(expected, found.ax_.get_lines(), strict=True):
        assert a.get_xydata().tolist() == b.get_xydata().tolist()


@pytest.mark.parametrize("kind", [ReliabilityDisplay, CoverageDisplay])
@pytest.mark.parametrize(
    ("proba", "y", "message"),
    [
        ([], [], "shape"),
        (np.empty((0, 2)), [], "at least one text"),
        (PROBA, Y[:4], "a row for each"),
        (PROBA * 2, Y, "rows sum to 1"),
        (PROBA, Y + 1, "classes from 0 to 1"),
        (PROBA, ["a"] * 5, "from_estimator"),
        (PROBA, Y[:, None], "one column"),
        (PROBA, Y / 1, "float64"),
    ],
)
def test_wrong_predictions_are_refused(kind, proba, y, message):
    with pytest.raises(ValueError, match=message):
        kind.from_predictions(proba, y)


@pytest.mark.parametrize("n_bins", [0, -1, 2.5, True, "15"])
def test_wrong_numbers_of_bins_are_refused(n_bins):
    with pytest.raises(ValueError, match="n_bins must be a whole number from 1"):
        ReliabilityDisplay.from_predictions(PROBA, Y, n_bins=n_bins)


@pytest.mark.parametrize("kind", [ReliabilityDisplay, CoverageDisplay])
def test_wrong_texts_labels_and_models_are_refused(kind, tiny_model):
    with pytest.raises(ValueError, match=r"texts and labels .* got 1 and 2"):
        kind.from_estimator(tiny_model, ["a"], ["empathy", "neutral"])
    with pytest.raises(ValueError, match="at least 1"):
        kind.from_estimator(tiny_model, [], [])
    with pytest.raises(ValueError, match=r"got \['joy'\]"):
        kind.from_estimator(tiny_model, ["a"], ["joy"])
    with pytest.raises(TypeError, match="one string"):
        kind.from_estimator(tiny_model, "a", ["joy"])
    with pytest.raises(TypeError, match="predict_proba; str lacks"):
        kind.from_estimator("model", ["a"], ["joy"])


# Leaderboard

SCORES = {"worst": score(0.3), "best": score(0.8), "middle": score(0.5)}


def rows_of(display):
    """Return the models from top to bottom with their place on the axis."""
    ax = display.ax_
    bottom, top = ax.get_ylim()
    assert bottom > top  # so that row 0 is on top
    return dict(zip(texts_of(ax.get_yticklabels()), ax.get_yticks(), strict=True))


def test_leaderboard_has_the_best_on_top():
    display = LeaderboardDisplay.from_scores(SCORES, metric="macro_f1").plot()
    assert rows_of(display) == {"best": 0, "middle": 1, "worst": 2}
    points = display.ax_.get_lines()[0]
    assert points.get_xydata().tolist() == [[0.8, 0], [0.5, 1], [0.3, 2]]
    assert texts_of(display.ax_.texts) == ["0.800", "0.500", "0.300"]
    assert display.ax_.get_xlabel() == "macro-F1 with 95 % interval"


def test_leaderboard_draws_the_intervals():
    # That of a bootstrap need not hold the value.
    scores = {"a": score(0.6, 0.55, 0.7), "b": score(0.4, 0.41, 0.5)}
    (bars,) = LeaderboardDisplay.from_scores(scores).plot().ax_.collections
    segments = [segment.tolist() for segment in bars.get_segments()]
    assert segments == [[[0.55, 0], [0.7, 0]], [[0.41, 1], [0.5, 1]]]


def test_leaderboard_knows_metrics_of_which_low_is_good():
    for metric in ("ece", "brier", "log_loss"):
        display = LeaderboardDisplay.from_scores(SCORES, metric=metric).plot()
        assert list(rows_of(display)) == ["worst", "middle", "best"]
        assert display.ax_.get_xlabel().endswith("lower is better")


def test_leaderboard_puts_models_without_a_value_last():
    scores = {"nan": Score(*[float("nan")] * 3, 5)} | SCORES
    for metric in ("accuracy", "ece"):
        display = LeaderboardDisplay.from_scores(scores, metric=metric).plot()
        assert list(rows_of(display))[-1] == "nan"
        assert len(display.ax_.texts) == 3


def test_leaderboard_leaves_room_for_long_names():
    scores = {f"model number {i} on sentence vectors": score(i / 50) for i in range(20)}
    display = LeaderboardDisplay.from_scores(scores).plot()
    names = display.ax_.get_yticklabels()
    assert inside([*names, *display.ax_.texts], display.figure_)
    assert not boxes_overlap([*names, *display.ax_.texts], display.figure_)


def test_leaderboard_refuses_what_is_no_score():
    with pytest.raises(ValueError, match="at least one model"):
        LeaderboardDisplay.from_scores({})
    with pytest.raises(TypeError, match=r"scores\['a'\] must be a Score; got float"):
        LeaderboardDisplay.from_scores({"a": 0.5})


def test_results_plot_draws_the_task_asked_for():
    rows = [
        Result("t", 1, name, "accuracy", {"accuracy": s}, {}, 1)
        for name, s in SCORES.items()
    ]
    other = Result("u", 1, "other", "kappa", {"kappa": score(0.4)}, {}, 1)
    results = Results((*rows, other), {})
    _, ax = plt.subplots()
    display = results.plot(ax=ax)
    assert display.ax_ is ax
    assert list(rows_of(display)) == ["best", "middle", "worst"]
    assert list(rows_of(results.plot("u"))) == ["other"]
    assert results.plot("u").ax_.get_xlabel().startswith("kappa")


# Features


def test_top_features_has_a_panel_a_class_in_the_colours_of_explanations(tiny_model):
    display = TopFeaturesDisplay.from_estimator(tiny_model, n_features=4).plot()
    assert [ax.get_title() for ax in display.ax_] == CLASSES
    for ax, colour in zip(display.ax_, (GREEN, SKY, ORANGE), strict=True):
        assert len(ax.patches) == 4
        for bar in ax.patches:
            assert to_rgb(bar.get_facecolor()) == tuple(c / 255 for c in colour)


def test_top_features_draws_the_strongest_first(tiny_model):
    display = TopFeaturesDisplay.from_estimator(tiny_model, n_features=5).plot()
    names = tiny_model.featurizer_.get_feature_names_out().tolist()
    for k, ax in enumerate(display.ax_):
        column = tiny_model.contributions_[:, k]
        widths = [bar.get_width() for bar in ax.patches]
        np.testing.assert_allclose(widths, np.sort(column)[::-1][:5])
        shown = texts_of(ax.get_yticklabels())
        np.testing.assert_allclose([column[names.index(n)] for n in shown], widths)
        bottom, top = ax.get_ylim()
        assert bottom > top


def test_top_features_of_the_shipped_model_are_cues_that_fit(shipped_model):
    display = TopFeaturesDisplay.from_estimator(shipped_model).plot()
    labels = [label for ax in display.ax_ for label in ax.get_yticklabels()]
    assert len(labels) == 30
    assert "cue:sorry_to_hear" in texts_of(display.ax_[2].get_yticklabels())
    assert inside(labels, display.figure_)
    assert not boxes_overlap(labels, display.figure_)
    assert len({ax.get_xlim() for ax in display.ax_}) == 1


def test_top_features_shows_no_feature_that_lowers_the_score(tiny_model):
    display = TopFeaturesDisplay.from_estimator(tiny_model, n_features=10**6)
    for k, found in enumerate(display.features.values()):
        assert len(found) == (tiny_model.contributions_[:, k] > 0).sum()
        assert all(value > 0 for _, value in found)


def test_top_features_of_four_classes_leave_no_empty_panel():
    labels = ["a", "b", "c", "costs $1 or $2"] * 3
    texts = [f"word{label[:1]} {label}" for label in labels]
    model = EmpathyClassifier(min_df=1, calibration_folds=0).fit(texts, labels)
    display = TopFeaturesDisplay.from_estimator(model).plot()
    assert display.figure_.axes == display.ax_.tolist()
    assert len({ax.patches[0].get_facecolor() for ax in display.ax_}) == 4
    titles = [ax.title for ax in display.ax_]
    texts = [t for ax in display.ax_ for t in ax.get_yticklabels()]
    assert not any(text.get_parse_math() for text in (*titles, *texts))


def test_top_features_draws_into_given_axes(tiny_model):
    figure, axes = plt.subplots(3, 1)
    display = TopFeaturesDisplay.from_estimator(tiny_model)
    assert display.plot(ax=axes).ax_.tolist() == axes.tolist()
    assert display.figure_ is figure
    with pytest.raises(ValueError, match="3 axes, one a class; got 1"):
        display.plot(ax=axes[0])
    with pytest.raises(TypeError, match="got str"):
        display.plot(ax=["a", "b", "c"])


def test_top_features_refuses_other_models_and_numbers(tiny_model):
    with pytest.raises(TypeError, match="must be an EmpathyClassifier; got dict"):
        TopFeaturesDisplay.from_estimator({})
    with pytest.raises(ValueError, match="not fitted"):
        TopFeaturesDisplay.from_estimator(EmpathyClassifier())
    with pytest.raises(ValueError, match="n_features must be a whole number"):
        TopFeaturesDisplay.from_estimator(tiny_model, n_features=0)


# Confusion

RIGHT = ["b", "b", "b", "a", "c"]
SAID = ["b", "b", "a", "a", "b"]


def cells(display):
    return [[text.get_text() for text in row] for row in display.text_]


def test_confusion_counts_rows_of_the_right_class():
    display = plot_confusion(SAID, RIGHT)
    assert cells(display) == [["1", "0", "0"], ["1", "2", "0"], ["0", "1", "0"]]
    assert texts_of(display.ax_.get_yticklabels()) == ["a", "b", "c"]
    assert display.ax_.get_ylabel() == "right class"
    assert display.ax_.get_xlabel() == "predicted class"


def test_confusion_can_show_shares():
    display = plot_confusion(SAID, RIGHT, normalize=True)
    assert cells(display)[1] == ["0.33", "0.67", "0.00"]


def test_confusion_of_a_model_has_all_its_classes(tiny_model, tiny_texts):
    display = plot_confusion(tiny_model, ["empathy"] * 3, texts=tiny_texts[:3])
    assert texts_of(display.ax_.get_xticklabels()) == CLASSES
    assert cells(display) == [["3", "0", "0"], ["0", "0", "0"], ["0", "0", "0"]]


def test_confusion_turns_long_names_and_takes_them_as_they_are():
    names = ["acceptance of responsibility", "costs $1 or $2", "request", "thanks"]
    display = plot_confusion(names, names)
    labels = display.ax_.get_xticklabels()
    assert inside([*labels, *display.ax_.get_yticklabels()], display.figure_)
    assert not boxes_overlap(labels, display.figure_)
    assert not any(label.get_parse_math() for label in labels)


def test_confusion_refuses_what_does_not_go_together(tiny_model):
    with pytest.raises(ValueError, match="a model without texts"):
        plot_confusion(tiny_model, RIGHT)
    with pytest.raises(ValueError, match="predicted labels with texts"):
        plot_confusion(SAID, RIGHT, texts=["a"] * 5)
    with pytest.raises(ValueError, match=r"predicted and labels .* got 4 and 5"):
        plot_confusion(SAID[:4], RIGHT)
    with pytest.raises(ValueError, match="all strings or all numbers"):
        plot_confusion([1, 0], ["a", "b"])


# Learning curve


@pytest.fixture
def curve(tiny_texts, tiny_labels):
    def draw(**options):
        model = EmpathyClassifier(min_df=1, calibration_folds=0)
        options = {"n_folds": 2, "train_sizes": [0.8, 1.0]} | options
        return plot_learning_curve(model, tiny_texts, tiny_labels, **options)

    return draw


def test_learning_curve_draws_the_mean_over_folds(curve):
    display = curve()
    assert legend_of(display.ax_) == ["Train", "Test"]
    test = display.ax_.get_lines()[1]
    np.testing.assert_allclose(test.get_xdata(), [7, 9])
    np.testing.assert_allclose(test.get_ydata(), display.test_scores.mean(axis=1))
    assert display.test_scores.shape == (2, 2)
    assert display.ax_.get_ylabel() == "macro-F1"
    assert display.ax_.get_xscale() == "linear"
    colours = {line.get_color() for line in display.ax_.get_lines()}
    assert colours == {"#0072B2", "#D55E00"}


def test_learning_curve_keeps_groups_on_one_side(tiny_texts, tiny_labels):
    groups = [i % 6 // 2 for i in range(len(tiny_texts))]
    group_of = dict(zip(tiny_texts, groups, strict=True))
    both = []

    class Watched(EmpathyClassifier):
        def fit(self, X, y):
            self.learned_ = {group_of[text] for text in X}
            return super().fit(X, y)

        def predict(self, X):
            both.append(self.learned_ & {group_of[text] for text in X})
            return super().predict(X)

    plot_learning_curve(
        Watched(min_df=1, calibration_folds=0),
        tiny_texts,
        tiny_labels,
        groups=groups,
        n_folds=3,
        train_sizes=[0.5, 1.0],
    )
    assert len(both) == 12  # three folds, two sizes, held-out texts and own ones
    assert both.count(set()) == 6


def test_learning_curve_scores_by_macro_f1():
    display = plot_learning_curve(
        EmpathyClassifier(calibration_folds=0),
        ["the same words"] * 9,
        ["neutral"] * 6 + ["sympathy"] * 3,
        n_folds=3,
        train_sizes=[0.9, 1.0],
    )
    # Two of three are right; the F1 of the classes are 0.8 and 0.
    np.testing.assert_allclose(display.test_scores, 0.4)


@pytest.mark.parametrize("sizes", [[], [1.0], [0.5, 0.5], [0, 1], [0.5, 1.5]])
def test_learning_curve_refuses_sizes_that_make_no_curve(curve, sizes):
    with pytest.raises(ValueError, match="at least two different shares"):
        curve(train_sizes=sizes)


def test_learning_curve_refuses_columns_of_other_lengths(tiny_model):
    with pytest.raises(ValueError, match=r"texts and labels .* got 2 and 1"):
        plot_learning_curve(tiny_model, ["a", "b"], ["x"])
    with pytest.raises(ValueError, match=r"and groups .* got 2 and 2 and 1"):
        plot_learning_curve(tiny_model, ["a", "b"], ["x", "y"], groups=[1])


# All of them


def displays():
    return [
        ReliabilityDisplay.from_predictions(PROBA, Y),
        CoverageDisplay.from_predictions(PROBA, Y),
        LeaderboardDisplay.from_scores(SCORES),
    ]


@pytest.mark.parametrize("display", displays(), ids=lambda d: type(d).__name__)
def test_plot_returns_itself_and_draws_where_it_is_told(display):
    _, (first, second) = plt.subplots(1, 2)
    assert display.plot(ax=second) is display
    assert display.ax_ is second
    assert display.figure_ is second.figure
    assert second.has_data()
    assert not first.has_data()
    assert display.plot().figure_ is not second.figure
    for wrong in ("ax", [first, second], second.figure):
        with pytest.raises(TypeError, match="one matplotlib axes or None"):
            display.plot(ax=wrong)


@pytest.mark.parametrize("display", displays(), ids=lambda d: type(d).__name__)
def test_without_matplotlib_the_extra_is_named(display, monkeypatch):
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "matplotlib":
                raise ModuleNotFoundError(name, name=name)

    for name in ("matplotlib", "matplotlib.pyplot"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'empathykit\[plots\]'"):
        display.plot()


def test_nothing_imports_matplotlib_before_it_draws():
    code = """
import sys
from empathykit import load_model
from empathykit.evaluation import *
CoverageDisplay.from_estimator(load_model(), ["We close at six."], ["neutral"])
TopFeaturesDisplay.from_estimator(load_model())
print("matplotlib" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
