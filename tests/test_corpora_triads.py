"""The bundled corpus: what it holds, how varied it is, how its labels were checked."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from empathykit import load_corpus
from empathykit.corpora import list_corpora, sources

REPOSITORY = Path(__file__).parents[1]
BENCHMARKS = REPOSITORY / "benchmarks"
LEAST = {
    "apology_object": 250,
    "no_cue": 200,
    "no_sorry": 150,
    **dict.fromkeys(("understand", "facts", "good_news", "formula"), 100),
    **dict.fromkeys(("dismissal", "question", "mixed"), 100),
    **dict.fromkeys(("literal", "silver_lining", "sarcasm", "plea", "very_short"), 70),
    "very_long": 30,
}
LABELS = {"E": "empathy", "S": "sympathy", "N": "neutral"}


@pytest.fixture(scope="module")
def rows():
    return load_corpus("triads")


@pytest.fixture(scope="module")
def results():
    path = BENCHMARKS / "results" / "triads.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_size_is_what_was_promised(rows):
    (triads,) = (c for c in list_corpora() if c.name == "triads")
    _, folder = sources.find_layout(triads, None)
    assert len(rows) >= 4_200
    assert (folder / "triads.jsonl").stat().st_size < 1_500_000


def test_every_contrast_set_answers_one_situation_with_all_three_labels(rows):
    sets = defaultdict(list)
    for row in rows:
        if row["phenomenon"] == "contrast":
            sets[row["situation"]].append(row)
    assert len(sets) >= 900
    for own in sets.values():
        assert sorted(row["label"] for row in own) == ["empathy", "neutral", "sympathy"]
        assert len({row["turn"] for row in own}) == 1
    peers = sum(own[0]["domain"] == "peer_support" for own in sets.values())
    assert 0.18 <= peers / len(sets) <= 0.24
    assert len({own[0]["turn"] for own in sets.values()}) == len(sets)


def test_there_are_enough_hard_cases_of_each_kind(rows):
    count = Counter(row["phenomenon"] for row in rows)
    assert all(count[name] >= n for name, n in LEAST.items())
    assert sum(n for name, n in count.items() if name != "contrast") >= 1_500
    sides = {row["label"] for row in rows if row["phenomenon"] == "apology_object"}
    assert sides == set(LABELS.values())


def test_domains_channels_and_varieties_are_covered(rows):
    by = {k: Counter(row[k] for row in rows) for k in ("domain", "channel", "variety")}
    assert len(by["domain"]) >= 13
    assert set(by["channel"]) == {"chat", "email", "phone", "social", "in_person"}
    assert len(by["variety"]) == 6
    assert min(min(count.values()) for count in by.values()) >= 100


def test_labels_follow_constructs_and_ids_are_unique(rows):
    assert all(row["label"] == LABELS[row["construct"][0]] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["id"].startswith(row["situation"] + "-") for row in rows)
    for row in rows:
        for key in ("turn", "text"):
            assert row[key] == row[key].strip()
            assert row[key]


def test_splits_are_60_20_20_and_never_cut_a_situation(rows):
    split_of = defaultdict(set)
    for row in rows:
        split_of[row["situation"]].add(row["split"])
    assert all(len(found) == 1 for found in split_of.values())
    count = Counter(row["split"] for row in rows)
    shares = {split: n / len(rows) for split, n in count.items()}
    assert shares == {
        "train": pytest.approx(0.6, abs=0.02),
        "validation": pytest.approx(0.2, abs=0.02),
        "test": pytest.approx(0.2, abs=0.02),
    }


def test_no_text_stands_on_two_sides_of_a_split(rows, monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY)
    from benchmarks.texts import near_repeats

    parts = {
        split: [row["text"] for row in rows if row["split"] == split]
        for split in ("train", "validation", "test")
    }
    for one, two in (
        ("train", "test"),
        ("train", "validation"),
        ("validation", "test"),
    ):
        assert list(near_repeats(parts[one], parts[two], floor=0.6)) == []


def test_the_committed_figures_are_good(results):
    figures = results["figures"]
    assert figures["exact_duplicates"] == figures["near_duplicates"] == 0
    assert figures["near_repeats_of_support_dev"] == 0
    assert figures["distinct_3_grams"] >= 0.72
    assert figures["distinct_5_grams"] >= 0.94
    assert figures["share_of_20_commonest_openings"] <= 0.12
    guessed = figures["label_from_length_and_marks"]
    assert guessed <= figures["majority_share"] + 0.06
    assert figures["label_from_single_words"] <= 0.85


def test_the_benchmark_is_not_trivial(results):
    assert results["tfidf_logistic_regression"]["scores"]["macro_f1"]["value"] < 0.9


def test_the_figures_are_measured_again_with_the_same_result(
    results, shared_corpora, monkeypatch
):
    monkeypatch.syspath_prepend(REPOSITORY)
    from benchmarks.triads import measure

    assert measure(str(shared_corpora)) == results


def test_every_text_was_read_by_a_second_pass_and_settled(rows):
    path = BENCHMARKS / "triads_second_pass.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        marks = {m["id"]: m for m in csv.DictReader(file, delimiter="\t")}
    assert list(marks) == [row["id"] for row in rows]
    for row in rows:
        mark = marks[row["id"]]
        same = mark["author"][0] == mark["reader"][0]
        assert (mark["settled"] == "agreed") == same
        assert same or mark["note"]
        kept = {"author": mark["author"][0], "reader": mark["reader"][0]}
        if mark["settled"] in kept:
            assert row["construct"][0] == kept[mark["settled"]]


def test_the_card_stands_in_the_documentation_too():
    inside = REPOSITORY / "src/empathykit/corpora/cards/triads.md"
    outside = REPOSITORY / "docs/data/triads.md"
    assert inside.read_text(encoding="utf-8") == outside.read_text(encoding="utf-8")
