"""The temperature that makes probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from empathykit import EmpathyClassifier
from empathykit.calibration import fit_temperature

frozen = pytest.importorskip("sklearn.frozen", reason="scikit-learn 1.6 or newer")


class Echo(ClassifierMixin, BaseEstimator):
    """A classifier whose scores are its input."""

    def __init__(self, n_classes=3):
        self.n_classes = n_classes

    def __sklearn_is_fitted__(self):
        return True

    @property
    def classes_(self):
        return np.arange(self.n_classes)

    def fit(self, X, y):
        raise AssertionError("it was to stay frozen")

    def decision_function(self, X):
        return X

    def predict(self, X):
        raise AssertionError("scores are enough")


def held_out(n_classes, scale, n=400):
    """Scores that are `scale` times too large for how often they are right."""
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(n, n_classes))
    y = [rng.choice(n_classes, p=p) for p in softmax(logits, axis=1)]
    return logits * scale, np.array(y)


def scikit_learn_proba(model, X, y):
    """Probabilities after scikit-learn's own temperature scaling."""
    calibrated = CalibratedClassifierCV(
        frozen.FrozenEstimator(model), method="temperature", cv=2
    )
    try:
        calibrated.fit(X, y)
    except ValueError as error:
        if "'method' parameter" not in str(error):
            raise
        pytest.skip("this scikit-learn has no temperature scaling")
    return calibrated.predict_proba(X)


@pytest.mark.parametrize("scale", [0.3, 1.0, 7.0])
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_temperature_is_that_of_scikit_learn(n_classes, scale):
    logits, y = held_out(n_classes, scale)
    scores = logits[:, 1] - logits[:, 0] if n_classes == 2 else logits
    theirs = scikit_learn_proba(Echo(n_classes), scores, y)
    ours = softmax(logits / fit_temperature(logits, y), axis=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_temperature_of_a_classifier_is_that_of_scikit_learn(tiny_texts, tiny_labels):
    model = EmpathyClassifier(min_df=1, cues=None, C=10.0, calibration_folds=0)
    model.fit(tiny_texts[::2], tiny_labels[::2])
    rest, labels = tiny_texts[1::2], tiny_labels[1::2]
    labels[0] = "neutral"  # so that certainty does not always pay
    theirs = scikit_learn_proba(model, rest, labels)
    logits, target = model.decision_function(rest), model.classes_.searchsorted(labels)
    ours = softmax(logits / fit_temperature(logits, target), axis=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_right_three_times_in_four_means_three_quarters():
    logits = np.array([[0.0, 9.0]] * 4)
    temperature = fit_temperature(logits, np.array([1, 1, 0, 1]))
    assert temperature == pytest.approx(9 / np.log(3), rel=1e-4)


def test_scores_that_are_right_already_keep_their_scale():
    logits = np.log([[0.75, 0.25]] * 4)
    assert fit_temperature(logits, np.array([0, 0, 1, 0])) == pytest.approx(1, rel=1e-4)


def test_a_weight_counts_as_so_many_texts():
    logits, y = held_out(3, 4.0, n=40)
    weight = np.arange(40) % 3
    weighted = fit_temperature(logits, y, weight.astype(float))
    repeated = fit_temperature(logits.repeat(weight, axis=0), y.repeat(weight))
    assert weighted == pytest.approx(repeated, rel=1e-4)


def test_a_classifier_folds_the_temperature_into_its_coefficients(
    tiny_texts, tiny_labels
):
    settings = {"min_df": 1, "cues": None}
    raw = EmpathyClassifier(calibration_folds=0, **settings)
    raw.fit(tiny_texts, tiny_labels)
    model = EmpathyClassifier(calibration_folds=3, **settings)
    model.fit(tiny_texts, tiny_labels)
    assert raw.temperature_ == 1
    assert model.temperature_ != pytest.approx(1, rel=0.01)
    np.testing.assert_allclose(
        model.coef_ * model.temperature_, raw.coef_, rtol=1e-5, atol=1e-7
    )
    np.testing.assert_allclose(
        model.intercept_ * model.temperature_, raw.intercept_, rtol=1e-5, atol=1e-7
    )
    assert model.predict(tiny_texts).tolist() == raw.predict(tiny_texts).tolist()


@pytest.mark.parametrize("n_texts", [12, 18])  # two classes, and three
def test_without_calibration_it_is_scikit_learn_on_the_features(
    tiny_texts, tiny_labels, n_texts
):
    texts, labels = tiny_texts[:n_texts], tiny_labels[:n_texts]
    model = EmpathyClassifier(min_df=1, cues=None, C=0.5, calibration_folds=0)
    model.fit(texts, labels)
    pipeline = make_pipeline(model.featurizer_, LogisticRegression(C=0.5))
    np.testing.assert_allclose(
        model.predict_proba(tiny_texts),
        pipeline.fit(texts, labels).predict_proba(tiny_texts),
        atol=0.01,
    )


def test_a_class_with_one_text_is_fitted_without_calibration(tiny_texts):
    model = EmpathyClassifier(min_df=1, cues=None).fit(
        tiny_texts[:5], ["a"] * 4 + ["b"]
    )
    assert model.temperature_ == 1


def test_calibration_makes_noisy_labels_less_certain():
    """Words that are right three times in four must not promise more."""
    rng = np.random.default_rng(0)
    words = rng.choice(["fine", "bad"], size=400)
    noise = rng.random(400) < 0.25
    y = np.where((words == "bad") ^ noise, "yes", "no")
    texts = [f"{word} {i}" for i, word in enumerate(words)]  # each number seen once
    model = EmpathyClassifier(min_df=1, cues=None, C=100.0).fit(texts, y)
    raw = EmpathyClassifier(min_df=1, cues=None, C=100.0, calibration_folds=0)
    raw.fit(texts, y)
    fresh = ["bad", "fine"] * 50
    labels = (["yes", "no"] * 3 + ["no", "yes"]) * 12 + ["yes", "no"] * 2
    assert log_loss(labels, model.predict_proba(fresh)) < log_loss(
        labels, raw.predict_proba(fresh)
    )
    yes = model.predict_proba(["bad 1000"])[0, list(model.classes_).index("yes")]
    assert 0.6 < yes < 0.9
