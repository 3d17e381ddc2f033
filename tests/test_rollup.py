"""Sentences rolled up to texts: the arithmetic, the fit through it, the use of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad

from empathykit import EmpathyClassifier, load_model, save_model
from empathykit.explain import explain
from empathykit.rollup import (
    _loss,
    roll_up,
    sentence_spans,
    split_sentences,
    take_texts,
)
from empathykit.sentences import score_sentences

ORDER = ("warm", "sorry", "plain")
WARM = "You must be exhausted."
SORRY = "Poor you."
PLAIN = ["Your code is 12.", "We open at nine.", "Send the form.", "Ask Tom for it."]


@pytest.fixture(scope="module")
def model():
    """Learned from texts in which one sentence of three decides."""
    texts, labels = [], []
    for i in range(4):
        rest = [*PLAIN[i:], *PLAIN[:i]]
        for label, own in (("warm", WARM), ("sorry", SORRY), ("plain", rest[3])):
            texts.append(" ".join([rest[0], own, rest[1]]))
            labels.append(label)
        texts.append(f"{SORRY} {WARM}")
        labels.append("warm")
    fitted = EmpathyClassifier(
        C=10, min_df=1, cues=None, precedence=ORDER, calibration_folds=2
    )
    return fitted.fit(texts, labels)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two", ["One.", "Two"]),
        ("One!  Two?\nThree", ["One!", "Two?", "Three"]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("Wait... what", ["Wait...", "what"]),
        ("Version 1.2 is out.", ["Version 1.2 is out."]),
        ("Hi!! 😀 12.", ["Hi!!"]),
        ("😀 12.", ["😀 12."]),
        ("", [""]),
        ("  Hi. ", ["Hi."]),
    ],
)
def test_sentences_end_at_marks_and_lines_and_hold_a_word(text, sentences):
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


# A word starts with a letter: without numbers, every letter is in one.
@given(st.text(alphabet=st.characters(exclude_categories=("N", "Cs"))))
def test_sentences_are_in_order_and_hold_every_letter(text):
    spans = sentence_spans(text)
    assert all(a <= b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    letters = [c for c in text if c.isalpha()]
    assert [c for c in kept if c.isalpha()] == letters


def test_texts_are_cut_and_taken_by_their_bounds():
    sentences, bounds = split_sentences(["A. B.", "", "C"])
    assert (sentences, bounds.tolist()) == (["A.", "B.", "", "C"], [0, 2, 3, 4])
    rows, own = take_texts(bounds, np.array([2, 0]))
    assert (rows.tolist(), own.tolist()) == ([3, 0, 1], [0, 1, 3])


def test_one_sentence_rolls_up_to_itself():
    proba = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
    rolled = roll_up(proba, np.array([0, 1, 2]), np.array([2, 0, 1]))
    np.testing.assert_allclose(rolled, proba, atol=1e-12)


def test_rolling_up_is_the_chance_that_the_strongest_sentence_is_of_a_class():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), 2)
    order = np.array([1, 2, 0])
    rank = np.argsort(order)
    expected = np.zeros(3)
    for i in range(3):
        for j in range(3):
            strongest = i if rank[i] < rank[j] else j
            expected[strongest] += proba[0, i] * proba[1, j]
    rolled = roll_up(proba, np.array([0, 2]), order)
    np.testing.assert_allclose(rolled, [expected], atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_the_slope_of_the_loss_is_that_of_finite_differences(n_classes):
    rng = np.random.default_rng(1)
    bounds = np.array([0, 1, 3, 6])
    rank = rng.integers(0, n_classes, 3)
    weight = np.array([1.0, 0.5, 2.0])
    shape = (6, n_classes)

    def loss(flat):
        return _loss(flat.reshape(shape), bounds, rank, weight)[0]

    def slope(flat):
        return _loss(flat.reshape(shape), bounds, rank, weight)[1].ravel()

    assert check_grad(loss, slope, rng.normal(size=6 * n_classes)) < 1e-5


def test_one_sentence_decides_wherever_it_stands(model):
    texts = [f"{WARM} {PLAIN[0]}", f"{PLAIN[0]} {WARM}", f"{SORRY} {PLAIN[2]} {WARM}"]
    assert model.predict(texts).tolist() == ["warm"] * 3
    assert model.predict([f"{PLAIN[1]} {PLAIN[0]} {SORRY}"]).tolist() == ["sorry"]
    assert model.predict([" ".join(PLAIN)]).tolist() == ["plain"]


def test_a_plain_sentence_more_never_makes_a_text_less_warm(model):
    column = model.classes_.tolist().index("warm")
    p = model.predict_proba([WARM, f"{WARM} {PLAIN[0]}"])[:, column]
    assert p[1] >= p[0]


def test_probabilities_sum_to_one_and_scores_are_their_logarithms(model):
    texts = [f"{WARM} {SORRY} {PLAIN[0]}", "", "12", PLAIN[1]]
    proba = model.predict_proba(texts)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    scores = model.decision_function(texts)
    np.testing.assert_allclose(np.exp(scores), proba, atol=1e-12)


def test_single_texts_and_batches_agree(model):
    texts = [f"{WARM} {SORRY}", PLAIN[0], "", f"{SORRY} {PLAIN[3]}"]
    one_by_one = np.concatenate([model.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(model.predict_proba(texts), one_by_one, atol=1e-12)


@given(st.lists(st.text() | st.text(alphabet="ab .!?\n\"'1’)"), max_size=4))
def test_a_text_is_its_sentences_rolled_up(shipped_model, texts):
    sentences, bounds = split_sentences(texts)
    alone = shipped_model.predict_proba(sentences)
    order = shipped_model.order_
    prior = shipped_model.length_prior
    expected = roll_up(alone, bounds, order, prior) if texts else alone
    np.testing.assert_allclose(shipped_model.predict_proba(texts), expected, atol=1e-12)


def test_a_saved_model_rolls_up_too(model, tmp_path):
    loaded = load_model(save_model(model, tmp_path / "rolled"))
    assert loaded.precedence == ORDER
    texts = [f"{PLAIN[0]} {WARM}", f"{SORRY} {PLAIN[0]}"]
    assert (loaded.predict_proba(texts) == model.predict_proba(texts)).all()


@pytest.mark.parametrize(
    "precedence", [("warm", "plain"), ("warm", "warm", "plain"), ("a", "b", "c"), ()]
)
def test_precedence_must_name_every_label_once(precedence):
    fresh = EmpathyClassifier(precedence=precedence, min_df=1)
    texts = [WARM, SORRY, PLAIN[0]] * 2
    with pytest.raises(ValueError, match="precedence must name every label once"):
        fresh.fit(texts, ["warm", "sorry", "plain"] * 2)


def test_weights_count_as_repeated_texts():
    texts, labels = [WARM, SORRY, PLAIN[0], PLAIN[1]], ["warm", "sorry", *["plain"] * 2]
    settings = {"precedence": ORDER, "min_df": 1, "cues": None, "calibration_folds": 0}
    weighed = EmpathyClassifier(**settings).fit(texts, labels, [1, 1, 1, 3])
    repeated = EmpathyClassifier(**settings).fit(
        [*texts, *[texts[3]] * 2], [*labels, "plain", "plain"]
    )
    np.testing.assert_allclose(
        weighed.predict_proba(texts), repeated.predict_proba(texts), atol=1e-3
    )


def test_sentences_are_scored_with_their_places(model):
    text = f" {PLAIN[0]} {WARM}\n{SORRY} 12."
    found = score_sentences(model, text)
    assert [s.text for s in found] == [PLAIN[0], WARM, SORRY]
    assert [text[s.start : s.end] for s in found] == [s.text for s in found]
    assert [s.label for s in found] == ["plain", "warm", "sorry"]
    assert all(sum(s.probabilities.values()) == pytest.approx(1) for s in found)


def test_without_precedence_the_text_is_one_sentence(tiny_model):
    text = "I'm so sorry to hear that. We close at eight."
    (whole,) = score_sentences(tiny_model, text)
    assert (whole.start, whole.end, whole.text) == (0, len(text), text)


def test_an_explanation_is_exact_for_each_sentence(model):
    text = f"{PLAIN[2]} {SORRY} {WARM}"
    found = explain(model, text)
    assert found.label == "warm"
    assert found.probabilities == pytest.approx(
        dict(zip(model.classes_, model.predict_proba([text])[0], strict=True))
    )
    for i, sentence in enumerate(found.sentences):
        own = [c for c in found.contributions if c.sentence == i]
        score = {k: found.bias[k] + sum(c.values[k] for c in own) for k in ORDER}
        odds = {k: np.exp(v) for k, v in score.items()}
        expected = {k: v / sum(odds.values()) for k, v in odds.items()}
        assert sentence.probabilities == pytest.approx(expected)
        inside = [span for c in own for span in c.spans]
        assert all(sentence.start <= a <= b <= sentence.end for a, b in inside)
    assert {span.label for span in found.spans} >= {"warm", "sorry"}


def test_sentences_of_something_else_are_refused(model):
    with pytest.raises(TypeError, match="must be one string; got list"):
        score_sentences(model, [WARM])


def test_a_prior_on_the_length_doubts_each_sentence_of_a_long_text():
    proba = np.array([[0.2, 0.1, 0.7], [0.3, 0.3, 0.4], [0.5, 0.2, 0.3]])
    bounds, order = np.array([0, 2, 3]), np.array([0, 1, 2])
    odds = proba / proba[:, 2:]
    odds[:2, :2] /= 2**0.5  # of the text with two sentences
    expected = roll_up(odds / odds.sum(axis=1, keepdims=True), bounds, order)
    np.testing.assert_allclose(roll_up(proba, bounds, order, 0.5), expected)
    assert proba[0, 0] == 0.2  # what was given is left alone


def test_many_doubts_add_up_to_less_with_a_prior():
    proba = np.tile([0.1, 0.0, 0.9], (16, 1))
    bounds, order = np.array([0, 16]), np.array([0, 1, 2])
    found = [roll_up(proba, bounds, order, prior)[0, 0] for prior in (0, 0.25, 0.5)]
    assert found[0] == pytest.approx(1 - 0.9**16)
    assert found[0] > found[1] > found[2] > 0.1


def test_the_fit_knows_the_prior(model):
    texts = [
        f"{PLAIN[0]} {WARM}",
        WARM,
        *PLAIN,
        f"{PLAIN[1]} {PLAIN[2]} {SORRY}",
        SORRY,
    ]
    labels = ["warm", "warm", *["plain"] * len(PLAIN), "sorry", "sorry"]
    order = ("warm", "sorry", "plain")
    settings = {"precedence": order, "min_df": 1, "calibration_folds": 0, "C": 10.0}
    with_prior = EmpathyClassifier(length_prior=1.0, **settings).fit(texts, labels)
    without = EmpathyClassifier(**settings).fit(texts, labels)
    changed = without.set_params(length_prior=1.0)
    y = np.searchsorted(with_prior.classes_, labels)

    def loss(fitted):
        return -np.log(fitted.predict_proba(texts)[np.arange(len(y)), y]).mean()

    assert loss(with_prior) < loss(changed)
