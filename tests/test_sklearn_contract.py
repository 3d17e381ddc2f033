"""The estimators keep scikit-learn's contract.

scikit-learn's common checks skip estimators of texts silently, so those that need no
data are called by name, and the others are written out here.
"""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.utils import estimator_checks, get_tags

from empathykit import EmpathyClassifier, EmpathyFeaturizer

ESTIMATORS = [EmpathyClassifier, EmpathyFeaturizer]
TEXTS = [f"{word} {noun}" for word in ("good", "bad") for noun in ("tea", "day", "dog")]
TEXTS *= 4
LABELS = (["yes"] * 3 + ["no"] * 3) * 4


def make(estimator=EmpathyClassifier, **settings):
    plain = {"min_df": 1, "cues": None}
    if estimator is EmpathyClassifier:
        plain["calibration_folds"] = 2
    return estimator(**plain | settings)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(
    "check",
    [
        "check_do_not_raise_errors_in_init_or_set_params",
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_scikit_learn_check(estimator, check):
    name = estimator.__name__
    getattr(estimator_checks, check)(name, estimator())


def test_tags_say_text_and_classifier():
    for estimator in ESTIMATORS:
        tags = get_tags(estimator()).input_tags
        assert (tags.string, tags.two_d_array) == (True, False)
    assert is_classifier(EmpathyClassifier())


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_fit_returns_self_and_changes_no_parameter(estimator):
    settings = {"min_df": 1, "ngram_range": (1, 2), "cues": None, "cue_weight": 3}
    model = estimator(**settings)
    before = model.get_params()
    assert model.fit(TEXTS, LABELS) is model
    after = model.get_params()
    assert after.keys() == before.keys()
    assert all(after[name] is before[name] for name in before)


def test_fit_leaves_its_arguments_alone():
    texts, labels, weight = TEXTS.copy(), np.array(LABELS), np.ones(len(TEXTS))
    class_weight = {"yes": 2.0, "no": 1.0}
    make(class_weight=class_weight).fit(texts, labels, weight)
    assert texts == TEXTS
    assert labels.tolist() == LABELS
    assert weight.tolist() == [1] * len(TEXTS)
    assert class_weight == {"yes": 2.0, "no": 1.0}


def test_fit_twice_is_fit_once():
    once = make().fit(TEXTS, LABELS)
    twice = make().fit(["other words", "here"], [0, 1]).fit(TEXTS, LABELS)
    assert (once.coef_ == twice.coef_).all()
    assert once.classes_.tolist() == twice.classes_.tolist()
    assert once.temperature_ == twice.temperature_


def test_the_same_seed_gives_the_same_coefficients(tiny_texts, tiny_labels):
    noisy = [*tiny_labels[1:], tiny_labels[0]]
    fits = [make(random_state=s).fit(tiny_texts, noisy) for s in (1, 1, 2)]
    assert (fits[0].coef_ == fits[1].coef_).all()
    assert fits[0].temperature_ != fits[2].temperature_


def test_the_global_random_state_is_left_alone():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    make().fit(TEXTS, LABELS)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_clone_has_the_parameters_and_no_state(estimator):
    model = make(estimator, max_features=3).fit(TEXTS, LABELS)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not [name for name in vars(copy) if name.endswith("_")]


def test_pickled_copies_behave_alike(tiny_model, tiny_texts):
    copy = pickle.loads(pickle.dumps(tiny_model))  # noqa: S301
    expected = tiny_model.predict_proba(tiny_texts)
    assert (copy.predict_proba(tiny_texts) == expected).all()
    featurizer = pickle.loads(pickle.dumps(tiny_model.featurizer_))  # noqa: S301
    matrix = tiny_model.featurizer_.transform(tiny_texts)
    assert (featurizer.transform(tiny_texts) != matrix).nnz == 0


def test_the_classifier_ends_a_pipeline():
    pipeline = make_pipeline(make()).fit(TEXTS, LABELS)
    assert pipeline.predict(["bad tea"]).tolist() == ["no"]
    assert pipeline.score(TEXTS, LABELS) == 1


@pytest.mark.parametrize("solver", ["lbfgs", "liblinear", "saga"])
def test_the_featurizer_feeds_scikit_learn(solver):
    head = LogisticRegression(solver=solver, max_iter=1000, C=10.0)
    pipeline = make_pipeline(make(EmpathyFeaturizer), head).fit(TEXTS, LABELS)
    assert pipeline.predict(["bad tea", "good"]).tolist() == ["no", "yes"]
    names = pipeline[:-1].get_feature_names_out()
    assert head.coef_.shape == (1, len(names))


def test_features_join_those_of_scikit_learn():
    union = FeatureUnion(
        [("ours", make(EmpathyFeaturizer)), ("theirs", TfidfVectorizer())]
    )
    pipeline = make_pipeline(union, LogisticRegression()).fit(TEXTS, LABELS)
    assert pipeline.predict(["bad tea"]).tolist() == ["no"]
    names = union.get_feature_names_out()
    assert {"ours__bad tea", "theirs__bad"} <= set(names)
    assert union.transform(TEXTS).shape == (len(TEXTS), len(names))


def test_grid_search_over_the_parameters_of_a_classifier():
    grid = {"clf__C": [1e-6, 10.0], "clf__ngram_range": [(1, 1), (1, 2)]}
    pipeline = make_pipeline(make())
    pipeline.steps[0] = ("clf", pipeline[0])
    search = GridSearchCV(pipeline, grid, scoring="neg_log_loss", cv=2)
    search.set_params(error_score="raise").fit(TEXTS, LABELS)
    assert search.best_params_["clf__C"] == 10.0
    assert search.predict(["bad tea"]).tolist() == ["no"]


@pytest.mark.parametrize("scoring", ["accuracy", "roc_auc", "neg_log_loss", "f1_macro"])
def test_cross_validation_scores(scoring):
    scores = cross_val_score(
        make(), TEXTS, LABELS, cv=3, scoring=scoring, error_score="raise"
    )
    best = -0.5 if scoring == "neg_log_loss" else 0.99
    assert scores.shape == (3,)
    assert scores.min() > best


def test_cross_validation_takes_series():
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS}, index=range(7, 31))
    scores = cross_val_score(make(), frame["text"], frame["label"], cv=3)
    assert scores.tolist() == [1, 1, 1]


def test_folds_side_by_side_change_nothing():
    alone, together = make(), make(n_jobs=2)
    alone.fit(TEXTS, LABELS)
    together.fit(TEXTS, LABELS)
    assert (alone.coef_ == together.coef_).all()


def test_sparse_columns_cannot_be_a_data_frame():
    featurizer = make(EmpathyFeaturizer).set_output(transform="pandas")
    with pytest.raises(ValueError, match="sparse"):
        featurizer.fit_transform(TEXTS)


def fit_with(weight, **settings):
    """Fit three more texts, whose words are known, with these weights."""
    texts = [*TEXTS, "good dog", "bad tea", "tea day"]
    labels = [*LABELS, "no", "no", "yes"]
    model = make(calibration_folds=0, C=1.0, **settings)
    return model.fit(texts, labels, sample_weight=[1.0] * len(TEXTS) + weight)


def test_weight_zero_is_absence():
    without = make(calibration_folds=0, C=1.0).fit(TEXTS, LABELS)
    expected = without.predict_proba(TEXTS)
    proba = fit_with([0.0, 0.0, 0.0]).predict_proba(TEXTS)
    np.testing.assert_allclose(proba, expected, atol=2e-3)
    differs = fit_with([1.0, 1.0, 1.0]).predict_proba(TEXTS)
    assert not np.allclose(differs, expected, atol=2e-2)


def test_weight_two_is_a_repeated_text():
    repeated = make(calibration_folds=0, C=1.0).fit(
        [*TEXTS, "good dog", "good dog", "bad tea", "tea day", "tea day"],
        [*LABELS, "no", "no", "no", "yes", "yes"],
    )
    expected = repeated.predict_proba(TEXTS)
    proba = fit_with([2.0, 1.0, 2.0]).predict_proba(TEXTS)
    np.testing.assert_allclose(proba, expected, atol=2e-3)


def test_weights_must_be_one_a_text_and_finite():
    with pytest.raises(ValueError, match=r"sample_weight.shape == \(1,\)"):
        make().fit(TEXTS, LABELS, sample_weight=[1.0])
    with pytest.raises(ValueError, match="NaN"):
        make().fit(TEXTS, LABELS, sample_weight=[np.nan] * len(TEXTS))


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [7, 8]])
def test_class_weight_is_the_sample_weight_of_its_texts(labels):
    y = [labels[label == "yes"] for label in LABELS]
    weights = {labels[0]: 5.0, labels[1]: 1.0}
    plain = make(calibration_folds=0).fit(TEXTS, y)
    by_class = clone(plain).set_params(class_weight=weights).fit(TEXTS, y)
    by_text = clone(plain).fit(TEXTS, y, [weights[label] for label in y])
    proba = by_class.predict_proba(["tea", ""])
    np.testing.assert_allclose(proba, by_text.predict_proba(["tea", ""]), atol=2e-3)
    assert proba[1, 0] > plain.predict_proba([""])[0, 0] + 0.05


def test_balanced_weights_make_up_for_a_rare_class():
    texts, labels = TEXTS[:9], LABELS[:9]  # six yes, three no
    by_hand = {"yes": 9 / 12, "no": 9 / 6}
    fits = [
        make(calibration_folds=0, class_weight=w).fit(texts, labels)
        for w in ("balanced", by_hand, None)
    ]
    balanced, expected, plain = (m.predict_proba(TEXTS) for m in fits)
    np.testing.assert_allclose(balanced, expected, atol=2e-3)
    assert (balanced[:, 0] > plain[:, 0] + 0.01).all()


def test_a_class_weight_for_an_unknown_label_is_refused():
    with pytest.raises(ValueError, match=r"class_weight names \['maybe'\]"):
        make(class_weight={"maybe": 2}).fit(TEXTS, LABELS)
