"""Figures, their intervals and their seeds."""

from __future__ import annotations

import numpy as np
import pytest

from empathykit.evaluation import Score, score_predictions


def proba_of(predicted, n_classes, sure=0.8):
    rest = (1 - sure) / (n_classes - 1)
    proba = np.full((len(predicted), n_classes), rest)
    proba[np.arange(len(predicted)), predicted] = sure
    return proba


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr("empathykit.evaluation.metrics.N_RESAMPLES", 200)


@pytest.fixture(scope="module")
def many():
    """300 texts, about 7 in 10 right."""
    rng = np.random.default_rng(5)
    y = rng.integers(3, size=300)
    predicted = np.where(rng.random(300) < 0.7, y, (y + 1) % 3)
    return proba_of(predicted, 3), y


def test_figures_by_hand():
    y = np.array([0, 0, 1, 1, 2, 2])
    scores = score_predictions(proba_of([0, 1, 1, 1, 2, 0], 3), y, seed=0)
    assert scores["accuracy"].value == pytest.approx(4 / 6)
    # F1 per class: 2 / (2 + 1 + 1), 4 / (4 + 1), 2 / (2 + 1)
    assert scores["macro_f1"].value == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3)
    # By chance, 2 of 6 are right: shares of 2, 3 and 1 against 2, 2 and 2.
    assert scores["kappa"].value == pytest.approx((2 / 3 - 1 / 3) / (1 - 1 / 3))
    expected = -(4 * np.log(0.8) + 2 * np.log(0.1)) / 6
    assert scores["log_loss"].value == pytest.approx(expected)
    assert {score.n for score in scores.values()} == {6}


def test_a_class_that_is_never_met_counts_as_zero_in_macro_f1():
    scores = score_predictions(
        proba_of([0, 0, 1, 1], 3), np.array([0, 0, 1, 1]), seed=0
    )
    assert scores["macro_f1"].value == pytest.approx(2 / 3)
    assert scores["accuracy"].value == 1


def test_guessing_one_class_has_no_kappa():
    scores = score_predictions(proba_of([0] * 8, 2), np.array([0, 1] * 4), seed=0)
    assert scores["kappa"].value == pytest.approx(0)


def test_figures_agree_when_all_is_right():
    y = np.array([0, 1] * 10)
    scores = score_predictions(proba_of(y, 2), y, seed=0)
    for name in ("accuracy", "kappa"):
        assert (scores[name].low, scores[name].value, scores[name].high) == (1, 1, 1)


def test_intervals_hold_the_value_and_have_width(many):
    scores = score_predictions(*many, seed=1)
    for score in scores.values():
        assert score.low < score.value < score.high
        assert score.high - score.low < 0.3
    accuracy = scores["accuracy"]  # the interval of a share is known
    error = np.sqrt(accuracy.value * (1 - accuracy.value) / 300)
    assert accuracy.high - accuracy.low == pytest.approx(2 * 1.96 * error, rel=0.25)


def test_four_times_the_texts_halve_the_interval(many):
    proba, y = many
    few = score_predictions(proba, y, seed=2)["accuracy"]
    more = score_predictions(np.tile(proba, (4, 1)), np.tile(y, 4), seed=2)["accuracy"]
    ratio = (few.high - few.low) / (more.high - more.low)
    assert ratio == pytest.approx(2, rel=0.3)


def test_a_seed_gives_the_same_intervals_again(many):
    proba, y = many[0][:50], many[1][:50]
    first = score_predictions(proba, y, seed=3)
    assert score_predictions(proba, y, seed=3) == first
    assert score_predictions(proba, y, seed=4) != first


def test_the_global_random_state_is_left_alone(many):
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    score_predictions(many[0][:9], many[1][:9], seed=0)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_a_score_prints_its_interval():
    assert str(Score(0.75, 0.5, 1.0, 4)) == "0.750 (0.500–1.000)"
