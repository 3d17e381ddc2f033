"""From texts to labels and probabilities."""

from __future__ import annotations

from itertools import count

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from empathykit import EmpathyClassifier
from empathykit.text import tokenize

WORDLESS = ["", "  ", "!!!", "123", "\N{GRINNING FACE}"]
WORDS = ["i'm", "so", "sorry", "that", "must", "be", "frustrating", "your", "order"]
WORDS += ["I", "understand", "hope", "12", ".", "!", ",", "\N{GRINNING FACE}"]
SOME_TEXT = st.lists(st.sampled_from(WORDS)).map(" ".join) | st.text()


def make(**settings):
    plain = {"min_df": 1, "cues": None, "calibration_folds": 0}
    return EmpathyClassifier(**plain | settings)


@pytest.fixture(scope="module")
def binary_model(tiny_texts, tiny_labels):
    texts = tiny_texts[:12]
    return make().fit(texts, tiny_labels[:12])


@pytest.mark.parametrize(
    "labels",
    [
        ["warm", "cold"],
        [-1, 1],
        [False, True],
        ["a", "b", "c"],
        [3, 10, 200],
        ["e", "d", "c", "b", "a"],
        [1.0, 2.0],
    ],
)
def test_any_labels_and_any_number_of_classes(labels):
    topics = ["kettle", "garden", "violin", "harbour", "pepper"][: len(labels)]
    texts = [f"my {topic} {word}" for topic in topics for word in ("is", "was", "and")]
    y = [label for label in labels for _ in range(3)]
    model = make(C=100.0).fit(texts, y)
    assert model.classes_.tolist() == sorted(labels)
    assert model.classes_.dtype == np.array(labels).dtype
    assert model.predict([f"the {topic}" for topic in topics]).tolist() == labels
    proba = model.predict_proba(texts)
    assert proba.shape == (len(texts), len(labels))
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    np.testing.assert_array_equal(
        model.classes_[proba.argmax(axis=1)], model.predict(texts)
    )


def test_two_classes_have_one_score(binary_model, tiny_texts):
    scores = binary_model.decision_function(tiny_texts)
    proba = binary_model.predict_proba(tiny_texts)
    assert scores.shape == (len(tiny_texts),)
    np.testing.assert_allclose(proba[:, 1], 1 / (1 + np.exp(-scores)), rtol=1e-9)
    expected = binary_model.classes_[(scores > 0).astype(int)]
    assert binary_model.predict(tiny_texts).tolist() == expected.tolist()


def test_more_classes_have_a_score_each(tiny_model, tiny_texts):
    scores = tiny_model.decision_function(tiny_texts)
    assert scores.shape == (len(tiny_texts), 3)
    np.testing.assert_allclose(
        softmax(scores, axis=1), tiny_model.predict_proba(tiny_texts), rtol=1e-9
    )


@pytest.mark.parametrize("name", ["tiny_model", "shipped_model", "binary_model"])
@settings(max_examples=100, deadline=None)
@given(texts=st.lists(SOME_TEXT, max_size=6))
def test_the_fused_path_is_matrix_times_coefficients(request, name, texts):
    model = request.getfixturevalue(name)
    matrix = model.featurizer_.transform(texts)
    logits = matrix @ model.coef_.T + model.intercept_
    if model.order_ is not None:  # the logits of sentences; see test_rollup.py
        np.testing.assert_allclose(model._logits(tokenize(texts)), logits, atol=1e-5)
        return
    scores = model.decision_function(texts)
    expected = logits[:, 1] - logits[:, 0] if name == "binary_model" else logits
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    np.testing.assert_allclose(
        model.predict_proba(texts), softmax(logits, axis=1), atol=1e-5
    )


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(SOME_TEXT, max_size=8))
def test_a_list_gives_what_its_items_give(tiny_model, texts):
    alone = [tiny_model.predict_proba([text])[0] for text in texts]
    together = tiny_model.predict_proba(texts)
    assert together.tolist() == np.reshape(alone, (-1, 3)).tolist()


def test_many_texts_give_what_each_gives(shipped_model):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, size=rng.integers(9))) for _ in range(2100)]
    proba = shipped_model.predict_proba(texts)
    for i in [
        0,
        1,
        1022,
        1023,
        1024,
        1025,
        2046,
        2047,
        2048,
        2049,
        2099,
    ]:  # around batches
        assert proba[i].tolist() == shipped_model.predict_proba([texts[i]])[0].tolist()
    backwards = shipped_model.predict_proba(texts[::-1])
    assert (proba == backwards[::-1]).all()


@pytest.mark.parametrize("text", WORDLESS)
@pytest.mark.parametrize("name", ["tiny_model", "shipped_model", "binary_model"])
def test_a_text_without_words_gets_the_prior(request, name, text):
    model = request.getfixturevalue(name)
    proba = model.predict_proba(["I am sorry", text, "Your order"])
    np.testing.assert_allclose(proba[1], softmax(model.intercept_), rtol=1e-12)
    assert not np.allclose(proba[0], proba[1])


@pytest.mark.parametrize(
    "convert",
    [
        list,
        tuple,
        np.array,
        lambda texts: np.array(texts, dtype=object),
        lambda texts: pd.Series(texts, index=range(50, 50 + len(texts))),
        lambda texts: pd.Series(texts, dtype="string"),
        lambda texts: pd.Series(texts, dtype="object").iloc[:],
        lambda texts: (text for text in texts),
        lambda texts: dict.fromkeys(texts).keys(),
    ],
)
def test_any_iterable_of_strings(convert, tiny_texts, tiny_labels):
    expected = make().fit(tiny_texts, tiny_labels)
    model = make().fit(convert(tiny_texts), np.array(tiny_labels))
    assert (model.coef_ == expected.coef_).all()
    assert (
        model.predict_proba(convert(tiny_texts)) == expected.predict_proba(tiny_texts)
    ).all()


@pytest.mark.parametrize(
    "convert",
    [
        tuple,
        np.array,
        lambda y: np.array(y, dtype=object),
        lambda y: pd.Series(y, index=range(50, 50 + len(y))),
        lambda y: pd.Series(y, dtype="category"),
    ],
)
def test_labels_in_any_container(convert, tiny_texts, tiny_labels):
    model = make().fit(tiny_texts, convert(tiny_labels))
    assert model.predict(tiny_texts[:1]).tolist() == ["empathy"]
    assert model.classes_.tolist() == ["empathy", "neutral", "sympathy"]


def test_no_texts_give_no_rows(tiny_model, binary_model):
    assert tiny_model.predict([]).shape == (0,)
    assert tiny_model.predict_proba([]).shape == (0, 3)
    assert tiny_model.decision_function([]).shape == (0, 3)
    assert binary_model.decision_function([]).shape == (0,)


def test_iter_proba_reads_batch_by_batch(tiny_model):
    read = count()
    batches = tiny_model.iter_proba("oh no" for _ in zip(read, range(100_000)))  # noqa: B905
    first = next(batches)
    assert len(first) <= next(read) < 10_000
    assert first.shape[1] == 3


def test_iter_proba_joins_to_predict_proba(tiny_model, tiny_texts):
    texts = tiny_texts * 100
    joined = np.concatenate(list(tiny_model.iter_proba(iter(texts))))
    assert (joined == tiny_model.predict_proba(texts)).all()


@pytest.mark.parametrize(
    ("X", "error", "match"),
    [
        ("one text", TypeError, r"X must be .* got one string. Pass \[text\]"),
        (b"text", TypeError, "X must be .* got bytes"),
        (3, TypeError, "X must be .* got int"),
        (None, TypeError, "X must be .* got NoneType"),
        (["a", None], TypeError, r"X\[1\] must be a string; got NoneType"),
        (["a", "b", float("nan")], TypeError, r"X\[2\] must be a string; got float"),
        (["a", pd.NA], TypeError, r"X\[1\] must be a string; got NAType"),
        (["a", 7], TypeError, r"X\[1\] must be a string; got int"),
        ([b"a"], TypeError, r"X\[0\] must be a string; got bytes"),
        ([["a"], ["b"]], TypeError, r"X\[0\] must be a string; got list"),
        ([np.array(["a", "b"])], TypeError, r"X\[0\] must be a string; got ndarray"),
        (["a"] * 1500 + [None], TypeError, r"X\[1500\] must be a string"),
        (pd.Series(["a", None]), TypeError, r"X\[1\] must be a string"),
        (pd.Series(["a", None], dtype="string"), TypeError, r"X\[1\] must be a string"),
        (np.array([["a"]]), ValueError, "X must be one column .* got 2 dimensions"),
        (np.array("a"), ValueError, "X must be one column .* got 0 dimensions"),
        (pd.DataFrame({"text": ["a"]}), ValueError, "X must be one column"),
    ],
)
@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_bad_texts_are_refused_by_index(tiny_model, method, X, error, match):
    with pytest.raises(error, match=match):
        getattr(tiny_model, method)(X)


def test_bad_texts_are_refused_by_fit():
    with pytest.raises(TypeError, match=r"X\[1\] must be a string; got NoneType"):
        make().fit(["a", None], ["x", "y"])


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (["x", "y"], "same length; got 3 and 2"),
        (["x", "x", "x"], r"at least two classes; got \['x'\]"),
        (["x", None, "y"], r"y\[1\] is missing"),
        (["x", "y", float("nan")], r"y\[2\] is missing"),
        (np.array([0, np.nan, 1]), r"y\[1\] is missing"),
        (pd.Series(["x", pd.NA, "y"], dtype="string"), r"y\[1\] is missing"),
        (pd.Series(["x", None, "y"], dtype="category"), r"y\[1\] is missing"),
        (np.array([0.1, 0.2, 0.3]), "continuous"),
        (np.ones((3, 2)), "1d array"),
    ],
)
def test_bad_labels_are_refused(y, match):
    with pytest.raises(ValueError, match=match):
        make().fit(["a", "b", "c"], y)


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "decision_function", "iter_proba"]
)
def test_unfitted_use_is_refused(method):
    with pytest.raises(NotFittedError, match="EmpathyClassifier"):
        list(getattr(make(), method)(["a"]))


def test_probabilities_of_folds_come_with_a_precedence(tiny_texts, tiny_labels):
    # cross_val_predict hands the labels over as numbers.
    model = EmpathyClassifier(
        min_df=1, calibration_folds=0, precedence=("empathy", "sympathy", "neutral")
    )
    found = cross_val_predict(
        model, tiny_texts, tiny_labels, cv=3, method="predict_proba"
    )
    by_hand = []
    order = np.array([sorted(set(tiny_labels)).index(y) for y in tiny_labels])
    for train, test in StratifiedKFold(3).split(tiny_texts, order):
        fold = clone(model).fit(
            [tiny_texts[i] for i in train], [tiny_labels[i] for i in train]
        )
        by_hand.append((test, fold.predict_proba([tiny_texts[i] for i in test])))
    for test, expected in by_hand:
        assert found[test] == pytest.approx(expected)
