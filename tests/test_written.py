"""The replies written for training: read twice, varied, no leak of a test split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from empathykit import load_corpus
from empathykit.build import LATER, WRITTEN_FILES, load_written

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def results():
    return json.loads((BENCHMARKS / "results" / "written.json").read_text("utf-8"))


@pytest.fixture
def marks(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS.parent)
    from benchmarks.plain import read_marks

    return read_marks(BENCHMARKS / "written_second_pass.tsv")


def test_every_later_row_was_read_blind_and_kept_when_both_agreed(marks):
    codes = {mark["id"]: mark for mark in marks}
    assert len(codes) == len(marks)
    later = [row for row in load_written() if row.source == LATER]
    assert 0.95 * len(marks) < len(later) <= len(marks)
    for row in later:
        mark = codes[row.id]
        assert mark["author"] == row.construct
        assert mark["reader"][0] == row.construct[0]


def test_the_committed_agreement_is_that_of_the_sheets(marks, results):
    from benchmarks.plain import agreement

    assert results["second_pass"] == {LATER: agreement(marks)}


@pytest.mark.parametrize("source", list(WRITTEN_FILES))
def test_the_texts_are_varied_and_repeat_no_test_split(source, results):
    figures = results[source]
    assert figures["texts"] == sum(row.source == source for row in load_written())
    assert figures["exact_duplicates"] == 0
    assert figures["near_repeats_of_support_dev"] == 0
    assert figures["near_repeats_of_triads_test"] == 0
    assert figures["distinct_5_grams"] >= 0.94


def test_no_text_stands_in_the_test_part_of_triads(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS.parent)
    from benchmarks.texts import TOO_NEAR, near_repeats

    texts = [row.text for row in load_written()]
    test = [row["text"] for row in load_corpus("triads", split="test")]
    assert not {text.lower() for text in texts} & {text.lower() for text in test}
    assert list(near_repeats(texts, test, floor=TOO_NEAR)) == []
