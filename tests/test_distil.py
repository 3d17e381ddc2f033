"""The teacher's word, turned into targets for sentences."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from safetensors.numpy import save_file

from empathykit import EmpathyClassifier, build, distil
from empathykit.corpora import Example
from empathykit.corpora.catalog import CorpusError
from empathykit.distil import (
    CLASSES,
    Sentences,
    condition,
    merge_repeats,
    read_sentences,
    read_teacher,
    spread,
)


def by_hand(proba, label):
    """Chances of each sentence, by adding up every way that the text can be so."""
    found, total = np.zeros_like(proba), 0.0
    for ways in product(range(3), repeat=len(proba)):
        kinds = [CLASSES[k] for k in ways]
        text = next((k for k in ("empathy", "sympathy") if k in kinds), "neutral")
        if text != CLASSES[label]:
            continue
        chance = np.prod([p[k] for p, k in zip(proba, ways, strict=True)])
        total += chance
        found[np.arange(len(ways)), ways] += chance
    return found / total


@pytest.mark.parametrize("label", [1, 2])
def test_targets_are_the_chances_given_the_label_of_the_text(label):
    proba = np.random.default_rng(0).dirichlet([2, 3, 2], size=4)
    found = condition(proba, np.array([0, 3, 4]), np.array([label, -1]))
    np.testing.assert_allclose(found[:3], by_hand(proba[:3], label), atol=1e-9)
    np.testing.assert_allclose(found[3], proba[3])  # no label: as the teacher says


def test_in_a_text_of_empathy_the_chance_of_empathy_is_exact():
    proba = np.random.default_rng(1).dirichlet([2, 3, 2], size=3)
    found = condition(proba, np.array([0, 3]), np.array([0]))
    np.testing.assert_allclose(found[:, 0], by_hand(proba, 0)[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_a_single_sentence_has_the_label_whatever_the_teacher_says():
    proba = np.tile([0.0, 1.0, 0.0], (3, 1))
    found = condition(proba, np.arange(4), np.array([0, 1, 2]))
    np.testing.assert_allclose(found, np.eye(3), atol=1e-9)


def test_repeats_are_merged():
    target = np.array([[1.0, 0, 0], [0, 1, 0], [0.5, 0, 0.5]])
    texts, merged = merge_repeats(["Hi.", "No.", "Hi."], target)
    assert texts == ["Hi.", "No."]
    assert merged.tolist() == [[1.5, 0, 0.5], [0, 1, 0]]


@pytest.fixture
def pools(tmp_path):
    turns = (["How are you? Fine.", "Known text."], ["Room 12."])
    for name, texts in zip(distil.POOLS, turns, strict=True):
        lines = [json.dumps({"id": str(i), "text": t}) for i, t in enumerate(texts)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_sentences_of_labelled_texts_come_first_and_once(pools):
    known = [Example("1", "", "Known text.", "sympathy", "S1", unsure=False)]
    found = read_sentences(known, pools)
    assert found.text == ["Known text.", "How are you?", "Fine.", "Room 12."]
    assert found.bounds.tolist() == [0, 1, 3, 4]
    assert found.labels.tolist() == [2, -1, -1]


def test_the_teacher_is_read_for_the_same_sentences_only(pools, tmp_path, monkeypatch):
    sentences = read_sentences([], pools)
    path = tmp_path / "teacher.safetensors"
    share = np.array([[255, 0], [0, 51], [0, 0], [102, 153]], dtype=np.uint8)
    save_file({"proba": share}, path, metadata={"checksum": sentences.checksum})
    monkeypatch.setattr(distil, "TEACHER", path)
    found = read_teacher(sentences)
    expected = [[1, 0, 0], [0, 0.8, 0.2], [0, 1, 0], [0.4, 0, 0.6]]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    other = Sentences(["Other."] * 4, sentences.bounds, sentences.labels)
    with pytest.raises(CorpusError, match="not those that the teacher labelled"):
        read_teacher(other)


def test_what_is_warm_goes_to_the_construct_of_the_text():
    # Constructs a, b, n; a text of b (sympathy), of n (neutral), and one left out.
    target = np.array([[0, 0.3, 0.7], [0, 1, 0], [0, 1, 0], [0.5, 0.5, 0]])
    sentences = Sentences(
        ["Oh no.", "Wait.", "Hi.", "So hard."],
        np.array([0, 2, 3, 4]),
        np.array([CLASSES.index("sympathy"), CLASSES.index("neutral"), -1]),
    )
    found = spread(target, sentences, np.array([1, 2, -1]), 3)
    expected = [[0, 0.7, 0.3], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_allclose(found, expected)


def test_soft_labels_teach_what_hard_ones_do(tiny_texts, tiny_labels):
    hard = EmpathyClassifier(min_df=1, calibration_folds=0).fit(tiny_texts, tiny_labels)
    target = np.eye(3)[np.searchsorted(hard.classes_, tiny_labels)]
    soft = EmpathyClassifier(min_df=1)._fit_soft(tiny_texts, target, hard.classes_, 18)
    expected = hard.predict_proba(tiny_texts)
    np.testing.assert_allclose(soft.predict_proba(tiny_texts), expected, atol=1e-3)
    half = EmpathyClassifier(min_df=1)._fit_soft(
        tiny_texts, 0.7 * target + 0.1, hard.classes_, 18
    )
    assert half.predict_proba(tiny_texts).max() < expected.max()


def test_written_rows_are_labelled_by_their_constructs():
    rows = build.load_written()
    assert len(rows) > 5600
    assert len({row.text for row in rows}) == len({row.id for row in rows}) == len(rows)
    assert {row.source for row in rows} == set(build.WRITTEN_FILES)
    for row in rows:
        assert row.label == build.LABELS[row.construct[0]]
    assert {row.construct for row in rows} == {
        *("E1", "E2", "E3", "E4", "E5", "E6"),
        *("S1", "S2", "S3", "S4", "S5", "N"),
    }


def test_replies_to_one_situation_are_kept_back_together():
    rows = {row.id: row for row in build.load_written()}
    pairs = [row for row in rows.values() if ":pairs_" in row.id]
    for row in pairs:
        mate = rows.get(row.id[:-1] + "1", row)
        assert build.keeps_back(row) == build.keeps_back(mate)
    share = np.mean([build.keeps_back(row) for row in pairs])
    assert 0.05 < share < 0.15  # not whole files at a time


def lessons(rows, monkeypatch, pools):
    """What is learned from texts with sources and labels, with a teacher who doubts."""
    examples = [
        Example(str(i), source, text, label, "N", False)
        for i, (source, text, label) in enumerate(rows)
    ]
    asked = []

    def say(found):
        asked.extend(found.text)
        warm = np.linspace(0.1, 0.5, len(found.text))  # another for each sentence
        return np.column_stack([warm, 1 - warm, np.zeros(len(warm))])

    monkeypatch.setattr(build, "load_texts", lambda root: examples)
    monkeypatch.setattr(build, "read_teacher", say)
    monkeypatch.setattr(build, "keeps_back", lambda example: int(example.id) < 3)
    return build.read_lessons(pools), asked


ROWS = [
    ("shop", "How stressful for you.", "empathy"),
    ("shop", "Your code is 12.", "neutral"),
    ("shop", "So sorry to hear that.", "sympathy"),
] * 8
SMALL = build.SETTINGS | {"min_df": 1}


def test_a_student_says_what_the_teacher_was_not_asked(monkeypatch, pools):
    later = (build.LATER, "Your code is 99. How stressful for you, Ann.", "empathy")
    monkeypatch.setattr(build, "SETTINGS", SMALL)
    found, asked = lessons([*ROWS, later], monkeypatch, pools)
    assert "Your code is 99." not in asked
    place = found.sentences.text.index("Your code is 99.")
    plain, warm = found.target[place : place + 2, CLASSES.index("empathy")]
    assert warm > plain + 0.3
    # What comes after the later row is still what the teacher said of it.
    last = asked.index("Room 12.")
    said = np.linspace(0.1, 0.5, len(asked))[last]
    place = found.sentences.text.index("Room 12.")
    np.testing.assert_allclose(found.target[place], [said, 1 - said, 0])


def test_a_later_row_may_repeat_a_turn_that_the_teacher_knows(monkeypatch, pools):
    later = (build.LATER, "Room 12.", "neutral")
    monkeypatch.setattr(build, "SETTINGS", SMALL)
    found, asked = lessons([*ROWS, later], monkeypatch, pools)
    assert found.sentences.text.count("Room 12.") == 2
    assert asked.count("Room 12.") == 1


def test_what_the_project_wrote_counts_as_often_as_asked(monkeypatch, pools):
    own = (build.TRIADS, "How stressful, your code is 7.", "empathy")
    once, _ = lessons([*ROWS, own], monkeypatch, pools)
    twice, _ = lessons([*ROWS, own, own], monkeypatch, pools)
    weighted, repeated, plain = (
        model.coef_ * model.temperature_  # as fitted
        for model in (
            build.train(once, settings=SMALL, own_weight=2.0),
            build.train(twice, settings=SMALL, own_weight=1.0),
            build.train(once, settings=SMALL, own_weight=1.0),
        )
    )
    np.testing.assert_allclose(weighted, repeated, atol=1e-4)
    assert np.abs(plain - repeated).max() > 1e-3


def test_a_tenth_is_kept_back_by_conversation():
    rows = [
        Example(str(i), "", "", "", "", False, f"talk {i // 3}") for i in range(3000)
    ]
    kept = [build.keeps_back(row) for row in rows]
    assert 0.07 < np.mean(kept) < 0.13
    assert all(len(set(kept[i : i + 3])) == 1 for i in range(0, 3000, 3))
