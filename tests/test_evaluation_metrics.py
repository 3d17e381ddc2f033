"""Figures against scikit-learn, by hand, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as sk

from empathykit.evaluation import (
    compare,
    coverage_curve,
    reliability_bins,
    score_classes,
    score_predictions,
    score_rationales,
    score_values,
    selective_accuracy,
)


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    monkeypatch.setattr("empathykit.evaluation.metrics.N_RESAMPLES", 200)


@pytest.fixture(scope="module")
def many():
    """400 texts with probabilities that know something; some are equal."""
    rng = np.random.default_rng(7)
    y = rng.integers(3, size=400)
    logits = rng.normal(size=(400, 3)).round(1) + 1.2 * np.eye(3)[y]
    proba = np.exp(logits)
    return proba / proba.sum(axis=1, keepdims=True), y


def test_figures_are_those_of_scikit_learn(many):
    proba, y = many
    said = proba.argmax(axis=1)
    expected = {
        "accuracy": sk.accuracy_score(y, said),
        "macro_f1": sk.f1_score(y, said, average="macro"),
        "kappa": sk.cohen_kappa_score(y, said),
        "log_loss": sk.log_loss(y, proba),
        "brier": ((proba - np.eye(3)[y]) ** 2).sum(axis=1).mean(),
        "mcc": sk.matthews_corrcoef(y, said),
        "auroc": sk.roc_auc_score(y, proba, multi_class="ovr", average="macro"),
    }
    found = score_predictions(proba, y, seed=0)
    assert expected == pytest.approx({k: found[k].value for k in expected})


def test_figures_of_classes_are_those_of_scikit_learn(many):
    proba, y = many
    found = score_classes(proba, y, ["a", "b", "c"], seed=0)
    report = sk.precision_recall_fscore_support(y, proba.argmax(axis=1))
    for k, label in enumerate("abc"):
        values = [found[label][name].value for name in ("precision", "recall", "f1")]
        assert values == pytest.approx([column[k] for column in report[:3]])
        assert found[label]["f1"].n == report[3][k]


def test_a_class_without_texts_has_no_interval_of_its_own():
    found = score_classes(np.eye(3)[[0, 1]], np.array([0, 1]), "abc", seed=0)
    assert (found["c"]["recall"].value, found["c"]["recall"].n) == (0, 0)


def test_ranking_needs_every_class():
    found = score_predictions(np.eye(3)[[0, 1]], np.array([0, 1]), seed=0)
    assert np.isnan(found["auroc"].value)
    assert np.isnan(found["auroc"].low)


def test_texts_of_a_group_are_drawn_together(many):
    proba, y = many
    alone = score_predictions(proba, y, seed=0)["accuracy"]
    # The same 400 texts, each ten times: the groups know that nothing was added.
    rows = np.repeat(np.arange(400), 10)
    grouped = score_predictions(proba[rows], y[rows], seed=0, groups=rows)["accuracy"]
    naive = score_predictions(proba[rows], y[rows], seed=0)["accuracy"]
    assert grouped.high - grouped.low == pytest.approx(alone.high - alone.low, rel=0.25)
    assert naive.high - naive.low < 0.5 * (grouped.high - grouped.low)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    held = 0
    for k in range(120):
        y = np.zeros(80, dtype=int)
        said = (rng.random(80) > 0.7).astype(int)
        score = score_predictions(np.eye(2)[said], y, seed=k)["accuracy"]
        held += score.low <= 0.7 <= score.high
    assert binomtest(held, 120, 0.93).pvalue > 0.001


@pytest.mark.parametrize(
    ("proba", "y", "message"),
    [
        (np.eye(2), [0], r"shape \(1, n_classes\)"),
        (np.empty((0, 2)), [], "split is empty"),
        ([[0.9, 0.9]], [0], "rows sum to 1"),
        ([[1.5, -0.5]], [0], "rows sum to 1"),
        (np.eye(2), [0, 2], "from 0 to 1"),
    ],
)
def test_wrong_predictions_are_named(proba, y, message):
    with pytest.raises(ValueError, match=message):
        score_predictions(np.asarray(proba, float), np.array(y, int), seed=0)


def test_groups_of_another_length_are_named(many):
    with pytest.raises(ValueError, match="groups must have 400 entries; got 3"):
        score_predictions(*many, seed=0, groups=[1, 2, 3])


def test_reliability_by_hand():
    proba = np.array([[0.95, 0.05], [0.95, 0.05], [0.55, 0.45], [0.45, 0.55]])
    bins = reliability_bins(proba, np.array([0, 1, 0, 1]), n_bins=10)
    assert bins.count.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 2]
    assert bins.ece == pytest.approx(0.5 * (1 - 0.55) + 0.5 * (0.95 - 0.5))


def test_the_surest_answer_first():
    proba = np.array([[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    coverage, accuracy = coverage_curve(proba, np.array([1, 0, 1, 1]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert accuracy.tolist() == [1, 1, 1, 0.75]
    assert selective_accuracy(proba, np.array([1, 0, 1, 1]), 1.0) == 0.75
    with pytest.raises(ValueError, match="coverage must be above 0"):
        selective_accuracy(proba, np.array([1, 0, 1, 1]), 0)


def test_correlations():
    found = score_values(np.array([1.0, 2, 3, 10]), np.array([1.0, 2, 3, 4]), seed=0)
    assert found["spearman"].value == pytest.approx(1)
    assert 0.8 < found["pearson"].value < 1
    flat = score_values(np.ones(4), np.arange(4.0), seed=0)
    assert np.isnan(flat["pearson"].value)
    with pytest.raises(ValueError, match="same length"):
        score_values(np.ones(3), np.ones(4), seed=0)


def test_two_models_with_as_many_right_do_not_differ(many):
    _, y = many
    rng = np.random.default_rng(0)
    wrong = [rng.permutation(400)[:80] for _ in range(2)]
    models = [
        np.eye(3)[np.where(np.isin(np.arange(400), w), (y + 1) % 3, y)] for w in wrong
    ]
    for method in ("bootstrap", "mcnemar"):
        found = compare(*models, y, seed=0, metric="accuracy", method=method)
        assert found.difference.value == pytest.approx(0)
        assert found.difference.low < 0 < found.difference.high
        assert found.p_value > 0.5


def test_a_better_model_is_better(many):
    proba, y = many
    better = 0.3 * proba + 0.7 * np.eye(3)[np.where(np.arange(400) % 8, y, (y + 1) % 3)]
    found = compare(proba, better, y, seed=0)
    expected = sk.f1_score(y, better.argmax(1), average="macro") - sk.f1_score(
        y, proba.argmax(1), average="macro"
    )
    assert found.difference.value == pytest.approx(expected)
    assert found.p_value == pytest.approx(2 / 201)
    back = compare(better, proba, y, seed=0)
    assert back.difference.value == pytest.approx(-expected)


def test_mcnemar_counts_texts_that_one_alone_gets_right():
    y = np.zeros(10, dtype=int)
    a = np.eye(2)[[0, 0, 0, 0, 0, 0, 0, 0, 1, 1]]
    b = np.eye(2)[[1, 1, 1, 1, 1, 1, 0, 0, 0, 1]]
    found = compare(a, b, y, seed=0, method="mcnemar")
    assert found.p_value == pytest.approx(binomtest(1, 7).pvalue)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"metric": "f7"}, "metric must be"), ({"method": "t"}, "method must be")],
)
def test_unknown_comparisons_are_named(many, options, message):
    with pytest.raises(ValueError, match=message):
        compare(many[0], many[0], many[1], seed=0, **options)


def test_models_of_other_classes_are_not_compared():
    with pytest.raises(ValueError, match="same classes; got 2 and 3"):
        compare(np.eye(2), np.eye(3)[:2], np.array([0, 1]), seed=0)


@pytest.mark.parametrize(
    ("predicted", "true", "token_f1", "iou_f1"),
    [
        ([(0, 4)], [(0, 4)], 1, 1),
        ([(0, 4)], [(2, 6)], 0.5, 0),  # 2 of 4 and 2 of 4; 2 of 6 together
        ([(0, 2), (8, 9)], [(0, 2)], 0.8, 2 / 3),
        ([], [], 1, 1),
        ([], [(0, 2)], 0, 0),
        ([(0, 2)], [], 0, 0),
    ],
)
def test_rationales_by_hand(predicted, true, token_f1, iou_f1):
    found = score_rationales([predicted], [true], seed=0)
    assert found["token_f1"].value == pytest.approx(token_f1)
    assert found["iou_f1"].value == pytest.approx(iou_f1)


def test_rationales_of_another_number_are_named():
    with pytest.raises(ValueError, match="got 1 and 2"):
        score_rationales([[]], [[], []], seed=0)
