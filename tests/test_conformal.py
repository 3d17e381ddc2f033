"""Abstaining and label sets: what they promise, tested by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from empathykit import EmpathyClassifier, load_corpus, load_model, save_model
from empathykit.conformal import label_sets, nonconformity


def draw(rng, n):
    """Probabilities that know something, are far too sure, and the right labels."""
    y = rng.integers(3, size=n)
    logits = rng.normal(size=(n, 3)) + np.eye(3)[y]
    proba = np.exp(4 * logits)
    return proba / proba.sum(axis=1, keepdims=True), y


@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.97])
def test_sets_hold_the_right_label_as_often_as_asked(coverage):
    rng = np.random.default_rng(11)
    held = n = 0
    for _ in range(200):  # new held-out texts each time: the promise is on average
        scores = nonconformity(*draw(rng, 80))
        proba, y = draw(rng, 50)
        sets = label_sets(proba, scores, coverage)
        # The likeliest label is always in, which can only add to the coverage.
        held += int((1 - proba[np.arange(50), y] <= _limit(scores, coverage)).sum())
        n += 50
        assert sets.any(axis=1).all()
    low, high = coverage - 0.001, coverage + 1 / 81 + 0.001
    assert binomtest(held, n, min(high, 1)).pvalue > 1e-4 or held / n < high
    assert held / n > low - 3 * np.sqrt(coverage * (1 - coverage) / n) - 0.01


def _limit(scores, coverage):
    return scores[int(np.ceil(81 * coverage)) - 1]


def test_sets_grow_with_the_coverage():
    rng = np.random.default_rng(5)
    scores = nonconformity(*draw(rng, 500))
    proba, _ = draw(rng, 300)
    sizes = [label_sets(proba, scores, c).sum() for c in (0.6, 0.8, 0.95, 0.999)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_too_few_held_out_texts_promise_nothing_by_holding_everything():
    sets = label_sets(np.array([[0.9, 0.1]]), np.array([0.1, 0.2]), 0.9)
    assert sets.tolist() == [[True, True]]


def test_sets_by_hand():
    scores = np.array([0.1, 0.2, 0.3, 0.4])
    proba = np.array([[0.71, 0.29], [0.5, 0.5], [0.65, 0.35]])
    # rank ceil(5 × 0.6) = 3: labels of at least 0.7
    assert label_sets(proba, scores, 0.6).tolist() == [
        [True, False],
        [True, True],
        [True, False],
    ]


@pytest.mark.parametrize("coverage", [0, 1, -0.5, 2])
def test_coverage_out_of_range_is_named(coverage, tiny_model):
    with pytest.raises(ValueError, match=f"above 0 and below 1; got {coverage}"):
        tiny_model.predict_set(["x"], coverage=coverage)


def test_sets_of_a_model_fitted_on_half_of_triads_hold_on_the_other_half():
    rows = list(load_corpus("triads", split="train"))
    rng = np.random.default_rng(0)
    situations = sorted({row["situation"] for row in rows})
    first = set(rng.permutation(situations)[: len(situations) // 2].tolist())
    parts = [
        [r for r in rows if (r["situation"] in first) == own] for own in (True, False)
    ]
    texts, labels = (
        [[r[k] for r in part] for part in parts] for k in ("text", "label")
    )
    model = EmpathyClassifier(precedence=("empathy", "sympathy", "neutral"))
    model.fit(texts[0], labels[0])
    y = np.searchsorted(model.classes_, labels[1])
    for coverage in (0.9, 0.95):  # the likeliest label alone is right more than 80 %
        sets = model.predict_set(texts[1], coverage=coverage)
        held = sets[np.arange(len(y)), y].mean()
        assert held == pytest.approx(coverage, abs=0.04)
        assert sets.sum(axis=1).mean() < 2


def test_uncertain_is_what_lies_below(shipped_model):
    texts = ["I'm so sorry to hear that.", "Hm, maybe it is like that for you."]
    proba = shipped_model.predict_proba(texts).max(axis=1)
    between = float(proba.mean())
    found = shipped_model.predict(texts, min_confidence=between).tolist()
    assert found == [
        "uncertain" if p < between else label
        for p, label in zip(proba, shipped_model.predict(texts), strict=True)
    ]
    assert "uncertain" in found
    assert (
        shipped_model.predict(texts, min_confidence=0).tolist()
        == shipped_model.predict(texts).tolist()
    )


@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_confidence_out_of_range_is_named(value, tiny_model):
    with pytest.raises(ValueError, match="from 0 to 1"):
        tiny_model.predict(["x"], min_confidence=value)


def test_numbers_as_labels_can_be_uncertain(tiny_texts):
    model = EmpathyClassifier(min_df=1, calibration_folds=3)
    model.fit(tiny_texts, [0] * 6 + [1] * 12)
    assert model.predict(["well"], min_confidence=1.0).tolist() == ["uncertain"]


def test_sets_survive_saving(tiny_model, tiny_texts, tmp_path):
    loaded = load_model(save_model(tiny_model, tmp_path / "m"))
    for coverage in (0.5, 0.8, 0.9):
        expected = tiny_model.predict_set(tiny_texts, coverage=coverage)
        assert (loaded.predict_set(tiny_texts, coverage=coverage) == expected).all()


def test_without_calibration_there_are_no_sets(tiny_texts, tiny_labels, tmp_path):
    model = EmpathyClassifier(min_df=1, calibration_folds=0)
    model.fit(tiny_texts, tiny_labels)
    with pytest.raises(ValueError, match="calibration_folds=2"):
        model.predict_set(tiny_texts)
    model = load_model(save_model(model, tmp_path / "m"))
    with pytest.raises(ValueError, match="calibration_folds=2"):
        model.predict_set(tiny_texts)


@pytest.mark.parametrize("precedence", [None, ("empathy", "sympathy", "neutral")])
def test_calibrating_on_other_texts_changes_how_sure_not_what(precedence):
    rows = list(load_corpus("triads", split="train"))[:900]
    model = EmpathyClassifier(precedence=precedence, calibration_folds=2)
    model.fit([r["text"] for r in rows[:600]], [r["label"] for r in rows[:600]])
    texts, labels = [r["text"] for r in rows[600:]], [r["label"] for r in rows[600:]]
    y = np.searchsorted(model.classes_, labels)

    def loss():
        return -np.log(model.predict_proba(texts)[np.arange(len(y)), y]).mean()

    model.coef_ *= 5  # far too sure
    model._set_state(
        model.featurizer_, model.coef_, model.intercept_, 1.0, 600, model.nonconformity_
    )
    before, said = loss(), model.predict(texts)
    assert model.calibrate(texts, labels) is model
    assert loss() < before - 0.05
    assert len(model.nonconformity_) == len(texts)
    if precedence is None:  # rolled up, another temperature may move a close call
        assert (model.predict(texts) == said).all()


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (["a"], ["pity"], "got \\['pity'\\]"),
        (["a"], [], "at least one text"),
        ([], [], "at least one text"),
    ],
)
def test_wrong_texts_to_calibrate_on_are_named(tiny_model, texts, labels, message):
    with pytest.raises(ValueError, match=message):
        tiny_model.calibrate(texts, labels)
