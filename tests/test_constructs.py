"""Constructs: which way of empathy or sympathy, among those of the label."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest

from empathykit import EmpathyClassifier, explain, load_corpus, load_model
from empathykit.build import CONSTRUCT_SETTINGS
from empathykit.constructs import LABELS, MEANINGS, find_constructs
from empathykit.cues.lexicon import CONSTRUCTS
from empathykit.persistence import SHIPPED

PLAIN = {
    "That must be so stressful.": "E1",
    "You have every right to be angry.": "E2",
    "I completely understand your frustration.": "E6",
    "I'm so sorry to hear that.": "S1",
    "Please accept our condolences.": "S2",
    "Oh no, that's terrible!": "S3",
    "At least nobody was hurt.": "S4",
    "I hope she recovers soon.": "S5",
    "Your code is 12.": "N",
}


@pytest.fixture(scope="module")
def head():
    return load_model("constructs")


def label(code):
    return LABELS[code[0]]


def test_the_constructs_are_those_of_the_lexicon_and_the_model(head):
    assert tuple(MEANINGS) == CONSTRUCTS
    assert set(head.classes_.tolist()) == set(CONSTRUCTS)
    settings = head.get_params()
    assert {k: settings[k] for k in CONSTRUCT_SETTINGS} == CONSTRUCT_SETTINGS


def test_the_plainest_cases(head):
    assert head.predict(list(PLAIN)).tolist() == list(PLAIN.values())
    found = find_constructs(list(PLAIN), [label(code) for code in PLAIN.values()])
    assert [c.code for c in found] == list(PLAIN.values())
    assert found[0].meaning == "names or reflects the feeling"


def test_a_construct_is_one_of_its_label_whatever_the_text(head):
    texts = list(PLAIN)
    proba = head.predict_proba(texts)
    of_label = np.array([label(c) for c in head.classes_.tolist()])
    for wanted in LABELS.values():
        own = np.where(of_label == wanted, proba, 0)
        for found, row in zip(
            find_constructs(texts, [wanted] * len(texts)), own, strict=True
        ):
            assert found.code == head.classes_[row.argmax()]
            assert found.share == pytest.approx(row.max() / row.sum())


def test_a_label_of_nobody_has_no_construct():
    assert find_constructs(["Hm.", "Hm."], ["uncertain", "neutral"])[0] is None


def test_what_cannot_be_asked_is_refused(shipped_model):
    with pytest.raises(ValueError, match="one a text; got 1 for 2 texts"):
        find_constructs(["a", "b"], ["neutral"])
    with pytest.raises(ValueError, match=r"it knows \['empathy', 'neutral'"):
        find_constructs(["a"], ["neutral"], model=shipped_model)


def test_the_head_tells_constructs_apart_on_unseen_replies(head):
    rows = [r for r in load_corpus("triads", split="test") if r["construct"] != "N"]
    labels = [label(r["construct"]) for r in rows]
    found = find_constructs([r["text"] for r in rows], labels, model=head)
    right = np.mean(
        [c.code == r["construct"] for c, r in zip(found, rows, strict=True)]
    )
    assert right > 0.8


def test_an_explanation_says_how(shipped_model, head):
    explanation = explain(shipped_model, "I'm so sorry to hear that.")
    assert explanation.construct.code == "S1"
    head_line = str(explanation).splitlines()[0]
    assert head_line.endswith("· S1 sorrow or regret for the person")
    assert "S1 sorrow or regret for the person" in explanation._repr_html_()
    own = explain(shipped_model, "I'm so sorry to hear that.", constructs=head)
    assert own.construct == explanation.construct


@pytest.mark.parametrize("text", ["Your code is 12.", "I'm so sorry to hear that."])
def test_no_construct_for_neutral_or_when_not_wanted(shipped_model, text):
    explanation = explain(shipped_model, text, constructs=text.startswith("Your"))
    assert explanation.construct is None
    assert not re.search(r"\b[ES]\d ", str(explanation))


def test_no_construct_beside_other_labels():
    model = EmpathyClassifier(min_df=1, cues=None, calibration_folds=0)
    explanation = explain(model.fit(["no", "yes"], ["bad", "good"]), "yes")
    assert explanation.construct is None


def test_score_adds_a_column(cli, write):
    path = write("a.csv", "text,construct\nSo sorry to hear that.,old\nOk,old\n")
    code, out, err = cli("score", path, "--constructs")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [r["construct"] for r in rows] == ["S1", "N"]
    assert [r["input_construct"] for r in rows] == ["old", "old"]
    options = ("--constructs", "--min-confidence", "1")
    code, out, err = cli("score", path, *options)
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(r["label"], r["construct"]) for r in rows] == [("uncertain", "")] * 2


def test_score_refuses_constructs_of_other_labels(cli, write, tmp_path):
    data = write("d.csv", "text,label\n" + "no,bad\nyes,good\n" * 5)
    assert cli("train", data, "-o", tmp_path / "m", "--folds", "2")[0] == 0
    path = write("a.csv", "text\nyes\n")
    code, out, err = cli("score", path, "--constructs", "--model", tmp_path / "m")
    assert (code, out) == (2, "")
    assert "['bad', 'good']. Leave the option out." in err


def test_the_shipped_head_takes_less_than_three_megabytes():
    folder = SHIPPED / "constructs"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 3_000_000
