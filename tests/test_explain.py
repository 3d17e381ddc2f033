"""Explanations add up, point at the right characters and are safe to show."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.exceptions import NotFittedError

from empathykit import EmpathyClassifier, explain
from empathykit._render import render_text
from empathykit.rollup import roll_up
from empathykit.text import fold, tokenize

REPLIES = [
    "I'm so sorry to hear that. It must be exhausting to call three times!",
    "Oh no 😢, what a shame… Your refund of $12.50 was sent on Monday, okay?",
    "I completely understand your frustration – anyone would be upset.",
    "Thanks, Sam. Please restart the router; it takes 5 minutes.\nAnything else?",
    "I can’t imagine how hard this is for you and your mum.",
    "",
    "123 !!!",
]
HOSTILE = """<script>alert("x & 'y'")</script> sorry <b>you're upset</b> &amp; "sad\""""
MODELS = ["tiny_model", "shipped_model", "binary_model"]
SOME_TEXT = st.lists(st.sampled_from(" ".join(REPLIES).split())).map(" ".join)


def without_our_codes(shown):
    return re.sub(r"\x1b\[(1;3\d|0)m", "", shown)


@pytest.fixture(scope="module")
def binary_model(tiny_texts, tiny_labels):
    model = EmpathyClassifier(min_df=1, cues=None)
    return model.fit(tiny_texts[:12], tiny_labels[:12])


def check_sums(model, text):
    explanation = explain(model, text)
    totals = np.array(
        [
            [
                explanation.bias[label]
                + sum(
                    c.values[label]
                    for c in explanation.contributions
                    if c.sentence == i
                )
                for label in model.classes_.tolist()
            ]
            for i in range(len(explanation.sentences))
        ]
    )
    if model.order_ is None:
        (scores,) = np.atleast_2d(model.decision_function([text]))
        (own,) = totals
        expected = [own[1] - own[0]] if len(own) == 2 else own
        np.testing.assert_allclose(scores, expected, atol=1e-5)
    else:
        bounds = np.array([0, len(totals)])
        rolled = roll_up(
            softmax(totals, axis=1), bounds, model.order_, model.length_prior
        )
        np.testing.assert_allclose(model.predict_proba([text]), rolled, atol=1e-9)
    np.testing.assert_allclose(
        list(explanation.probabilities.values()),
        model.predict_proba([text])[0],
        atol=1e-9,
    )
    assert explanation.label == model.predict([text])[0]
    assert explanation.text == text


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("text", REPLIES)
def test_bias_and_contributions_add_up_to_the_scores(request, name, text):
    check_sums(request.getfixturevalue(name), text)


@settings(max_examples=100, deadline=None)
@given(text=SOME_TEXT | st.text())
def test_any_text_adds_up(shipped_model, tiny_model, text):
    check_sums(shipped_model, text)
    check_sums(tiny_model, text)


@pytest.mark.parametrize("labels", [["x", "y"], [False, True]])
def test_classes_are_keys_as_they_were_given(labels):
    model = EmpathyClassifier(min_df=1, cues=None, calibration_folds=0, C=10.0)
    explanation = explain(model.fit(["no", "yes"], labels), "yes")
    assert list(explanation.bias) == list(explanation.probabilities) == labels
    assert explanation.label == labels[1]
    assert all(type(key) is type(labels[0]) for key in explanation.bias)


def test_contributions_by_hand():
    model = EmpathyClassifier(
        min_df=1, ngram_range=(1, 2), cues=None, calibration_folds=0
    ).fit(["No, no!", "so what"], ["a", "b"])
    found = explain(model, "So? No, NO!").contributions
    assert {c.feature: c.spans for c in found} == {
        "so": ((0, 2),),
        "<s> so": ((0, 2),),
        "no": ((4, 6), (8, 10)),
        ",": ((6, 7),),
        "!": ((10, 11),),
        "no ,": ((4, 7),),
        ", no": ((6, 10),),
        "no !": ((8, 11),),
        "! <s>": ((10, 11),),
    }
    names = model.featurizer_.get_feature_names_out().tolist()
    for c in found:
        coef = model.coef_[:, names.index(c.feature)].tolist()
        assert c.values == pytest.approx(dict(zip("ab", coef, strict=True)))


@settings(max_examples=100, deadline=None)
@given(text=SOME_TEXT | st.text("sory, !I'mth\n"))
@example(text="what else?")  # two variants of a cue match there
def test_spans_of_an_ngram_are_its_tokens(shipped_model, text):
    for c in explain(shipped_model, text).contributions:
        assert c.spans
        assert len(set(c.spans)) == len(c.spans)
        for start, end in c.spans:
            assert 0 <= start < end <= len(text)
            if not c.feature.startswith("cue:"):
                table = tokenize([text[start:end]])
                tokens = zip(table.start + start, table.end + start, strict=True)
                words = c.feature.replace("<s>", "").split()
                assert [fold(text[a:b]) for a, b in tokens] == words


def test_the_heaviest_contributions_come_first(shipped_model):
    for text in REPLIES:
        sizes = [
            np.ptp([*c.values.values()])
            for c in explain(shipped_model, text).contributions
        ]
        assert sizes == sorted(sizes, reverse=True)


@settings(max_examples=100, deadline=None)
@given(text=SOME_TEXT | st.text())
def test_spans_slice_the_text_in_order(shipped_model, text):
    explanation = explain(shipped_model, text)
    at = 0
    for span in explanation.spans:
        assert at <= span.start < span.end <= len(text)
        assert span.text == text[span.start : span.end]
        assert span.label in explanation.probabilities
        assert span.weight > 0
        at = span.end


def test_a_span_names_its_cues_and_speaks_for_its_class(shipped_model):
    explanation = explain(
        shipped_model, "Your order ships. I'm so sorry for your loss."
    )
    span = max(explanation.spans, key=lambda span: span.weight)
    assert "sorry" in span.text
    assert span.label == explanation.label == "sympathy"
    assert span.cues
    features = {c.feature for c in explanation.contributions}
    assert all(f"cue:{cue}" in features for cue in span.cues)


def test_a_text_without_words_has_nothing_to_show(shipped_model):
    explanation = explain(shipped_model, "123 !!!")
    assert explanation.contributions == ()
    assert explanation.spans == ()
    assert "123 !!!" in str(explanation)


def test_explanations_cannot_be_changed(shipped_model):
    explanation = explain(shipped_model, "so sorry")
    parts = [explanation, explanation.spans[0], explanation.contributions[0]]
    for part, name in zip(parts, ["label", "text", "feature"], strict=True):
        with pytest.raises(FrozenInstanceError, match="cannot assign"):
            setattr(part, name, "other")


@pytest.mark.parametrize("text", [["a list"], None, b"bytes", 3, float("nan")])
def test_one_string_is_wanted(shipped_model, text):
    with pytest.raises(TypeError, match="text must be one string; got"):
        explain(shipped_model, text)


def test_an_unfitted_model_explains_nothing():
    with pytest.raises(NotFittedError, match="EmpathyClassifier"):
        explain(EmpathyClassifier(), "so sorry")


class Page(HTMLParser):
    """Collects the tags and the text of a fragment."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text += data


def test_html_escapes_what_comes_from_the_text(shipped_model):
    page = Page(explain(shipped_model, HOSTILE)._repr_html_())
    assert "mark" in page.tags
    assert set(page.tags) <= {"div", "b", "span", "mark", "code"}
    assert page.tags.count("b") == 1  # ours, for the label
    assert set(page.attributes) <= {"title", "style"}
    assert HOSTILE in page.text


def test_html_escapes_labels_and_features():
    label = '"><script>x</script>'
    model = EmpathyClassifier(min_df=1, ngram_range=(1, 3), cues=None, C=10.0)
    model.fit(["<script> hello </script>", "fine thanks"], [label, "other"])
    page = Page(explain(model, "<script> hello")._repr_html_())
    assert "script" not in page.tags
    assert label in page.text
    assert set(page.attributes) <= {"title", "style"}


def test_plain_text_marks_the_spans(shipped_model):
    explanation = explain(shipped_model, "Hello. I'm so sorry to hear that.")
    first, second, *_ = str(explanation).splitlines()
    assert first.startswith(
        f"sympathy  sympathy {explanation.probabilities['sympathy']:.2f}"
    )
    for span in explanation.spans:
        assert f"[{span.text}]({span.label})" in second


def test_colour_shows_the_text_and_nothing_else(shipped_model):
    text = "Hello. I'm so sorry to hear that."
    shown = render_text(explain(shipped_model, text), color=True)
    assert "\x1b[1;" in shown
    assert without_our_codes(shown).splitlines()[1] == text


@settings(max_examples=100, deadline=None)
@given(text=st.text("so sry\x1b\x9b\x07\b\r\x00[31m]\u202e\x7f", max_size=40))
def test_control_characters_do_not_reach_the_terminal(shipped_model, text):
    explanation = explain(shipped_model, f"I'm so sorry {text}")
    shown = without_our_codes(render_text(explanation, color=True) + str(explanation))
    assert all(c.isprintable() or c in "\n\t" for c in shown)


def test_control_characters_of_labels_do_not_reach_the_terminal():
    model = EmpathyClassifier(min_df=1, cues=None, calibration_folds=0)
    model.fit(["no", "yes"], ["\x1b[2J", "\x1b]0;x\x07"])
    assert "\x1b" not in str(explain(model, "no yes"))


def test_a_non_breaking_space_is_shown(shipped_model):
    assert "\N{REPLACEMENT CHARACTER}" not in str(explain(shipped_model, "so\xa0sorry"))
